package dev.gsig.spark;

import dev.gsig.cli.ClusterProvenance;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.OutputLock;
import dev.gsig.ehr.internal.Places;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * A folder that appears whole or not at all, and takes the place of nothing but such a folder. It
 * is written beside its place under another name; what had the name before is moved aside, the new
 * one takes the name, and then the former is deleted. A run that is killed in between leaves the
 * former under {@code .NAME.RUN.gsig-old}, which the next one puts back.
 *
 * <p>On this machine's file system one run at a time writes it. Other file systems have no locks:
 * each run has a name of its own, which its results carry. A run that finds at its end the results
 * of another than at its start changes nothing, and one that finds them only once it has moved them
 * aside puts them back; of two that end in the same instant one keeps the folder, and the other
 * finds that it is not its own, and is refused. That holds where a folder is renamed in one step,
 * as on HDFS; object stores copy file by file.
 */
final class OutputFolder implements Closeable {
  /** What tells that a folder is one of these, and what its results depend on. */
  static final String MARK = "_gsig.json";

  private static final String RUN = "run";
  private static final Pattern OURS =
      Pattern.compile(
          "part-.*|_SUCCESS|" + MARK + "|" + ClusterProvenance.FILE_NAME + "|\\..*\\.crc");
  private static final int MOST_BYTES = 1 << 24;

  private final FileSystem system;
  private final Path folder;
  private final String run = UUID.randomUUID().toString();
  private final Path temporary;
  private final Path former;
  private final OutputLock lock;
  private String before;

  private OutputFolder(FileSystem system, Path folder, OutputLock lock) {
    this.system = system;
    this.folder = folder;
    this.lock = lock;
    String name = "." + folder.getName() + ".";
    this.temporary = new Path(folder.getParent(), name + run + ".gsig-new");
    this.former = new Path(folder.getParent(), name + run + ".gsig-old");
  }

  /**
   * Names a folder, before any work is done.
   *
   * @param overwrite whether results that are there may be replaced
   * @param inputs what is read: the folder may neither be one, nor hold one, nor lie in one
   * @throws InvalidInputException if it may not be written, or another run is writing it
   */
  static OutputFolder at(SparkSession spark, String path, boolean overwrite, List<Path> inputs) {
    OutputFolder output = null;
    boolean usable = false;
    try {
      Path named = new Path(path);
      FileSystem system = system(spark, named);
      Path folder = system.makeQualified(named);
      for (Path input : inputs) {
        requireApart(path, folder, system(spark, input).makeQualified(input));
      }
      output =
          new OutputFolder(
              system, folder, isLocal(folder) ? OutputLock.ofFolder(local(folder)) : null);
      output.settle();
      output.requireReplaceable(path, overwrite);
      output.before = output.state(folder);
      usable = true;
      return output;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(path + ": cannot be written: " + e.getMessage(), e);
    } finally {
      if (output != null && !usable) {
        output.close();
      }
    }
  }

  private static FileSystem system(SparkSession spark, Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private static boolean isLocal(Path path) {
    return "file".equals(path.toUri().getScheme());
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  private static void requireApart(String name, Path folder, Path input) {
    if (isLocal(folder) && isLocal(input)) {
      Places.requireApart(local(folder), local(input));
    } else if (isOrIsBelow(folder, input) || isOrIsBelow(input, folder)) {
      throw new InvalidInputException(
          name + ": is the input " + input + ", holds it or lies in it; name another place");
    }
  }

  private static boolean isOrIsBelow(Path inner, Path outer) {
    for (Path above = inner; above != null; above = above.getParent()) {
      if (above.equals(outer)) {
        return true;
      }
    }
    return false;
  }

  /** Completes what a run that was killed had begun. */
  private void settle() throws IOException {
    if (!system.exists(folder.getParent())) {
      return;
    }
    List<FileStatus> formers = leftOver("old");
    if (!formers.isEmpty() && !system.exists(folder)) {
      rename(formers.get(0).getPath(), folder);
      formers.remove(0);
    }
    for (FileStatus file : formers) {
      system.delete(file.getPath(), true);
    }
    if (lock != null && lock.isSure()) {
      for (FileStatus file : leftOver("new")) {
        system.delete(file.getPath(), true);
      }
    }
  }

  /** What runs have left beside the folder, the newest first. */
  private List<FileStatus> leftOver(String kind) throws IOException {
    Pattern names =
        Pattern.compile(
            "\\." + Pattern.quote(folder.getName()) + "\\.[0-9a-f-]{36}\\.gsig-" + kind);
    List<FileStatus> found = new ArrayList<>();
    for (FileStatus file : system.listStatus(folder.getParent())) {
      if (names.matcher(file.getPath().getName()).matches()) {
        found.add(file);
      }
    }
    found.sort(Comparator.comparingLong(FileStatus::getModificationTime).reversed());
    return found;
  }

  private void requireReplaceable(String name, boolean overwrite) throws IOException {
    if (!system.exists(folder)) {
      return;
    }
    if (!overwrite) {
      throw new InvalidInputException(
          name + ": is there already; replace it with --overwrite, or name another --out");
    }
    if (!system.getFileStatus(folder).isDirectory()) {
      throw new InvalidInputException(name + ": is a file; name a folder");
    }
    FileStatus[] files = system.listStatus(folder);
    if (files.length == 0) {
      return;
    }
    Path mark = new Path(folder, MARK);
    if (!system.exists(mark) || !isMark(mark)) {
      throw new InvalidInputException(
          name
              + ": exists and is no folder of gsig-spark's results that could be replaced: it has no "
              + MARK
              + " of gsig's; remove it or name another --out");
    }
    for (FileStatus file : files) {
      if (!file.isFile() || !OURS.matcher(file.getPath().getName()).matches()) {
        throw new InvalidInputException(
            file.getPath()
                + ": is none of gsig-spark's files, and would be lost with the folder; move it"
                + " elsewhere or name another --out");
      }
    }
  }

  private boolean isMark(Path mark) throws IOException {
    JsonObject json = read(mark);
    return json != null && json.has("weights_sha256") && json.has("patients");
  }

  /** Null if it is no mark. */
  private JsonObject read(Path mark) throws IOException {
    try (InputStream in = system.open(mark)) {
      byte[] text = in.readNBytes(MOST_BYTES);
      return Json.object(new String(text, StandardCharsets.UTF_8), mark.toString());
    } catch (InvalidInputException | ChecksumException e) {
      return null;
    }
  }

  /** Tells which run has written a folder. */
  private String state(Path of) throws IOException {
    Path mark = new Path(of, MARK);
    if (!system.exists(of)) {
      return "absent";
    }
    if (!system.exists(mark)) {
      return "empty";
    }
    JsonObject json = read(mark);
    return json != null && json.has(RUN)
        ? "of run " + json.string(RUN)
        : "of " + system.getFileStatus(mark).getModificationTime();
  }

  /**
   * Writes the folder.
   *
   * @param content writes into the path that it is given; what it throws is passed on, and then
   *     nothing is changed
   * @throws InvalidInputException if it cannot be written, or another run has written it meanwhile
   */
  void write(Consumer<String> content) {
    try {
      try {
        content.accept(temporary.toString());
        requireState(before);
        requireStillReplaceable();
        replace();
      } finally {
        system.delete(temporary, true);
      }
    } catch (FileNotFoundException e) {
      throw another(); // it was there a moment before
    } catch (IOException e) {
      if (hasChanged()) {
        throw another(); // a file system may say in any way that what it looked for is gone
      }
      throw new InvalidInputException(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private boolean hasChanged() {
    try {
      return !state(folder).equals(before);
    } catch (FileNotFoundException e) {
      return true; // between two looks
    } catch (IOException e) {
      return false; // it cannot be told
    }
  }

  private void requireStillReplaceable() throws IOException {
    try {
      requireReplaceable(folder.toString(), true);
    } catch (InvalidInputException e) {
      requireState(before); // else it was looked at while another run replaced it
      throw e;
    }
  }

  private void replace() throws IOException {
    boolean exists = system.exists(folder);
    if (exists) {
      rename(folder, former);
    }
    boolean done = false;
    try {
      if (exists && !state(former).equals(before)) {
        throw another();
      }
      requireState("absent");
      rename(temporary, folder);
      // Where another run was quicker, many file systems have moved this folder into that run's.
      if (system.delete(new Path(folder, temporary.getName()), true)
          || !state(folder).equals("of run " + run)) {
        throw another();
      }
      done = true;
    } finally {
      // What is done may be out of its place for a moment: another run has moved it, and puts it
      // back.
      if (exists && !done && !system.exists(folder)) {
        rename(former, folder);
      } else if (exists && state(former).equals(before)) {
        system.delete(former, true);
      }
    }
  }

  private void requireState(String state) throws IOException {
    if (!state(folder).equals(state)) {
      throw another();
    }
  }

  private InvalidInputException another() {
    return new InvalidInputException(
        folder + ": another run has written it meanwhile; name another --out");
  }

  private void rename(Path from, Path to) throws IOException {
    if (!system.rename(from, to)) {
      throw new IOException("renaming " + from + " failed");
    }
  }

  /**
   * Writes what tells of these results into the folder that is being written.
   *
   * @param about what they depend on, and what was counted. Not modified.
   */
  void writeMark(Map<String, Object> about) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(RUN, run);
    json.putAll(about);
    write(MARK, Json.write(json) + "\n");
  }

  /** Writes how these results were made, for {@code gsig verify}. */
  void writeProvenance(String text) {
    write(ClusterProvenance.FILE_NAME, text);
  }

  private void write(String name, String text) {
    try (OutputStream out = system.create(new Path(temporary, name))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether no other run can write it meanwhile. */
  boolean isSure() {
    return lock != null && lock.isSure();
  }

  /** Lets the folder go. */
  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
  }
}
