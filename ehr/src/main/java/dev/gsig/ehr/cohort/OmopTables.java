package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.table.Table;
import java.util.List;
import java.util.function.Consumer;

/** The tables of an OMOP common data model, by their names in lower case. */
interface OmopTables extends AutoCloseable {
  /** Says whether there is a table. */
  boolean has(String table);

  /**
   * Reads a table, all of its files.
   *
   * @param row takes each row, with the required columns and then the optional ones
   * @throws dev.gsig.ehr.InvalidInputException if there is no such table, or it cannot be read
   */
  void each(
      Reading reading,
      String table,
      List<String> required,
      List<String> optional,
      Consumer<Table> row);

  /** What was concluded of where they are, in words; null for nothing. */
  String concluded();

  @Override
  void close();
}
