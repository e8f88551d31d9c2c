package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The rows of a table of a database, in the order in which it gives them. */
final class JdbcTable implements Table {
  private final String what;
  private final Statement statement;
  private final ResultSet rows;
  private final Columns columns;
  private final JdbcAccess access;
  private final String[] values;
  private final String[] raw;
  private long number;

  JdbcTable(String what, Statement statement, ResultSet rows, Columns columns, JdbcAccess access) {
    this.what = what;
    this.statement = statement;
    this.rows = rows;
    this.columns = columns;
    this.access = access;
    this.values = new String[columns.count()];
    this.raw = new String[columns.count()];
  }

  @Override
  public boolean next() {
    try {
      if (!rows.next()) {
        return false;
      }
      number++;
      for (int i = 0; i < values.length; i++) {
        raw[i] = rows.getString(i + 1);
        String text = raw[i] == null ? "" : raw[i].strip();
        values[i] = Values.isMissing(text) ? null : text;
      }
      return true;
    } catch (SQLException e) {
      throw new InvalidInputException(
          what + ", after row " + number + ": cannot be read on: " + access.said(e), e);
    }
  }

  @Override
  public String text(int column) {
    return values[column];
  }

  @Override
  public String raw(int column) {
    return values[column] == null ? null : raw[column];
  }

  @Override
  public boolean has(int column) {
    return columns.position(column) >= 0;
  }

  @Override
  public String name(int column) {
    return columns.name(column);
  }

  @Override
  public String where() {
    return what + ", row " + number;
  }

  @Override
  public void close() {
    close(statement);
  }

  static void close(Statement statement) {
    try {
      if (statement != null) {
        statement.close();
      }
    } catch (SQLException e) {
      // All that was wanted has been read.
    }
  }
}
