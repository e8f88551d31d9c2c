package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MimicSourceTest {
  @TempDir Path temp;

  /** A patient with two stays, in the second of which they die, as far as the tables tell. */
  private MadeUpMimic dying(String dod, String deathtime, String location, String flag) {
    MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
    tables.addTable(
        "patients",
        "subject_id,gender,anchor_age,anchor_year,dod",
        "ill,F,50,2150," + dod,
        "well,M,50,2150,");
    tables.addTable(
        "admissions",
        "subject_id,hadm_id,admittime,dischtime,deathtime,discharge_location,hospital_expire_flag",
        "well,well1,2150-01-01 08:00:00,2150-01-03 12:00:00,,HOME,0",
        "well,well2,2150-06-01 08:00:00,2150-06-03 12:00:00,,,",
        "ill,ill1,2150-01-01 08:00:00,2150-01-03 12:00:00,,HOME,0",
        String.join(
            ",", "ill,ill2,2150-06-01 08:00:00,2150-06-03 12:00:00", deathtime, location, flag));
    return tables;
  }

  @ParameterizedTest
  @CsvSource({
    // nothing but the flag, or the discharge, says so: at the discharge
    ",,HOME,1,2150-06-03T12:00:00,2150-06-03T12:00:00",
    ",,DIED,0,2150-06-03T12:00:00,2150-06-03T12:00:00",
    ",,dead/expired,,2150-06-03T12:00:00,2150-06-03T12:00:00",
    // the day agrees: at the discharge of that day
    "2150-06-03,,DIED,1,2150-06-03T12:00:00,2150-06-03T12:00:00",
    // a time that is given is better
    ",2150-06-03 11:00:00,DIED,1,2150-06-03T11:00:00,2150-06-03T12:00:00",
    ",2150-06-03 12:30:00,DIED,1,2150-06-03T12:30:00,2150-06-03T12:30:00",
    // tables that disagree: the stay ends no earlier than the death
    "2150-06-05,,DIED,1,2150-06-05T00:00:00,2150-06-05T00:00:00",
    "2150-06-02,,DIED,1,2150-06-02T00:00:00,2150-06-03T12:00:00",
  })
  void aDeathIsKnownFromAnySign(
      String dod, String time, String location, String flag, String death, String end) {
    MadeUpMimic tables = dying(text(dod), text(time), text(location), text(flag));
    Records records = tables.source().read(Source.Watcher.NONE);

    int ill = records.patients.find("ill");
    assertThat(Instants.format(records.deaths.get(ill))).isEqualTo(death);
    assertThat(Instants.format(records.visitEnds.get(3))).isEqualTo(end);
    assertThat(records.deaths.get(records.patients.find("well"))).isEqualTo(Instants.UNKNOWN);

    Trajectory line = tables.cohort(MadeUpMimic.MORTALITY).get("ill");
    assertThat(line.label()).isEqualTo(1);
    assertThat(line.visits()).as("the stay in which they died is not seen").hasSize(1);
  }

  private static String text(String cell) {
    return cell == null ? "" : cell;
  }

  @Test
  void aDeathOfTheDischargeAloneIsNoticed() {
    Records records = dying("", "", "HOME", "1").source().read(Source.Watcher.NONE);
    assertThat(records.noticed)
        .containsEntry("death known from a discharge alone: taken to be at the discharge", 1L);
  }

  @Test
  void whatIsNoCodeIsDroppedAndCounted() {
    MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
    for (String drug : List.of("UNK", "unknown", "___", "Aspirin")) {
      tables.drug("ill", "ill1", "2150-01-02 08:00:00", drug);
    }
    tables.add("diagnoses_icd", "ill,ill1,2,I11,");
    tables.add("diagnoses_icd", "ill,ill1,3,8A00,11");
    Map<String, Trajectory> cohort = tables.cohort(MadeUpMimic.HEART_FAILURE);

    assertThat(cohort.get("ill").visits().get(0).codes()).containsExactly("d10_I10", "m_ASPIRIN");
    assertThat(tables.source().read(Source.Watcher.NONE).dropped)
        .containsEntry("prescriptions: without a code (name)", 3L)
        .containsEntry("diagnoses_icd: of a version of ICD other than 9 and 10", 2L);
  }

  /** Of several at once the median, of two the lower, whatever the order of rows. */
  @Test
  void measurementsOfOneSecond() {
    for (String rows : List.of("3,1,2", "1,2,3", "2,3", "3,2")) {
      MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
      String[] labs =
          java.util.Arrays.stream(rows.split(","))
              .map(value -> "ill,7,2150-01-02 08:00:00," + value)
              .toArray(String[]::new);
      tables.addTable("labevents", "subject_id,itemid,charttime,valuenum", labs);
      List<Measurement> lab = Measurement.parse("lab=7");

      Map<String, Trajectory> cohort =
          MadeUpMimic.cohort(
              tables.source(Drugs.NAME, lab),
              MadeUpMimic.HEART_FAILURE,
              MadeUpMimic.settings(Coding.WHOLE, lab),
              temp.resolve("cohort" + rows));

      assertThat(cohort.get("ill").tabular()).containsEntry("lab", 2.0);
    }
  }

  @Test
  void measurementsWithoutValueOrTimeAreDroppedAndCounted() {
    MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
    tables.addTable(
        "labevents",
        "subject_id,itemid,charttime,valuenum",
        "ill,7,2150-01-02 08:00:00,",
        "ill,7,,5",
        "stranger,7,2150-01-02 08:00:00,5",
        "ill,8,,");
    Records records =
        tables.source(Drugs.NAME, Measurement.parse("lab=7")).read(Source.Watcher.NONE);

    assertThat(records.dropped)
        .isEqualTo(
            Map.of(
                "measurement without a value", 1L,
                "measurement without a time", 1L,
                "labevents: of a patient who is not in the table of patients", 1L));
  }

  @Test
  void unitsThatDifferAreCounted() {
    MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
    tables.addTable(
        "labevents",
        "subject_id,itemid,charttime,valuenum,valueuom",
        "ill,7,2150-01-02 08:00:00,1.1,mg/dL",
        "ill,7,2150-01-03 08:00:00,1.2,MG/DL ",
        "ill,7,2150-01-04 08:00:00,97,umol/L",
        "ill,7,2150-01-05 08:00:00,1.3,");
    Records records =
        tables.source(Drugs.NAME, Measurement.parse("lab=7")).read(Source.Watcher.NONE);

    assertThat(records.noticed)
        .containsOnly(
            Map.entry(
                "value of \"lab\" in umol/l, where most are in mg/dl: taken as it stands", 1L));
  }

  /** Two stays of the same time: their order does not follow that of the rows. */
  @Test
  void staysOfTheSameTimeHaveAnOrderOfTheirOwn() {
    List<String> lines = new java.util.ArrayList<>();
    for (boolean swapped : List.of(false, true)) {
      MadeUpMimic tables = MadeUpMimic.two(temp.resolve("hosp"));
      for (String stay : swapped ? List.of("b", "a") : List.of("a", "b")) {
        tables.visit("ill", stay, "2150-02-01 08:00:00", "2150-02-01 08:00:00");
        tables.diagnosis("ill", stay, 1, stay);
      }
      lines.add(tables.cohort(MadeUpMimic.HEART_FAILURE).get("ill").toString());
    }
    assertThat(lines.get(0)).isEqualTo(lines.get(1));
  }
}
