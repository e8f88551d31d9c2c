package dev.gsig.cuda.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;

/**
 * Loads JCuda. It unpacks its native library to a file of a fixed name under {@code
 * java.io.tmpdir}, and loads whatever is there already, perhaps by somebody else: it is given a
 * folder of its own.
 */
final class Natives {
  private static final String TEMPORARY = "java.io.tmpdir";
  private static boolean loaded;
  private static String reason;

  private Natives() {}

  /**
   * Loads it once.
   *
   * @throws LinkageError if that fails, the same each time: only the first one says why
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    if (reason != null) {
      throw new UnsatisfiedLinkError(reason);
    }
    if (DriverLibrary.named() != null) {
      System.load(DriverLibrary.named().toString());
    }
    try {
      initialiseInPrivateFolder();
      loaded = true;
    } catch (LinkageError e) {
      reason = String.valueOf(e.getMessage());
      throw e;
    }
  }

  private static void initialiseInPrivateFolder() {
    String before = System.getProperty(TEMPORARY);
    Path folder;
    try {
      // only its owner may enter it
      folder = Files.createTempDirectory("gsig-cuda");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      System.setProperty(TEMPORARY, folder.toString());
      JCudaDriver.setExceptionsEnabled(false);
    } finally {
      System.setProperty(TEMPORARY, before);
      delete(folder);
    }
  }

  /** A loaded library needs its file no more, except on Windows, which refuses. */
  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
