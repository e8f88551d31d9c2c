package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.SparkSession;

/**
 * The files of a cohort on any file system of Spark's. What is named is read; of a folder that is
 * named, those that {@link FolderFiles} counts as data.
 *
 * @param files in the order of their paths
 * @param passedOver what else the folders hold, and why it is no data
 * @param folder the one that was named; null for a file or several
 */
record CohortFiles(List<FileStatus> files, List<String> passedOver, Path folder) {
  private static final Set<String> PACKED =
      Set.of(".gz", ".bz2", ".zst", ".snappy", ".lz4", ".deflate");

  /**
   * Finds the files.
   *
   * @param path a file, a folder or a pattern
   * @param format of the patients
   * @throws InvalidInputException if there are none, or one is packed otherwise than its name says
   */
  static CohortFiles of(SparkSession spark, String path, Format format) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    CohortFiles found;
    try {
      Path named = new Path(path);
      FileSystem system = named.getFileSystem(conf);
      FileStatus[] matches = system.globStatus(named);
      if (matches == null || matches.length == 0) {
        throw new InvalidInputException(path + ": cannot be read: no such file; check the path");
      }
      Arrays.sort(matches);
      boolean folder = matches.length == 1 && matches[0].isDirectory();
      found =
          new CohortFiles(
              new ArrayList<>(), new ArrayList<>(), folder ? matches[0].getPath() : null);
      for (FileStatus match : matches) {
        found.add(system, match, format);
      }
      if (format == Format.JSONL || format == Format.FHIR) {
        for (FileStatus file : found.files) {
          requirePackedAsNamed(system, file, new CompressionCodecFactory(conf));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
    if (found.files.isEmpty()) {
      throw new InvalidInputException(
          path
              + ": holds no file of "
              + format.label()
              + (found.passedOver.isEmpty()
                  ? ""
                  : " (passed over: " + FolderFiles.shown(found.passedOver) + ")")
              + "; name the folder that does, or the file");
    }
    return found;
  }

  private void add(FileSystem system, FileStatus match, Format format) throws IOException {
    if (!match.isDirectory()) {
      files.add(match);
      return;
    }
    Path data = new Path(match.getPath(), "data");
    // beside the data, MEDS keeps tables about codes, splits and labels
    boolean inside = format == Format.MEDS && system.exists(data);
    FileStatus folder = inside ? system.getFileStatus(data) : match;
    if (system.getScheme().equals("file")) {
      // the only one with links
      java.nio.file.Path local = java.nio.file.Path.of(folder.getPath().toUri().getPath());
      FolderFiles found =
          FolderFiles.under(local, file -> isData(file.getFileName().toString(), format));
      for (java.nio.file.Path file : found.files()) {
        files.add(system.getFileStatus(new Path(file.toUri())));
      }
      passedOver.addAll(found.passedOver());
    } else {
      walk(system, folder.getPath(), folder.getPath(), format);
    }
  }

  private void walk(FileSystem system, Path root, Path folder, Format format) throws IOException {
    FileStatus[] content = system.listStatus(folder);
    Arrays.sort(content);
    for (FileStatus file : content) {
      String name = file.getPath().getName();
      String below = root.toUri().relativize(file.getPath().toUri()).getPath();
      if (FolderFiles.isHidden(name)) {
        passedOver.add(below + " (hidden)");
      } else if (file.isDirectory()) {
        walk(system, root, file.getPath(), format);
      } else if (isData(name, format)) {
        files.add(file);
      } else {
        passedOver.add(below + " (of another kind)");
      }
    }
  }

  /** Spark names what it writes {@code part-...}, in JSON Lines with another ending or none. */
  private static boolean isData(String name, Format format) {
    if (format == Format.FHIR) {
      return FolderFiles.hasEnding(name, ".ndjson") || FolderFiles.hasEnding(name, ".ndjson.gz");
    }
    boolean parquet = FolderFiles.hasEnding(name, ".parquet") || FolderFiles.hasEnding(name, ".pq");
    if (format != Format.JSONL) {
      return parquet;
    }
    String plain =
        PACKED.stream()
            .filter(ending -> FolderFiles.hasEnding(name, ending))
            .findFirst()
            .map(ending -> name.substring(0, name.length() - ending.length()))
            .orElse(name);
    return FolderFiles.hasEnding(plain, ".jsonl")
        || FolderFiles.hasEnding(plain, ".ndjson")
        || (name.startsWith("part-") && !parquet);
  }

  /** Hadoop unpacks what is named {@code .gz}, and nothing else. */
  private static void requirePackedAsNamed(
      FileSystem system, FileStatus file, CompressionCodecFactory codecs) throws IOException {
    byte[] start = new byte[2];
    int length;
    try (FSDataInputStream in = system.open(file.getPath())) {
      length = in.readNBytes(start, 0, start.length);
    }
    boolean packed = length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
    boolean unpacks = codecs.getCodec(file.getPath()) != null;
    boolean gzip = file.getPath().getName().endsWith(".gz");
    if (packed && !unpacks) {
      throw new InvalidInputException(
          name(file) + ": is packed with gzip; give it a name that ends in .gz");
    }
    if (gzip && !packed && length > 0) {
      throw new InvalidInputException(
          name(file) + ": is named .gz, but is not packed with gzip; take the ending away");
    }
  }

  /** What messages call a file. */
  static String name(FileStatus file) {
    return file.getPath().toUri().getPath();
  }

  /**
   * What is said of a cohort without patients.
   *
   * @param path what messages call it
   */
  static InvalidInputException empty(String path) {
    return new InvalidInputException(
        path + ": the cohort is empty; write one patient a line as a JSON object");
  }

  /** Some of these files. */
  CohortFiles only(List<FileStatus> some) {
    return new CohortFiles(some, passedOver, folder);
  }

  Path[] paths() {
    return files.stream().map(FileStatus::getPath).toArray(Path[]::new);
  }

  long bytes() {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }
}
