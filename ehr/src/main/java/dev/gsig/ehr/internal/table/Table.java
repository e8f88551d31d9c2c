package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Values;

/**
 * The rows of a table, one at a time. Columns are numbered as they were asked for: the required
 * ones, then the optional ones. Values are text without white space around them; what is missing is
 * null.
 */
public interface Table extends AutoCloseable {
  /**
   * Moves on to the next row.
   *
   * @return false at the end of the table
   * @throws InvalidInputException if the table cannot be read on
   */
  boolean next();

  /**
   * A value of the current row.
   *
   * @param column which of the columns asked for
   * @return its text, never blank; null if the value is missing, see {@link Values#isMissing}, or
   *     the table lacks the column
   */
  String text(int column);

  /**
   * A value of the current row as it stands, with the white space around it.
   *
   * @param column which of the columns asked for
   * @return its text; null where {@link #text} is
   */
  String raw(int column);

  /**
   * Says whether the table has a column.
   *
   * @param column which of the columns asked for
   * @return whether it is there
   */
  boolean has(int column);

  /**
   * What a column is called.
   *
   * @param column which of the columns asked for
   * @return its name
   */
  String name(int column);

  /** What messages call the current row: the file and the row's number. */
  String where();

  /**
   * A value of the current row that may not be missing.
   *
   * @param column which of the columns asked for
   * @return its text
   * @throws InvalidInputException if it is missing
   */
  default String required(int column) {
    String text = text(column);
    if (text == null) {
      throw new InvalidInputException(
          where()
              + ": "
              + name(column)
              + " is empty (as is NA or null); give a value or remove the row");
    }
    return text;
  }

  /**
   * An identifier of the current row, see {@link Values#identifier}.
   *
   * @param column which of the columns asked for
   * @return the identifier; null if the value is missing or the table lacks the column
   */
  default String identifier(int column) {
    String text = text(column);
    return text == null ? null : Values.identifier(text);
  }

  /**
   * An identifier of the current row that may not be missing, see {@link Values#identifier}.
   *
   * @param column which of the columns asked for
   * @return the identifier
   * @throws InvalidInputException if it is missing
   */
  default String requiredIdentifier(int column) {
    return Values.identifier(required(column));
  }

  /**
   * A number of the current row.
   *
   * @param column which of the columns asked for
   * @return the number; null if the value is missing, in quotation marks or not
   * @throws InvalidInputException if it is not a finite number
   */
  default Double number(int column) {
    String text = text(column);
    if (text == null || Values.isMissing(text)) {
      return null;
    }
    Double value = Values.number(text);
    if (value == null) {
      throw new InvalidInputException(
          where() + ": " + name(column) + " must be a number, but is " + Json.quote(text));
    }
    return value;
  }

  /**
   * A whole number of the current row.
   *
   * @param column which of the columns asked for
   * @param absent the result where the value is missing, in quotation marks or not
   * @return the number
   * @throws InvalidInputException if it is not a whole number
   */
  default int integer(int column, int absent) {
    String text = text(column);
    if (text == null || Values.isMissing(text)) {
      return absent;
    }
    Integer value = Values.whole(text);
    if (value == null) {
      throw new InvalidInputException(
          where() + ": " + name(column) + " must be a whole number, but is " + Json.quote(text));
    }
    return value;
  }

  /** Closes the file; errors are of no interest, for all that was wanted has been read. */
  @Override
  void close();
}
