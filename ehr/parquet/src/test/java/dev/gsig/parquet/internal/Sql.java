package dev.gsig.parquet.internal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Questions to DuckDB. */
final class Sql implements AutoCloseable {
  private final Connection connection = DuckDb.connect();

  /** Joins and sorts hold more than the rows that are passed on elsewhere. */
  Sql() {
    run("SET memory_limit = '4GB';");
  }

  /** Runs statements, each ended by a semicolon at the end of a line. */
  void run(String statements) {
    try (Statement statement = connection.createStatement()) {
      for (String text : statements.split(";\\s*(\n|$)")) {
        if (!text.isBlank()) {
          statement.execute(text);
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Makes a view of a CSV file, all of it text. */
  void csv(String name, Path file) {
    run(
        "CREATE OR REPLACE VIEW "
            + name
            + " AS SELECT * FROM read_csv('"
            + file
            + "', all_varchar = true, header = true);");
  }

  /** Rows as texts, values separated by a bar. */
  List<String> rows(String query) {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  long number(String query) {
    return Long.parseLong(rows(query).get(0));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
