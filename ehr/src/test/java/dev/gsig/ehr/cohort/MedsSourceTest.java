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
    "MEDICATION//START//UNK,",
    "MEDICATION//START//,",
    "NDC/338004904.0,m_00338004904",
    "NDC/0,",
    "DIAGNOSIS//ICD//10//UNK,",
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
    assertThat(visit.isSeen(Moment.upTo(Instants.parse("9999-01-01")))).isFalse();
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

  /** Rows of subject, stay, time and code. */
  private Records rows(String... rows) throws IOException {
    List<String> lines = new ArrayList<>(List.of("subject_id,hadm_id,time,code"));
    lines.addAll(List.of(rows));
    Path file = Files.write(temp.resolve("events.csv"), lines);
    return new MedsSource(file, MedsSource.Visits.ADMISSIONS, List.of()).read(Source.Watcher.NONE);
  }

  private static List<String> times(Records records) {
    List<String> times = new ArrayList<>();
    for (int i = 0; i < records.visitPatients.size(); i++) {
      long end = records.visitEnds.get(i);
      times.add(
          Instants.format(records.visitStarts.get(i))
              + (end == Instants.OPEN ? " on" : " " + Instants.format(end)));
    }
    return times;
  }

  /** Without names a stay whose discharge is lost does not take that of the next one. */
  @Test
  void aStayWithoutADischargeEndsAtTheNextAdmission() throws IOException {
    Records records =
        read(
            MedsSource.Visits.ADMISSIONS,
            "2150-01-01 10:00:00",
            "HOSPITAL_ADMISSION//A",
            "2150-02-02 15:00:00",
            "HOSPITAL_ADMISSION//B",
            "2150-02-02 03:00:00", // a discharge that comes before its admission
            "HOSPITAL_DISCHARGE//HOME",
            "2150-03-01 10:00:00",
            "HOSPITAL_ADMISSION//C",
            "2150-03-05 10:00:00",
            "HOSPITAL_DISCHARGE//HOME",
            "2150-04-01 10:00:00",
            "HOSPITAL_ADMISSION//D",
            "2150-03-05 10:00:00",
            "ICD10CM/I509");

    assertThat(times(records))
        .containsExactly(
            "2150-01-01T10:00:00 2150-02-02T03:00:00",
            "2150-02-02T15:00:00 2150-03-01T10:00:00",
            "2150-03-01T10:00:00 2150-03-05T10:00:00",
            "2150-04-01T10:00:00 on");
    assertThat(visits(records)).containsExactly(List.of("2150-03-01T10:00:00", "d10_I509"));
    assertThat(records.noticed)
        .containsEntry("stay without a discharge: taken to end at the next admission", 1L)
        .containsEntry("stay without a discharge: taken to go on, so that no input has it", 1L);
  }

  @Test
  void staysArePairedByTheirNames() throws IOException {
    Records records =
        rows(
            "1,20.0,2150-01-01 10:00:00,HOSPITAL_ADMISSION//A",
            "1,21,2150-02-01 10:00:00,HOSPITAL_ADMISSION//B",
            "1,21,2150-02-05 10:00:00,HOSPITAL_DISCHARGE//HOME",
            "1,20,2150-03-05 10:00:00,HOSPITAL_DISCHARGE//HOME", // longer than the one within it
            "1,22,2150-04-01 10:00:00,HOSPITAL_ADMISSION//C",
            "1,22,2150-03-31 10:00:00,HOSPITAL_DISCHARGE//HOME", // before it begins
            "1,21,2150-01-15 00:00:00,ICD10CM/B", // in the time of another
            "1,20,2150-02-02 00:00:00,ICD10CM/A",
            "1,,2150-02-02 00:00:00,ICD10CM/FIRST",
            "1,99,2150-02-02 00:00:00,ICD10CM/NONE",
            "1,22,2150-04-02 00:00:00,ICD10CM/C");

    assertThat(times(records))
        .containsExactly(
            "2150-01-01T10:00:00 2150-03-05T10:00:00",
            "2150-02-01T10:00:00 2150-02-05T10:00:00",
            "2150-04-01T10:00:00 2150-04-01T10:00:00");
    assertThat(visits(records))
        .containsExactly(
            List.of("2150-01-01T10:00:00", "d10_A", "d10_FIRST"),
            List.of("2150-02-01T10:00:00", "d10_B"),
            List.of("2150-04-01T10:00:00", "d10_C"));
    assertThat(records.dropped).containsEntry("event outside of any visit", 1L);
  }

  /** Shards that overlap: what is there twice makes no second stay. */
  @Test
  void rowsThatAreThereTwice() throws IOException {
    Records records =
        rows(
            "1,,2150-01-01 10:00:00,HOSPITAL_ADMISSION//A",
            "1,,2150-01-01 10:00:00,HOSPITAL_ADMISSION//A",
            "1,,2150-01-05 10:00:00,HOSPITAL_DISCHARGE//HOME",
            "1,,2150-01-05 10:00:00,HOSPITAL_DISCHARGE//HOME",
            "2,7,2150-01-01 10:00:00,HOSPITAL_ADMISSION//A",
            "2,7,2150-01-01 11:00:00,HOSPITAL_ADMISSION//B",
            "2,7,2150-01-05 10:00:00,HOSPITAL_DISCHARGE//HOME",
            "2,7,2150-01-05 10:00:00,HOSPITAL_DISCHARGE//HOME");

    assertThat(times(records))
        .containsExactly(
            "2150-01-01T10:00:00 2150-01-05T10:00:00", "2150-01-01T10:00:00 2150-01-05T10:00:00");
    assertThat(records.dropped)
        .containsEntry("admission that is there twice", 2L)
        .containsEntry("discharge without an admission", 1L)
        .containsEntry("discharge that is there twice", 1L);
  }

  @ParameterizedTest
  @CsvSource({
    "HOSPITAL_DISCHARGE//DIED,2150-01-03T12:00:00",
    "HOSPITAL_DISCHARGE//Expired//ER,2150-01-03T12:00:00",
    "HOSPITAL_DISCHARGE//DEAD/EXPIRED,2150-01-03T12:00:00",
    "MEDS_DEATH,2150-01-03T12:00:00",
    "MEDS_DEATH//HOSPITAL,2150-01-03T12:00:00",
    "SNOMED/419620001,2150-01-03T12:00:00",
    "HOSPITAL_DISCHARGE//HOSPICE,",
    "HOSPITAL_DISCHARGE//UNDIED,"
  })
  void aDeathIsKnownFromAnySign(String sign, String death) throws IOException {
    for (MedsSource.Visits visits : MedsSource.Visits.values()) {
      Records records =
          read(
              visits,
              "2150-01-01 08:00:00",
              "HOSPITAL_ADMISSION//A",
              "2150-01-03 12:00:00",
              sign,
              "2150-01-02 12:00:00",
              "ICD10CM/I10");

      assertThat(records.deaths.get(0))
          .isEqualTo(death == null ? Instants.UNKNOWN : Instants.parse(death));
    }
  }

  /** Of the day of death, which MEDS_DEATH may be, the discharge is the time. */
  @Test
  void aDateOfDeathIsThatOfTheDischargeOfItsDay() throws IOException {
    Records records =
        read(
            MedsSource.Visits.ADMISSIONS,
            "2150-01-01 08:00:00",
            "HOSPITAL_ADMISSION//A",
            "2150-01-03 00:00:00",
            "MEDS_DEATH",
            "2150-01-03 12:00:00",
            "HOSPITAL_DISCHARGE//DIED");

    assertThat(Instants.format(records.deaths.get(0))).isEqualTo("2150-01-03T12:00:00");
    assertThat(records.noticed).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GENDER//F,0", "GENDER//M,1", "Gender/F,0", "Gender/M,1", "gender//female,0", "SEX//Male,1",
    "sex/f,0", "Gender/8507,1", "Gender/8532,0", "GENDER//U,-1", "GENDER//,-1", "Genderqueer,-1"
  })
  void theSexIsReadInAnySpelling(String code, int sex) throws IOException {
    Records records = read(MedsSource.Visits.DAYS, "", code);

    assertThat(records.sexes.get(0)).isEqualTo(sex);
    assertThat(
            records.noticed.getOrDefault(
                "sex that is neither male nor female: taken to be missing", 0L))
        .isEqualTo(sex < 0 && !code.equals("Genderqueer") ? 1 : 0);
  }

  @Test
  void aPatientOfBothSexesHasNoneWhateverTheOrder() throws IOException {
    for (String order : List.of("MFM", "FMM", "MMF", "FFM")) {
      List<String> events = new ArrayList<>();
      order.chars().forEach(c -> events.addAll(List.of("", "GENDER//" + (char) c)));
      Records records = read(MedsSource.Visits.DAYS, events.toArray(String[]::new));

      assertThat(records.sexes.get(0)).isNegative();
      assertThat(records.noticed).containsEntry("patient of both sexes: taken to be missing", 1L);
    }
  }

  @Test
  void whatIsNotReadIsDroppedAndCounted() throws IOException {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      events.addAll(List.of("2150-01-02 09:00:00", "KIND" + (char) ('A' + i) + "//X"));
    }
    events.addAll(
        List.of(
            "2150-01-02 09:00:00", "KINDZ//1",
            "2150-01-02 09:00:00", "KINDZ//2",
            "2150-01-02 09:00:00", "MEDICATION//START//UNK",
            "2150-01-02 09:00:00", "NDC/0",
            "2150-01-02 09:00:00", "ICD10CM/I10"));
    Records records = read(MedsSource.Visits.DAYS, events.toArray(String[]::new));

    assertThat(records.dropped)
        .hasSize(23)
        .containsEntry("event of another kind: KINDZ", 2L)
        .containsEntry("event of another kind: KINDA", 1L)
        .containsEntry("event of another kind: any that is rarer", 6L)
        .containsEntry("event without a code: MEDICATION", 1L)
        .containsEntry("event without a code: NDC", 1L);
    long rows = records.rows.values().stream().mapToLong(Long::longValue).sum();
    long dropped = records.dropped.values().stream().mapToLong(Long::longValue).sum();
    assertThat(dropped + records.eventVisits.size()).isEqualTo(rows);
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

  @Test
  void unitsThatDifferAreCounted() throws IOException {
    Path file = temp.resolve("labs.csv");
    Files.write(
        file,
        List.of(
            "subject_id,time,code,numeric_value",
            "1,2150-01-01 10:00:00,LAB//7//mg/dL,1.1",
            "1,2150-01-02 10:00:00,LAB//7//mg/dL,1.2",
            "1,2150-01-03 10:00:00,LAB//7//umol/L,97",
            "1,2150-01-03 10:00:00,LAB//70//g,97",
            "1,2150-01-04 10:00:00,LAB//7,1.3"));
    MedsSource source =
        new MedsSource(file, MedsSource.Visits.DAYS, Measurement.parse("lab=LAB//7"));

    assertThat(source.read(Source.Watcher.NONE).noticed)
        .containsEntry(
            "value of \"lab\" in umol/l, where most are in mg/dl: taken as it stands", 1L);
  }
}
