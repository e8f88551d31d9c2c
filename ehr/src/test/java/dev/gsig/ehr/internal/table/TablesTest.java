package dev.gsig.ehr.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  @TempDir Path temp;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(temp.resolve(name), content);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] packed(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(utf8(text));
    }
    return bytes.toByteArray();
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
  void aByteOrderMarkBeforeAQuotedHeaderIsSkipped() throws IOException {
    Path file = file("a.csv", utf8("\ufeff\"Id\",\"B\"\r\n\"1\",\"2\"\r\n"));

    assertThat(column(file, "Id")).containsExactly("1");
  }

  @Test
  void packedTablesAreToldByTheirContent() throws IOException {
    assertThat(column(file("a.csv", packed("Id\n1\n")), "Id")).containsExactly("1");
    assertThat(column(file("b.csv.gz", utf8("Id\n2\n")), "Id")).containsExactly("2");
    assertThat(column(file("C.CSV.GZ", packed("Id\n3\n")), "Id")).containsExactly("3");
    assertThatThrownBy(() -> column(file("d.csv.gz", new byte[0]), "Id"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("d.csv.gz: cannot be unpacked: it is cut short");
  }

  @Test
  void aBadByteIsNamedWithItsLineEvenFarDown() throws IOException {
    StringBuilder text = new StringBuilder("Id\n");
    for (int i = 2; i < 60_000; i++) {
      text.append("\u00fcber ").append(i).append('\n');
    }
    byte[] bytes = utf8(text + "\n");
    bytes[bytes.length - 1] = (byte) 0xe9;

    assertThatThrownBy(() -> column(file("a.csv", bytes), "Id"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp.resolve("a.csv") + ", line 60000: is not valid UTF-8; save it as UTF-8");
  }

  @Test
  void whatStandsForNothingIsMissing() throws IOException {
    Path file = file("a.csv", utf8("Id,x\nNA,1\n\"NA\",2\n\\N,3\nNaN,4\nNa,5\n  ,6\n"));

    assertThat(column(file, "Id")).containsExactly(null, "NA", null, null, "Na", null);
  }

  @Test
  void numbersAreFiniteOrMissing() throws IOException {
    Path file = file("a.csv", utf8("Id,x\n1,NaN\n2,\"null\"\n3,1e2\n4,inf\n"));

    try (Table table = Tables.open(file, List.of("x"), List.of())) {
      for (Double expected : new Double[] {null, null, 100.0}) {
        assertThat(table.next()).isTrue();
        assertThat(table.number(0)).isEqualTo(expected);
      }
      assertThat(table.next()).isTrue();
      assertThatThrownBy(() -> table.number(0))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(file + ", line 5: x must be a number, but is \"inf\"");
    }
  }

  @Test
  void namesAreFoundInAnyCase() throws IOException {
    Path table = file("Patients.CSV", utf8("Id\n"));

    assertThat(Tables.find(temp, "patients")).isEqualTo(table);
    assertThat(Tables.find(temp, "patient")).isNull();
  }

  /** Which of the two is meant can only be guessed. */
  @Test
  void aTableInTwoFilesIsRefused() throws IOException {
    file("patients.csv", utf8("Id\n"));
    file("patients.csv.gz", packed("Id\n"));

    assertThatThrownBy(() -> Tables.find(temp, "patients"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("patients.csv and patients.csv.gz: are they one table in two files?");
    assertThatThrownBy(() -> Tables.under(temp, "events"))
        .hasMessageContaining("are they one table in two files?");
  }

  @Test
  void aFolderWithoutTablesSaysWhatItHas() throws IOException {
    file("._a.csv", utf8("x"));
    file("b.txt", utf8("x"));

    assertThatThrownBy(() -> Tables.under(temp, "events"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "holds no table of events; name a folder with files that end in .csv, .csv.gz (passed"
                + " over: ._a.csv (hidden), b.txt (of another kind))");
  }

  @Test
  void standardInputIsATable() throws IOException {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(packed("\ufeffId\n7\n")));
      assertThat(column(Path.of("-"), "Id")).containsExactly("7");
    } finally {
      System.setIn(before);
    }
  }
}
