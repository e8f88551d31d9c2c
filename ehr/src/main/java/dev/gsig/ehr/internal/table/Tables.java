package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.LfsPointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** Opens tables of any format at hand. */
public final class Tables {
  private static final TableFormat CSV = new CsvFormat();

  private Tables() {}

  /**
   * Opens a table: {@code .csv} and {@code .csv.gz}, or what a {@link TableFormat} on the class
   * path reads.
   *
   * @param file the file
   * @param required columns that must be there
   * @param optional columns that may be there
   * @return its rows, to be closed by the caller
   * @throws InvalidInputException if it cannot be read, or lacks a required column
   */
  public static Table open(Path file, List<String> required, List<String> optional) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    LfsPointer.refuse(file);
    return format(file).open(file, required, optional);
  }

  /**
   * Says whether a file looks like a table.
   *
   * @param file the file
   * @return whether a format knows its name
   */
  public static boolean reads(Path file) {
    return CSV.reads(file)
        || ServiceLoader.load(TableFormat.class).stream().anyMatch(f -> f.get().reads(file));
  }

  /**
   * Finds a table in a folder, packed or not.
   *
   * @param folder the folder
   * @param name the table's name, without an ending
   * @return {@code name.csv.gz} or {@code name.csv}; null if neither is there
   */
  public static Path find(Path folder, String name) {
    for (String ending : List.of(".csv.gz", ".csv")) {
      Path file = folder.resolve(name + ending);
      if (Files.exists(file)) {
        return file;
      }
    }
    return null;
  }

  /**
   * Finds a table that a folder must have.
   *
   * @param folder the folder
   * @param name the table's name, without an ending
   * @return {@code name.csv.gz} or {@code name.csv}
   * @throws InvalidInputException if neither is there
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

  private static TableFormat format(Path file) {
    if (CSV.reads(file)) {
      return CSV;
    }
    return ServiceLoader.load(TableFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(format -> format.reads(file))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    file
                        + ": is of a format that nothing here reads; use .csv or .csv.gz"
                        + (file.toString().endsWith(".parquet")
                            ? ", or put gsig-ehr-parquet on the class path"
                            : "")));
  }
}
