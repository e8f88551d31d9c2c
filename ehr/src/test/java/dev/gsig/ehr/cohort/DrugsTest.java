package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrugsTest {
  @TempDir Path temp;

  private Path mapping(String rows) throws IOException {
    return Files.writeString(temp.resolve("map.csv"), "atc,ndc\n" + rows);
  }

  @Test
  void aDrugHasANameOrAnNdc() {
    assertThat(Drugs.NAME.codes("Furosemide ")).containsExactly("m_FUROSEMIDE");
    assertThat(Drugs.NDC.codes("51079-0072-20")).containsExactly("m_51079007220");
    assertThat(Drugs.NDC.codes("338004904")).containsExactly("m_00338004904");
    assertThat(Drugs.NDC.codes("0")).isEmpty();
    assertThat(Drugs.NDC.codes(null)).isEmpty();
    assertThat(Drugs.NAME.codes("UNK")).isEmpty();
  }

  /** As spreadsheets, data frames and labels write one drug; and what is none. */
  @ParameterizedTest
  @CsvSource({
    "00338004904,m_00338004904",
    "338004904,m_00338004904",
    "338004904.0,m_00338004904",
    "0338-0049-04,m_00338004904",
    "12345-678-90,m_12345067890",
    "12345-6789-0,m_12345678900",
    "12345 6789 01,m_12345678901",
    "0,",
    "0.0,",
    "00000000000,",
    "UNK,",
    "abc,",
    "338004904.5,",
    "3.38004904E8,",
    "123456789012,"
  })
  void anNdcHasElevenDigits(String text, String code) {
    assertThat(Drugs.NDC.codes(text)).isEqualTo(code == null ? List.of() : List.of(code));
    assertThat(MedsCode.known("NDC/" + text)).isEqualTo(code);
  }

  @Test
  void aMappingGivesAtcCodes() throws IOException {
    Drugs drugs = Drugs.atc(mapping("c03ca01,00338004904\nB01AB01,123\nV07AB,123\n"));

    assertThat(drugs.codes("338004904")).containsExactly("m_C03CA01");
    assertThat(drugs.codes("00000000123")).containsExactly("m_B01AB01", "m_V07AB");
    assertThat(drugs.codes("124")).isEmpty();
    assertThat(drugs.codes("0")).isEmpty();
  }

  @Test
  void aMappingThatCannotBeIsRefused() throws IOException {
    Path none = mapping("");
    assertThatThrownBy(() -> Drugs.atc(none))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("maps no drug");
    Path wrong = mapping("C03CA01,abc\n");
    assertThatThrownBy(() -> Drugs.atc(wrong))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("map.csv, line 2: ndc must be 11 digits");
  }

  @Test
  void prescriptionsAreCodedAsAsked() throws IOException {
    MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
    tables.add("prescriptions", "ill,ill1,2150-01-02 09:00:00,,Lasix,123");
    Drugs drugs = Drugs.atc(mapping("C03CA01,123\n"));

    for (Drugs kind : new Drugs[] {Drugs.NAME, Drugs.NDC, Drugs.NONE, drugs}) {
      String last =
          MadeUpMimic.cohort(
                  tables.source(kind, java.util.List.of()),
                  MadeUpMimic.HEART_FAILURE,
                  MadeUpMimic.settings(new Coding(false, 0, 4), java.util.List.of()),
                  temp.resolve("out"))
              .get("ill")
              .visits()
              .get(0)
              .codes()
              .stream()
              .reduce((a, b) -> b)
              .orElseThrow();
      assertThat(last)
          .isEqualTo(
              switch (kind.label()) {
                case "name" -> "m_LASI";
                case "ndc" -> "m_0000";
                case "atc" -> "m_C03C";
                default -> "d10_I10";
              });
    }
  }
}
