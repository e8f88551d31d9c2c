package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;

/** The whole numbers by which an OMOP common data model names concepts. */
final class OmopIds {
  /** No concept: the value is missing. */
  static final long MISSING = -1;

  /** OMOP's concept for what no concept fits. */
  static final long NONE = 0;

  private static final int MOST_DIGITS = 18;

  private OmopIds() {}

  /**
   * A concept of a table's current row.
   *
   * @return its number; {@link #MISSING} where there is no value, or no such column
   * @throws InvalidInputException if it is no whole number
   */
  static long of(Table row, int column) {
    String text = row.identifier(column);
    if (text == null) {
      return MISSING;
    }
    long id = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || text.length() > MOST_DIGITS) {
        throw new InvalidInputException(
            row.where()
                + ": "
                + row.name(column)
                + " must be the number of a concept, but is "
                + Json.quote(text));
      }
      id = 10 * id + digit;
    }
    return id;
  }

  /** A concept that must be there. */
  static long required(Table row, int column) {
    row.required(column);
    return of(row, column);
  }
}
