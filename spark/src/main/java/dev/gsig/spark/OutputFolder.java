package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * A folder that appears whole or not at all: it is written beside its place under another name, and
 * takes the name in the end. What had the name before stays until then.
 */
final class OutputFolder {
  private final FileSystem system;
  private final Path folder;
  private final Path temporary;

  private OutputFolder(FileSystem system, Path folder) {
    this.system = system;
    this.folder = folder;
    this.temporary =
        new Path(folder.getParent(), ".gsig-" + folder.getName() + "-" + UUID.randomUUID());
  }

  /**
   * Names a folder, before any work is done.
   *
   * @param overwrite whether what is there may be replaced
   * @throws InvalidInputException if there is something that may not
   */
  static OutputFolder at(SparkSession spark, String path, boolean overwrite) {
    try {
      Path named = new Path(path);
      FileSystem system = system(spark, named);
      OutputFolder output = new OutputFolder(system, system.makeQualified(named));
      if (!overwrite && system.exists(named)) {
        throw new InvalidInputException(
            path + ": is there already; replace it with --overwrite, or name another --out");
      }
      return output;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(path + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static FileSystem system(SparkSession spark, Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  /**
   * Writes the folder.
   *
   * @param content writes into the path that it is given; what it throws is passed on, and then
   *     nothing is changed
   */
  void write(Consumer<String> content) {
    try {
      try {
        content.accept(temporary.toString());
        if (system.exists(folder)) {
          system.delete(folder, true);
        }
        if (!system.rename(temporary, folder)) {
          throw new IOException("renaming " + temporary + " failed");
        }
      } finally {
        system.delete(temporary, true);
      }
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Writes a small text file into the folder that is being written. */
  void writeText(String name, String text) {
    try (OutputStream out = system.create(new Path(temporary, name))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
