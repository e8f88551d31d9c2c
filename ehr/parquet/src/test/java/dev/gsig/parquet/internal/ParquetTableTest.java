package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {
  @TempDir Path temp;

  private Path parquet(String name, String query) {
    Path file = temp.resolve(name);
    try (Sql sql = new Sql()) {
      sql.run(
          "COPY (" + query + ") TO '" + file.toString().replace("'", "''") + "' (FORMAT parquet);");
    }
    return file;
  }

  @Test
  void rowsComeAsTextInTheirOrderByColumnName() {
    Path file =
        parquet(
            "it's [a] file.parquet",
            "SELECT * FROM (VALUES (7::BIGINT, TIMESTAMP '2180-05-06 22:23:00', ' x ', 1.5::FLOAT),"
                + " (NULL, NULL, '', NULL)) v(subject_id, time, code, numeric_value)");

    try (Table table =
        Tables.open(
            file, List.of("code", "subject_id"), List.of("value", "time", "numeric_value"))) {
      assertThat(table.has(2)).isFalse();
      assertThat(table.has(3)).isTrue();
      assertThat(table.next()).isTrue();
      assertThat(table.text(0)).isEqualTo("x");
      assertThat(table.raw(0)).isEqualTo(" x ");
      assertThat(table.text(1)).isEqualTo("7");
      assertThat(table.text(2)).isNull();
      assertThat(table.text(3)).isEqualTo("2180-05-06 22:23:00");
      assertThat(table.number(4)).isEqualTo(1.5);
      assertThat(table.where()).isEqualTo(file + ", row 1");
      assertThat(table.next()).isTrue();
      assertThat(table.text(0)).isNull();
      assertThat(table.text(1)).isNull();
      assertThat(table.next()).isFalse();
    }
  }

  private static List<String> column(Path file, String name) {
    List<String> values = new ArrayList<>();
    try (Table table = Tables.open(file, List.of(name), List.of())) {
      while (table.next()) {
        values.add(table.text(0));
      }
    }
    return values;
  }

  @Test
  void binaryValuesAreText() {
    Path file =
        parquet(
            "a.PQ",
            "SELECT * FROM (VALUES (encode('LAB//B\u00fcrste')), (NULL), (encode(' '))) v(code)");

    assertThat(column(file, "code")).containsExactly("LAB//B\u00fcrste", null, null);
  }

  @Test
  void binaryValuesThatAreNoTextAreRefusedByRow() {
    Path file =
        parquet("a.parquet", "SELECT * FROM (VALUES (encode('a')), ('\\xC3('::BLOB)) v(code)");

    assertThatThrownBy(() -> column(file, "code"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ", row 2: code: is not valid UTF-8; save it as UTF-8");
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    Path file = temp.resolve("a.parquet");
    try (Sql sql = new Sql()) {
      sql.run(
          "COPY (SELECT 'marked' AS code) TO '"
              + file
              + "' (FORMAT parquet, COMPRESSION uncompressed);");
    }
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, bytes.replace("marked", "m\u00e9rked"), StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> column(file, "code"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ", after row 0: holds text that is not valid UTF-8; write it as UTF-8");
  }

  @Test
  void instantsAreTextInUtc() {
    Path file = parquet("a.parquet", "SELECT TIMESTAMPTZ '2180-05-06 22:23:00-05' AS time");

    assertThat(column(file, "time")).containsExactly("2180-05-07 03:23:00+00");
  }

  @Test
  void whatIsNoNumberIsMissing() {
    Path file = parquet("a.parquet", "SELECT unnest([1.5, 'nan'::DOUBLE, NULL]) AS value");

    assertThat(column(file, "value")).containsExactly("1.5", null, null);
  }

  @Test
  void aMissingColumnIsNamed() {
    Path file = parquet("a.parquet", "SELECT 1 AS subject_id, 2 AS \"table\"");

    assertThatThrownBy(() -> Tables.open(file, List.of("subject_id", "code"), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": has no column code; its columns are \"subject_id\", \"table\"");
  }

  @Test
  void aFileCutShortIsRefusedInOneLine() throws IOException {
    Path file = parquet("a.parquet", "SELECT range AS code FROM range(10000)");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> Tables.open(file, List.of("code"), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": cannot be read as Parquet: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aMissingFileIsRefused() {
    Path file = temp.resolve("none.parquet");

    assertThatThrownBy(() -> Tables.open(file, List.of("code"), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no such file");
  }

  /** Whatever the driver unpacks, no other user can have put there, and nothing is left of it. */
  @Test
  void theNativeLibraryIsNotLeftAmongTemporaryFiles() throws IOException {
    try (Sql sql = new Sql()) {
      assertThat(sql.number("SELECT 41 + 1")).isEqualTo(42);
    }
    // mapped files as Linux shows them; elsewhere there is nothing to look at
    Path maps = Path.of("/proc/self/maps");
    if (Files.exists(maps)) {
      List<String> libraries =
          Files.readAllLines(maps).stream().filter(line -> line.contains("duckdb_java")).toList();
      assertThat(libraries).isNotEmpty().allMatch(line -> line.contains("/gsig-duckdb"));
      assertThat(libraries).allMatch(line -> line.endsWith("(deleted)"));
    }
  }
}
