package dev.gsig.parquet.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.table.Columns;
import dev.gsig.ehr.internal.table.Table;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The rows of a Parquet file, streamed in their order; DuckDB casts every value to text. */
final class ParquetTable implements Table {
  private final Path file;
  private final Connection connection;
  private final Columns columns;
  private final ResultSet rows;
  private final String[] values;
  private long number;

  ParquetTable(Path file, List<String> required, List<String> optional) {
    this.file = file;
    this.connection = DuckDb.connect();
    try {
      this.columns = Columns.find(file, header(), required, optional);
      this.values = new String[columns.count()];
      this.rows = connection.createStatement().executeQuery(query());
    } catch (SQLException e) {
      close();
      throw unreadable(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private List<String> header() throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet described = statement.executeQuery("DESCRIBE SELECT * FROM " + source())) {
      while (described.next()) {
        names.add(described.getString(1));
      }
    }
    return names;
  }

  private String query() {
    StringBuilder text = new StringBuilder("SELECT ");
    for (int i = 0; i < columns.count(); i++) {
      text.append(i == 0 ? "" : ", ");
      text.append(
          columns.position(i) < 0
              ? "NULL"
              : "CAST(\"" + columns.name(i).replace("\"", "\"\"") + "\" AS VARCHAR)");
    }
    return text.append(" FROM ").append(source()).toString();
  }

  /** The file as DuckDB spells it: quotation marks doubled, and nothing taken for a pattern. */
  private String source() {
    String name = file.toString().replace("'", "''").replaceAll("([\\[*?])", "[$1]");
    return "read_parquet('" + name + "', hive_partitioning = false)";
  }

  @Override
  public boolean next() {
    try {
      if (!rows.next()) {
        return false;
      }
      number++;
      for (int i = 0; i < values.length; i++) {
        String text = rows.getString(i + 1);
        values[i] = text == null || text.isBlank() ? null : text.strip();
      }
      return true;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private InvalidInputException unreadable(SQLException cause) {
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
    return new InvalidInputException(
        file + ": cannot be read as Parquet: " + reason + "; is the file whole? Fetch it again",
        cause);
  }

  @Override
  public String text(int column) {
    return values[column];
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
    return file + ", row " + number;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // All that was wanted has been read.
    }
  }
}
