package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.LfsPointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds and opens tables of any format at hand. */
public final class Tables {
  /** Stands for standard input, as on the command line. */
  public static final Path STANDARD_INPUT = Path.of("-");

  private static final CsvFormat CSV = new CsvFormat();
  private static final List<TableFormat> FORMATS =
      Stream.concat(
              Stream.<TableFormat>of(CSV),
              ServiceLoader.load(TableFormat.class).stream().map(ServiceLoader.Provider::get))
          .toList();

  private Tables() {}

  /**
   * Opens a table: {@code .csv} and {@code .csv.gz}, or what a {@link TableFormat} on the class
   * path reads.
   *
   * @param file the file; {@link #STANDARD_INPUT} for CSV from there
   * @param required columns that must be there
   * @param optional columns that may be there
   * @return its rows, to be closed by the caller
   * @throws InvalidInputException if it cannot be read, or lacks a required column
   */
  public static Table open(Path file, List<String> required, List<String> optional) {
    if (file.equals(STANDARD_INPUT)) {
      return CSV.open(System.in, "standard input", required, optional);
    }
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    LfsPointer.refuse(file);
    return format(file).open(file, required, optional);
  }

  /**
   * Opens a file of CSV whose name has another ending.
   *
   * @param file the file, packed with gzip or not
   * @param required columns that must be there
   * @param optional columns that may be there
   * @return its rows, to be closed by the caller
   * @throws InvalidInputException if it cannot be read, or lacks a required column
   */
  public static Table openCsv(Path file, List<String> required, List<String> optional) {
    LfsPointer.refuse(file);
    return CSV.open(file, required, optional);
  }

  /**
   * Reads a stream of CSV.
   *
   * @param in closed with the table, and if there is none
   * @param name what messages call it
   * @param required columns that must be there
   * @return its rows, to be closed by the caller
   * @throws InvalidInputException if it cannot be read, or lacks a required column
   */
  public static Table openCsv(InputStream in, String name, List<String> required) {
    return CSV.open(in, name, required, List.of());
  }

  /**
   * The tables that a path names: itself, or where it is a folder all in it.
   *
   * @param path a file or a folder
   * @param what they hold, in the plural, for messages
   * @return the tables, and what else the folder holds
   * @throws InvalidInputException if the folder cannot be read, holds no table, or holds one in two
   *     formats
   */
  public static FolderFiles under(Path path, String what) {
    if (!Files.isDirectory(path)) {
      return new FolderFiles(List.of(path), List.of());
    }
    FolderFiles found = FolderFiles.under(path, file -> stem(file) != null);
    if (found.files().isEmpty()) {
      throw new InvalidInputException(
          path
              + ": holds no table of "
              + what
              + "; name a folder with files that end in "
              + String.join(", ", endings())
              + (found.passedOver().isEmpty()
                  ? ""
                  : " (passed over: " + FolderFiles.shown(found.passedOver()) + ")"));
    }
    Map<Path, Path> byStem = new HashMap<>();
    for (Path file : found.files()) {
      Path other = byStem.put(file.resolveSibling(stem(file)), file);
      if (other != null) {
        throw twice(other, file);
      }
    }
    return found;
  }

  /**
   * Finds a table in a folder, of any format, packed or not.
   *
   * @param folder the folder
   * @param name the table's name, without an ending; upper or lower case
   * @return the file; null if there is none
   * @throws InvalidInputException if there are several, of which one would have to be guessed
   */
  public static Path find(Path folder, String name) {
    Path found = null;
    for (Path file : content(folder)) {
      if (name.toLowerCase(Locale.ROOT).equals(stem(file))) {
        if (found != null) {
          throw twice(found, file);
        }
        found = file;
      }
    }
    return found;
  }

  /**
   * Finds a table that a folder must have.
   *
   * @param folder the folder
   * @param name the table's name, without an ending; upper or lower case
   * @return the file
   * @throws InvalidInputException if there is none, or there are several
   */
  public static Path require(Path folder, String name) {
    Path file = find(folder, name);
    if (file != null) {
      return file;
    }
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(folder + ": no such folder; check the path");
    }
    throw new InvalidInputException(
        folder
            + ": the table "
            + name
            + ".csv.gz (or .csv) is missing; name the folder that has it");
  }

  private static List<Path> content(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    }
  }

  /** The name of a table in lower case without its ending; null if no format has such a name. */
  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return endings().stream()
        .filter(ending -> FolderFiles.hasEnding(name, ending))
        .findFirst()
        .map(e -> name.substring(0, name.length() - e.length()).toLowerCase(Locale.ROOT))
        .orElse(null);
  }

  private static List<String> endings() {
    return FORMATS.stream().flatMap(format -> format.endings().stream()).toList();
  }

  private static InvalidInputException twice(Path one, Path other) {
    return new InvalidInputException(
        one
            + " and "
            + other.getFileName()
            + ": are they one table in two files? Move one of them elsewhere, or name the file");
  }

  private static TableFormat format(Path file) {
    String name = file.getFileName().toString();
    return FORMATS.stream()
        .filter(f -> f.endings().stream().anyMatch(e -> FolderFiles.hasEnding(name, e)))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    file
                        + ": is of a format that nothing here reads; use .csv or .csv.gz"
                        + (name.matches("(?i).*\\.(parquet|pq)")
                            ? ", or put gsig-ehr-parquet on the class path"
                            : "")));
  }
}
