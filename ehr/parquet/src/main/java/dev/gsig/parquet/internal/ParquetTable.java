package dev.gsig.parquet.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Utf8;
import dev.gsig.ehr.internal.Values;
import dev.gsig.ehr.internal.table.Columns;
import dev.gsig.ehr.internal.table.Table;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows of a Parquet file, streamed in their order; DuckDB casts every value to text, a list of
 * texts to lines. Binary values are text without saying so, as older writers leave it.
 */
final class ParquetTable implements Table {
  private final Path file;
  private final Connection connection;
  private final Columns columns;
  private final Set<String> binary = new HashSet<>();
  private final Set<String> lists = new HashSet<>();
  private final ResultSet rows;
  private final String[] values;
  private final String[] raw;
  private long number;

  ParquetTable(Path file, List<String> required, List<String> optional) {
    this.file = file;
    this.connection = DuckDb.connect();
    try {
      this.columns = Columns.find(file.toString(), header(), required, optional);
      this.values = new String[columns.count()];
      this.raw = new String[columns.count()];
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
        if (described.getString(2).equals("BLOB")) {
          binary.add(described.getString(1));
        } else if (described.getString(2).equals("VARCHAR[]")) {
          lists.add(described.getString(1));
        }
      }
    }
    return names;
  }

  private String query() {
    List<String> selected = new ArrayList<>();
    for (int i = 0; i < columns.count(); i++) {
      boolean there = columns.position(i) >= 0;
      String name = there ? "\"" + columns.spelt(i).replace("\"", "\"\"") + "\"" : "NULL";
      if (there && lists.contains(columns.spelt(i))) {
        selected.add("array_to_string(" + name + ", chr(10))");
      } else {
        selected.add(!there ? "NULL" : isBinary(i) ? name : "CAST(" + name + " AS VARCHAR)");
      }
    }
    return "SELECT " + String.join(", ", selected) + " FROM " + source();
  }

  private boolean isBinary(int column) {
    return columns.position(column) >= 0 && binary.contains(columns.spelt(column));
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
        raw[i] = value(i);
        String text = raw[i] == null ? "" : raw[i].strip();
        values[i] = Values.isMissing(text) ? null : text;
      }
      return true;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private String value(int column) throws SQLException {
    if (!isBinary(column)) {
      return rows.getString(column + 1);
    }
    byte[] bytes = rows.getBytes(column + 1);
    return bytes == null
        ? null
        : Utf8.decode(bytes, 0, bytes.length, where() + ": " + name(column));
  }

  private InvalidInputException unreadable(SQLException cause) {
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
    if (reason.contains("Invalid string encoding")) {
      return new InvalidInputException(
          file
              + ", after row "
              + number
              + ": holds text that is not valid UTF-8; write it as UTF-8",
          cause);
    }
    return new InvalidInputException(
        file + ": cannot be read as Parquet: " + reason + "; is the file whole? Fetch it again",
        cause);
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
