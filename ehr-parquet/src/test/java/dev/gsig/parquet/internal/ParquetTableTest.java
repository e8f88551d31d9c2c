package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
