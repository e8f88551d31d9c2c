package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file format of tables, found with {@link java.util.ServiceLoader} where the class path has one.
 */
public interface TableFormat {
  /** How names of its files end, in lower case; any case counts. */
  List<String> endings();

  /**
   * Opens a table.
   *
   * @param file the file
   * @param required columns that must be there
   * @param optional columns that may be there
   * @return its rows, to be closed by the caller
   * @throws InvalidInputException if it cannot be read, or lacks a required column
   */
  Table open(Path file, List<String> required, List<String> optional);
}
