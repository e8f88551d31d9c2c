package dev.gsig.spark;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * This machine's files under another scheme, {@code stub:}, as those of a cluster are to gsig:
 * without links and locks. A test may have something done before each of its steps.
 */
public final class StubFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "stub";
  private static final String KEY = "spark.hadoop.fs.stub.impl";
  private static final URI NAME = URI.create(SCHEME + ":///");
  private static final AtomicReference<Step> BEFORE = new AtomicReference<>(step -> {});

  /** What another process does meanwhile. */
  @FunctionalInterface
  interface Step {
    void before(String step) throws IOException;
  }

  /** Sessions that are opened from now on know it. */
  static void install() {
    System.setProperty(KEY, StubFileSystem.class.getName());
    System.setProperty("spark.hadoop.fs.stub.impl.disable.cache", "true");
  }

  static void remove() {
    System.clearProperty(KEY);
    System.clearProperty("spark.hadoop.fs.stub.impl.disable.cache");
  }

  /** Has something done before each step from now on. */
  static void before(Step step) {
    BEFORE.set(step);
  }

  static String uri(java.nio.file.Path path) {
    return SCHEME + "://" + path.toAbsolutePath();
  }

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    BEFORE.get().before("rename");
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    BEFORE.get().before("delete");
    return super.delete(path, recursive);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    BEFORE.get().before("list");
    return super.listStatus(path);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    BEFORE.get().before("status");
    return super.getFileStatus(path);
  }
}
