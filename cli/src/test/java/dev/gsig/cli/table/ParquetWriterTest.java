package dev.gsig.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written, read by DuckDB. */
class ParquetWriterTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("subject_id", CellType.WHOLE),
          new Column("time", CellType.TIME),
          new Column("code", CellType.TEXT),
          new Column("l2", CellType.REAL));

  @TempDir Path temp;

  private Path write(List<List<Object>> rows, long groupBytes) throws IOException {
    return write(COLUMNS, rows, groupBytes);
  }

  private Path write(List<Column> columns, List<List<Object>> rows, long groupBytes)
      throws IOException {
    Path file = temp.resolve("table.parquet");
    try (OutputStream out = Files.newOutputStream(file);
        ParquetWriter writer = new ParquetWriter(columns, out, groupBytes)) {
      for (List<Object> row : rows) {
        writer.row(row);
      }
    }
    return file;
  }

  /** Every cell as text, as DuckDB shows it. */
  private static List<List<Object>> query(String sql) throws SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<Object>> rows = new ArrayList<>();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private static List<Object> row(Object... cells) {
    return Arrays.asList(cells);
  }

  @Test
  void theSchemaIsThatOfMeds() throws Exception {
    Path file = write(List.of(row(1L, "2031-05-06T10:00:00", "a", 1.5)), 1);

    assertThat(query("select column_name, column_type from (describe from '" + file + "')"))
        .containsExactly(
            row("subject_id", "BIGINT"),
            row("time", "TIMESTAMP"),
            row("code", "VARCHAR"),
            row("l2", "DOUBLE"));
  }

  /** Bits are packed eight to a byte, so that nulls between them and an odd number matter. */
  @Test
  void flagsComeBack() throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    List<List<Object>> expected = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 1003; i++) {
      Boolean flag = random.nextInt(4) == 0 ? null : Boolean.valueOf(random.nextBoolean());
      rows.add(row(flag));
      expected.add(row(flag == null ? null : flag.toString()));
    }
    Path file = write(List.of(new Column("known", CellType.FLAG)), rows, 1 << 20);

    assertThat(query("select cast(known as varchar) from '" + file + "'")).isEqualTo(expected);
    assertThat(query("select column_type from (describe from '" + file + "')"))
        .containsExactly(row("BOOLEAN"));
  }

  @Test
  void awkwardCellsComeBack() throws Exception {
    List<List<Object>> rows =
        List.of(
            row(Long.MIN_VALUE, "1969-12-31T23:59:59.999999", "", -0.0),
            row(Long.MAX_VALUE, "0001-01-01", "\u00e4\ud83d\ude00\u0000\"", Double.MIN_VALUE),
            row(null, null, null, null),
            row(0L, "9999-12-31 12:30:00", "x".repeat(100_000), Double.MAX_VALUE));
    Path file = write(rows, 1 << 20);

    List<List<Object>> found = query("from '" + file + "'");
    assertThat(found.get(0))
        .isEqualTo(row("-9223372036854775808", "1969-12-31 23:59:59.999999", "", "-0.0"));
    assertThat(found.get(1).subList(0, 3))
        .isEqualTo(row("9223372036854775807", "0001-01-01 00:00:00.0", rows.get(1).get(2)));
    assertThat(Double.parseDouble((String) found.get(1).get(3))).isEqualTo(Double.MIN_VALUE);
    assertThat(found.get(2)).isEqualTo(row(null, null, null, null));
    assertThat(found.get(3).get(2)).isEqualTo(rows.get(3).get(2));
    assertThat(Double.parseDouble((String) found.get(3).get(3))).isEqualTo(Double.MAX_VALUE);
  }

  /** Any mixture of nulls and values, in one row group and in many, in the order of writing. */
  @ParameterizedTest
  @ValueSource(longs = {1, 5_000, 1 << 30})
  void manyRowsKeepTheirOrder(long groupBytes) throws Exception {
    Random random = new Random(7);
    List<List<Object>> rows = new ArrayList<>();
    List<List<Object>> expected = new ArrayList<>();
    for (int i = 0; i < (groupBytes == 1 ? 300 : 20_000); i++) {
      Long id = random.nextInt(3) == 0 ? null : Long.valueOf(i);
      String code = i % 1000 < 500 ? null : "code-" + random.nextInt(50);
      Double number = random.nextBoolean() ? null : random.nextInt(1000) / 8.0;
      rows.add(row(id, null, code, number));
      expected.add(row(text(id), null, code, text(number)));
    }
    Path file = write(rows, groupBytes);

    assertThat(query("from '" + file + "'")).isEqualTo(expected);
    List<List<Object>> groups =
        query("select count(distinct row_group_id) from parquet_metadata('" + file + "')");
    assertThat(Integer.parseInt((String) groups.get(0).get(0)))
        .isBetween(groupBytes == 1 << 30 ? 1 : 2, groupBytes == 1 << 30 ? 1 : 300);
  }

  private static String text(Object value) {
    return value == null ? null : value.toString();
  }

  @Test
  void aTableWithoutRowsIsATable() throws Exception {
    assertThat(query("from '" + write(List.of(), 1) + "'")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2031-05-06T10:00:00+02:00, 2031-05-06 08:00:00.0",
    "2031-05-06T10:00, 2031-05-06 10:00:00.0",
    "2031-05-06 10:00:00.25Z, 2031-05-06 10:00:00.25",
    "2031-05-06, 2031-05-06 00:00:00.0"
  })
  void timesAreReadAsIsoSays(String time, String expected) throws Exception {
    assertThat(query("select time from '" + write(List.of(row(1L, time, "a", 0.0)), 1) + "'"))
        .containsExactly(row(expected));
  }

  @Test
  void whatHasNoPlaceIsRefused() {
    assertThatThrownBy(() -> write(List.of(row("p1", null, "a", 0.0)), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the subject_id \"p1\" is no whole number");
    assertThatThrownBy(() -> write(List.of(row(1L, "yesterday", "a", 0.0)), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the time \"yesterday\" is no date and time");
  }
}
