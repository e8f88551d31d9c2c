package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that cannot be used: one line that says what and where, and nothing is written. */
class BadTablesTest {
  @TempDir Path temp;
  private MadeUpMimic tables;
  private Path out;

  @BeforeEach
  void prepare() {
    tables = MadeUpMimic.two(temp.resolve("hosp"));
    out = temp.resolve("cohort");
  }

  private void assertRefused(Task task, String... parts) {
    assertRefused(new MimicSource(tables.folder, Drugs.NAME, List.of()), task, parts);
  }

  private void assertRefused(Source source, Task task, String... parts) {
    CohortSettings settings = MadeUpMimic.settings(Coding.WHOLE, List.of());
    assertThatThrownBy(() -> CohortBuilder.write(source, task, settings, out, Source.Watcher.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("\n");
    assertNothingWritten();
  }

  private void assertNothingWritten() {
    assertThat(temp.toFile().list()).isSubsetOf("hosp");
  }

  private Path file(String table) {
    return tables.folder.resolve(table + ".csv");
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"patients", "admissions", "diagnoses_icd", "procedures_icd", "prescriptions"})
  void aMissingTable(String table) throws IOException {
    tables.source();
    Files.delete(file(table));
    assertRefused(
        MadeUpMimic.HEART_FAILURE, tables.folder.toString(), table + ".csv.gz", "missing");
  }

  @Test
  void aMissingFolder() {
    assertRefused(
        new MimicSource(temp.resolve("no"), Drugs.NAME, List.of()),
        MadeUpMimic.MORTALITY,
        "no: no such folder");
  }

  @ParameterizedTest
  @CsvSource({
    "patients,anchor_year",
    "admissions,deathtime",
    "diagnoses_icd,icd_version",
    "procedures_icd,icd_code",
    "prescriptions,starttime"
  })
  void aMissingColumn(String table, String column) throws IOException {
    tables.source();
    String text = Files.readString(file(table));
    Files.writeString(file(table), text.replaceFirst(column, "other"));
    assertRefused(MadeUpMimic.HEART_FAILURE, table + ".csv: has no column " + column, "\"other\"");
  }

  @Test
  void aColumnThatIsThereTwice() throws IOException {
    tables.source();
    Files.writeString(file("patients"), "subject_id,gender,gender,anchor_age,anchor_year,dod\n");
    assertRefused(MadeUpMimic.MORTALITY, "the column gender twice");
  }

  @Test
  void anEmptyTable() throws IOException {
    tables.source();
    Files.writeString(file("patients"), "");
    assertRefused(MadeUpMimic.MORTALITY, "patients.csv: is empty");
  }

  /** Cut anywhere, in the middle of a member or between the bytes of the next one's header. */
  @Test
  void aGzipFileCutShort() throws IOException {
    tables.source();
    String text = Files.readString(file("diagnoses_icd"));
    int half = text.indexOf('\n', text.length() / 2) + 1;
    byte[] one = gzip(text.substring(0, half).getBytes(StandardCharsets.UTF_8));
    byte[] two = gzip(text.substring(half).getBytes(StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    Files.delete(file("diagnoses_icd"));
    Path packed = tables.folder.resolve("diagnoses_icd.csv.gz");

    for (int length = 0; length < both.length; length++) {
      boolean inHeader = length > one.length && length < one.length + 12;
      if (inHeader || (length % 11 == 0 && length != one.length)) {
        Files.write(packed, Arrays.copyOf(both, length));
        assertRefused(
            MadeUpMimic.HEART_FAILURE, "diagnoses_icd.csv.gz: cannot be unpacked: it is cut short");
      }
    }
    Files.write(packed, both);
    assertThat(
            MadeUpMimic.cohort(
                new MimicSource(tables.folder, Drugs.NAME, List.of()),
                MadeUpMimic.HEART_FAILURE,
                MadeUpMimic.settings(Coding.WHOLE, List.of()),
                out))
        .hasSize(2);
  }

  @Test
  void aGzipFileWithAWrongByte() throws IOException {
    tables.source();
    byte[] packed = gzip(Files.readAllBytes(file("diagnoses_icd")));
    packed[packed.length - 6] ^= 1;
    Files.delete(file("diagnoses_icd"));
    Files.write(tables.folder.resolve("diagnoses_icd.csv.gz"), packed);
    assertRefused(MadeUpMimic.HEART_FAILURE, "diagnoses_icd.csv.gz", "checksum");
  }

  @Test
  void aRowCutShort() throws IOException {
    tables.source();
    Files.writeString(
        file("diagnoses_icd"), Files.readString(file("diagnoses_icd")) + "ill,ill1,7");
    assertRefused(
        MadeUpMimic.HEART_FAILURE, "diagnoses_icd.csv, line 6: has 3 values for 5 columns");
  }

  @Test
  void aTextCutShort() throws IOException {
    tables.source();
    Files.writeString(
        file("prescriptions"), Files.readString(file("prescriptions")) + "ill,ill1,,,\"Hepa");
    assertRefused(MadeUpMimic.HEART_FAILURE, "prescriptions.csv", "cut short?");
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    tables.source();
    Files.write(
        file("prescriptions"),
        (Files.readString(file("prescriptions")) + "ill,ill1,,,Caf\u00e9,0\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(MadeUpMimic.HEART_FAILURE, "prescriptions.csv", "not valid UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "01/02/2150",
        "2150-13-01 00:00:00",
        "2150-02-30",
        "2150-01-01 25:00:00",
        "2150-01-01 10:00:61",
        "2150-01-01x10:00:00",
        "2150-1-1",
        "2150-01-01 10:00:00 PM"
      })
  void timesThatDoNotParse(String time) {
    tables.visit("ill", "ill3", time, "2150-01-03 12:00:00").source();
    assertRefused(
        MadeUpMimic.HEART_FAILURE,
        "admissions.csv, line 6: admittime must be a time such as",
        time);
  }

  @Test
  void aTimeThatIsMissing() {
    tables.visit("ill", "ill3", "2150-01-01 10:00:00", "").source();
    assertRefused(MadeUpMimic.HEART_FAILURE, "admissions.csv, line 6: dischtime is empty");
  }

  @Test
  void numbersThatAreNone() {
    tables.add("patients", "x,F,fifty,2150,,").source();
    assertRefused(
        MadeUpMimic.HEART_FAILURE, "line 4: anchor_age must be a whole number", "\"fifty\"");
  }

  /** Accepted: they mean what they would without. */
  @Test
  void codesWithStraySpacesAndInLowerCase() {
    tables.diagnosis("ill", "ill1", 2, " e11.9 ").diagnosis("ill", "ill1", 3, "\"  E1 19\"");
    tables.diagnosis("ill", "ill1", 4, "   ").drug("ill", "ill1", "", "  sodium   Chloride ");
    tables.drug("ill", "ill1", "", "SODIUM CHLORIDE");

    Trajectory ill = tables.cohort(MadeUpMimic.HEART_FAILURE).get("ill");

    assertThat(ill.visits().get(0).codes())
        .containsExactly("d10_I10", "d10_E119", "m_SODIUM CHLORIDE");
  }

  @Test
  void theTargetInLowerCaseCounts() {
    MadeUpMimic lower = MadeUpMimic.two(temp.resolve("hosp"));
    lower.patient("low", "").visit("low", "l1", "2150-01-01 08:00:00", "2150-01-03 12:00:00");
    lower.visit("low", "l2", "2151-01-01 08:00:00", "2151-01-03 12:00:00");
    lower.diagnosis("low", "l1", 1, "I10").diagnosis("low", "l2", 1, " i50.9");

    assertThat(lower.cohort(MadeUpMimic.HEART_FAILURE).get("low").label()).isEqualTo(1);
  }

  @Test
  void aPatientWhoIsThereTwice() {
    tables.patient("ill", "").source();
    assertRefused(
        MadeUpMimic.HEART_FAILURE, "patients.csv, line 4: the patient \"ill\" is there twice");
  }

  @Test
  void aVisitThatIsThereTwice() {
    tables.visit("well", "ill1", "2150-01-01 08:00:00", "2150-01-03 12:00:00").source();
    assertRefused(
        MadeUpMimic.HEART_FAILURE, "admissions.csv, line 6: the visit \"ill1\" is there twice");
  }

  @Test
  void aVisitOfAnotherPatient() {
    tables.diagnosis("well", "ill1", 9, "I10").source();
    assertRefused(MadeUpMimic.HEART_FAILURE, "line 6", "\"ill1\" is of another patient");
  }

  @Test
  void aTargetThatNoPatientHas() {
    tables.source();
    assertRefused(
        new FirstDiagnosis("hf", CodePatterns.parse("d10_Q99*"), 1),
        "no patient has a code of --target-codes d10_Q99*");
  }

  @Test
  void deathsThatNobodyDied() {
    tables.source();
    assertRefused(MadeUpMimic.MORTALITY, "no patient has a death");
  }

  @Test
  void aLabelThatNoLineOfTheCohortHas() {
    tables.source();
    assertRefused(
        new FirstDiagnosis("hf", CodePatterns.parse("d10_I50*"), 2), "no patient with the label 0");
  }

  @ParameterizedTest
  @CsvSource({
    "'nobody,2150-05-01 00:00:00,true', no patient of the source is called \"nobody\"",
    "'ill,soon,true', prediction_time must be a time",
    "'ill,2150-05-01 00:00:00,perhaps', 'must be true, false, 1 or 0, but is \"perhaps\"'",
    "'ill,2150-05-01 00:00:00,', but is missing",
    "'well,2150-05-01 00:00:00,false', a second label of the same subject and time"
  })
  void labelsThatCannotBe(String row, String message) throws IOException {
    tables.source();
    Path labels = tables.folder.resolve("labels.csv");
    Files.writeString(
        labels,
        "subject_id,prediction_time,boolean_value\nwell,2150-05-01 00:00:00,false\n" + row + "\n");
    assertRefused(new LabelFile(labels, 1), "labels.csv, line 3", message);
  }

  @Test
  void labelsOfOneClass() throws IOException {
    tables.source();
    Path labels = tables.folder.resolve("labels.csv");
    Files.writeString(
        labels, "subject_id,prediction_time,boolean_value\nwell,2150-05-01 00:00:00,false\n");
    assertRefused(
        new LabelFile(labels, 1), "no patient with the label 1 (1 in all; left out: 1 no label)");
  }

  /** What is counted and left out, not refused: real tables have some. */
  @Test
  void rowsThatLeadNowhereAreCounted() throws IOException {
    tables.diagnosis("stranger", "ill1", 1, "I10").diagnosis("ill", "", 1, "I10");
    tables.add("prescriptions", "ill,ill1,,,,0");
    tables.visit("ill", "ill9", "2150-02-02 08:00:00", "2150-02-01 08:00:00");
    Map<String, Object> report =
        CohortBuilder.write(
            tables.source(),
            MadeUpMimic.HEART_FAILURE,
            MadeUpMimic.settings(Coding.WHOLE, List.of()),
            out,
            Source.Watcher.NONE);

    assertThat(report.get("dropped"))
        .isEqualTo(
            Map.of(
                "diagnoses_icd: of a patient who is not in the table of patients", 1L,
                "diagnoses_icd: of no known visit", 1L,
                "prescriptions: without a code (name)", 1L));
    assertThat(report.get("noticed"))
        .isEqualTo(
            Map.of(
                "visit that ends before it begins: taken to end as it begins", 1L,
                "visit without a code: taken for none", 1L));
  }

  @Test
  void aPartWithoutPatients() {
    CohortSettings settings =
        new CohortSettings(Coding.WHOLE, List.of(), 0, new Split.Fractions(0.98, 0.01, 0.01), 1, 1);
    assertThatThrownBy(
            () ->
                CohortBuilder.write(
                    tables.source(), MadeUpMimic.HEART_FAILURE, settings, out, Source.Watcher.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no patient falls into the validation part");
    assertNothingWritten();
  }
}
