package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MedsSourceTest {
  @TempDir Path temp;

  /** Events of subject 1: times and codes, in turn. */
  private Records read(MedsSource.Visits visits, String... events) throws IOException {
    List<String> rows = new ArrayList<>(List.of("code,value,time,subject_id"));
    for (int i = 0; i < events.length; i += 2) {
      rows.add(events[i + 1] + ",," + events[i] + ",1");
    }
    Path file = Files.write(temp.resolve("events.csv"), rows);
    return new MedsSource(file, visits, List.of()).read(Source.Watcher.NONE);
  }

  private static List<List<String>> visits(Records records) {
    List<List<String>> visits = new ArrayList<>();
    for (VisitRecord visit : new Patients(records).get(0).visits()) {
      List<String> codes = new ArrayList<>(List.of(Instants.format(visit.start())));
      for (int code : visit.codes()) {
        codes.add(records.codes.text(code));
      }
      visits.add(codes);
    }
    return visits;
  }

  @ParameterizedTest
  @CsvSource({
    "DIAGNOSIS//ICD//10//I509,d10_I509",
    "DIAGNOSIS//ICD//9//4280,d9_4280",
    "PROCEDURE//ICD//10//0W9G3ZZ,p10_0W9G3ZZ",
    "MEDICATION//START//Sodium Chloride 0.9%,m_SODIUM CHLORIDE 0.9%",
    "ICD10CM/i50.9,d10_I509",
    "ICD9Proc/54.91,p9_5491",
    "SNOMED/88805009,d_88805009",
    "RxNorm/313782,m_313782",
    "MEDICATION//Heparin//Administered,",
    "MEDICATION//STOP//Heparin,",
    "PROCEDURE//START//225459,",
    "LAB//50912//mg/dL,",
    "DIAGNOSIS//ICD//11//X,",
    "BMI (kg/m2),",
    "ICD10CM/,"
  })
  void codesOfMimicAndOmopAreKnown(String code, String spelt) {
    assertThat(MedsCode.known(code)).isEqualTo(spelt);
  }

  @Test
  void eventsFallIntoTheStayOfTheirTime() throws IOException {
    Records records =
        read(
            MedsSource.Visits.ADMISSIONS,
            "2150-06-01 08:00:00",
            "HOSPITAL_ADMISSION//A",
            "2150-01-03 12:00:00",
            "HOSPITAL_DISCHARGE//HOME",
            "2150-01-01 08:00:00",
            "HOSPITAL_ADMISSION//B",
            "2150-06-02 12:00:00",
            "HOSPITAL_DISCHARGE//HOME",
            "2150-01-03 12:00:00",
            "ICD10CM/END",
            "2150-01-01 00:00:00",
            "ICD9Proc/DATE",
            "2150-01-01 07:59:59",
            "ICD10CM/BEFORE",
            "2150-06-01 08:00:00",
            "RxNorm/BEGIN",
            "2150-07-01 08:00:00",
            "ICD10CM/AFTER",
            "",
            "ICD10CM/NEVER");

    assertThat(visits(records))
        .containsExactly(
            List.of("2150-01-01T08:00:00", "d10_END", "p9_DATE"),
            List.of("2150-06-01T08:00:00", "m_BEGIN"));
    assertThat(records.dropped.get("event outside of any visit")).isEqualTo(3);
    assertThat(records.strayCodes.size()).isEqualTo(3);
  }

  @Test
  void aStayThatFollowsAtOnceDoesNotTakeTheDiagnosesOfTheOneBefore() throws IOException {
    Records records =
        read(
            MedsSource.Visits.ADMISSIONS,
            "2150-01-01 08:00:00",
            "HOSPITAL_ADMISSION//A",
            "2150-01-03 12:00:00",
            "HOSPITAL_DISCHARGE//TRANSFER",
            "2150-01-03 12:00:00",
            "HOSPITAL_ADMISSION//B",
            "2150-01-05 12:00:00",
            "HOSPITAL_DISCHARGE//HOME",
            "2150-01-03 12:00:00",
            "ICD10CM/FIRST",
            "2150-01-03 12:00:01",
            "ICD10CM/SECOND");

    assertThat(visits(records))
        .containsExactly(
            List.of("2150-01-01T08:00:00", "d10_FIRST"),
            List.of("2150-01-03T12:00:00", "d10_SECOND"));
  }

  /** Whose end is not known has not ended, so it is in no input. */
  @Test
  void staysWithoutAnEndOrABeginning() throws IOException {
    Records records =
        read(
            MedsSource.Visits.ADMISSIONS,
            "2150-01-01 08:00:00",
            "HOSPITAL_DISCHARGE//HOME",
            "2150-02-01 08:00:00",
            "HOSPITAL_ADMISSION//A",
            "2150-02-02 08:00:00",
            "ICD10CM/I10");

    assertThat(records.dropped.get("discharge without an admission")).isEqualTo(1);
    VisitRecord visit = new Patients(records).get(0).visits().get(0);
    assertThat(visit.isSeen(Instants.parse("9999-01-01"))).isFalse();
  }

  @Test
  void aStayInWhichThePatientDiesEndsNoEarlier() throws IOException {
    Records records =
        read(
            MedsSource.Visits.ADMISSIONS,
            "2150-01-01 08:00:00",
            "HOSPITAL_ADMISSION//A",
            "2150-01-03 12:00:00",
            "HOSPITAL_DISCHARGE//DIED",
            "2150-01-03 12:30:00",
            "MEDS_DEATH",
            "2150-01-03 12:00:00",
            "ICD10CM/I10");

    assertThat(Instants.format(records.visitEnds.get(0))).isEqualTo("2150-01-03T12:30:00");
  }

  @Test
  void aDayWithCodesCanBeAVisit() throws IOException {
    Records records =
        read(
            MedsSource.Visits.DAYS,
            "2150-01-02 09:00:00",
            "ICD10CM/I10",
            "2150-01-01 08:00:00",
            "RxNorm/1",
            "2150-01-02 08:00:00",
            "ICD10CM/E119",
            "",
            "ICD10CM/Z00");

    assertThat(visits(records))
        .containsExactly(
            List.of("2150-01-01T00:00:00", "m_1"),
            List.of("2150-01-02T00:00:00", "d10_E119", "d10_I10"));
    assertThat(Instants.format(records.visitEnds.get(1))).isEqualTo("2150-01-02T23:59:59");
    assertThat(records.strayCodes.size()).isEqualTo(1);
  }

  @Test
  void aSubjectBornTwiceIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    MedsSource.Visits.DAYS, "2100-01-01", "MEDS_BIRTH", "2101-01-01", "MEDS_BIRTH"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("events.csv, line 3: the subject \"1\" is born a second time");
  }

  @Test
  void aFolderWithoutEventsIsRefused() {
    assertThatThrownBy(
            () -> new MedsSource(temp, MedsSource.Visits.DAYS, List.of()).read(Source.Watcher.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds no table of events");
  }

  /** This module alone has no Parquet. */
  @Test
  void parquetNeedsItsModule() throws IOException {
    Path file = Files.writeString(temp.resolve("a.parquet"), "PAR1");
    assertThatThrownBy(
            () -> new MedsSource(file, MedsSource.Visits.DAYS, List.of()).read(Source.Watcher.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("put gsig-ehr-parquet on the class path");
  }
}
