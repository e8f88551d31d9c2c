package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Plants a code, PLANTED, where a model must not see it, and looks for it in all that is written.
 */
class NoLeakageTest {
  private static final String PLANTED = "PLANTED";

  @TempDir Path temp;
  private MadeUpMimic tables;

  @BeforeEach
  void prepare() {
    tables = MadeUpMimic.two(temp.resolve("hosp"));
  }

  private void assertNowhere(Task task) throws IOException {
    Map<String, Trajectory> cohort = tables.cohort(task);
    assertThat(cohort).containsKeys("ill", "well");
    for (String file : List.of("train.jsonl", "vocab.json")) {
      assertThat(Files.readString(temp.resolve("cohort").resolve(file))).doesNotContain(PLANTED);
    }
  }

  /** The test can fail: in a visit before the index time the code is seen. */
  @Test
  void aCodeBeforeTheIndexTimeIsSeen() {
    tables.drug("ill", "ill1", "2150-01-02 09:00:00", PLANTED);

    Trajectory ill = tables.cohort(MadeUpMimic.HEART_FAILURE).get("ill");

    assertThat(ill.visits()).hasSize(1);
    assertThat(ill.visits().get(0).codes()).containsExactly("d10_I10", "m_" + PLANTED);
    assertThat(ill.label()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "ill,ill2,2150-06-02 09:00:00", // in the visit of the target
    "ill,ill2,2150-01-02 09:00:00", // in it, though dated before
    "well,well2,2150-06-02 09:00:00", // in the last visit, which is dropped
    "ill,ill1,2150-06-01 08:00:00", // of an earlier visit, but recorded as the target's begins
    "well,well1,2150-09-01 00:00:00", // of an earlier visit, recorded after everything
    "ill,nowhere,2150-01-02 09:00:00", // of no visit at all
  })
  void heartFailureSeesNothingOfTheIndexVisitOrLater(String id, String stay, String time)
      throws IOException {
    tables.drug(id, stay, time, PLANTED);
    assertNowhere(MadeUpMimic.HEART_FAILURE);
  }

  @ParameterizedTest
  @CsvSource({
    "2150-06-01 08:00:00,2150-06-01 08:00:00", // at the very second at which the target's begins
    "2150-05-31 08:00:00,2150-06-01 08:00:00", // ends as it begins
    "2150-05-31 08:00:00,2150-06-02 08:00:00", // is still going on
    "2150-06-01 06:00:00,2150-06-01 09:00:00", // begins earlier on the same day, ends within it
    "2150-06-02 06:00:00,2150-06-02 09:00:00", // within it
    "2150-06-03 13:00:00,2150-06-03 14:00:00", // after it, on the same day
    "2150-07-01 06:00:00,2150-07-02 09:00:00", // later
  })
  void visitsThatDoNotEndBeforeTheTargetsBeginAreNotSeen(String from, String to)
      throws IOException {
    tables.visit("ill", "ill3", from, to).diagnosis("ill", "ill3", 1, PLANTED);
    assertNowhere(MadeUpMimic.HEART_FAILURE);
  }

  /** On the same day, but over before: that is known when the target's visit begins. */
  @Test
  void aVisitThatEndsEarlierOnTheSameDayIsSeen() {
    tables
        .visit("ill", "ill3", "2150-06-01 01:00:00", "2150-06-01 07:59:59")
        .diagnosis("ill", "ill3", 1, "K219");

    assertThat(tables.cohort(MadeUpMimic.HEART_FAILURE).get("ill").visits())
        .extracting(visit -> visit.codes().get(0))
        .containsExactly("d10_I10", "d10_K219");
  }

  /** Whoever has the target where nobody can say when is neither ill nor well. */
  @Test
  void aTargetCodeOfNoVisitTakesThePatientOut() {
    tables.diagnosis("well", "nowhere", 1, "I5022");
    tables.patient("other", "").visit("other", "o1", "2150-01-01 08:00:00", "2150-01-03 12:00:00");
    tables.visit("other", "o2", "2151-01-01 08:00:00", "2151-01-03 12:00:00");
    tables.diagnosis("other", "o1", 1, "I10").diagnosis("other", "o2", 1, "I10");

    assertThat(tables.cohort(MadeUpMimic.HEART_FAILURE)).containsOnlyKeys("ill", "other");
  }

  @Test
  void theTargetCodeIsInNoInput() throws IOException {
    tables
        .visit("ill", "ill3", "2150-07-01 06:00:00", "2150-07-02 09:00:00")
        .diagnosis("ill", "ill3", 1, "I5022");
    tables.cohort(MadeUpMimic.HEART_FAILURE);
    assertThat(Files.readString(temp.resolve("cohort/train.jsonl"))).doesNotContain("I50");
  }

  /** Dies in the second visit; the first is the last that they left alive. */
  @Test
  void mortalitySeesNothingOfTheVisitInWhichThePatientDies() throws IOException {
    dies("ill", "2150-06-03 11:00:00", "2150-06-03");
    tables.diagnosis("ill", "ill2", 2, PLANTED);
    tables.drug("ill", "ill1", "2150-01-03 12:00:01", PLANTED); // a second after the index visit

    assertNowhere(MadeUpMimic.MORTALITY);
    assertThat(tables.cohort(MadeUpMimic.MORTALITY).get("ill").label()).isEqualTo(1);
  }

  /** Where only the day of death is known, what happened on that day may have come after it. */
  @Test
  void mortalitySeesNothingOfTheDayOfDeath() throws IOException {
    dies("ill", "", "2150-06-03");
    tables.diagnosis("ill", "ill2", 2, PLANTED);
    assertNowhere(MadeUpMimic.MORTALITY);
  }

  private void dies(String id, String deathtime, String dod) {
    MadeUpMimic all = new MadeUpMimic(tables.folder);
    for (String other : List.of(id, id.equals("ill") ? "well" : "ill")) {
      boolean dead = other.equals(id);
      all.patient(other, dead ? dod : "");
      all.visit(other, other + 1, "2150-01-01 08:00:00", "2150-01-03 12:00:00");
      all.diagnosis(other, other + 1, 1, "I10");
      all.add(
          "admissions",
          String.join(
              ",",
              other,
              other + 2,
              "2150-06-01 08:00:00",
              "2150-06-03 10:00:00",
              dead ? deathtime : "",
              "URGENT"));
      all.diagnosis(other, other + 2, 1, "E119");
    }
    tables = all;
  }

  @Test
  void measurementsAtOrAfterTheIndexTimeAreNotSeen() {
    tables.addTable(
        "labevents",
        "labevent_id,subject_id,itemid,charttime,valuenum",
        "1,ill,50912,2150-01-02 09:00:00,1.5",
        "2,ill,50912,2150-01-01 09:00:00,1.0",
        "3,ill,50912,2150-06-01 08:00:00,7.5",
        "4,ill,50912,2150-06-01 00:00:00,8.5", // a date: known at its end only
        "5,ill,50912,2150-07-01 08:00:00,9.5",
        "6,ill,50912,2150-01-02 10:00:00,",
        "7,well,50913,2150-01-02 10:00:00,3");
    List<Measurement> creatinine = Measurement.parse("creatinine=50912");

    Map<String, Trajectory> cohort =
        MadeUpMimic.cohort(
            tables.source(Drugs.NAME, creatinine),
            MadeUpMimic.HEART_FAILURE,
            MadeUpMimic.settings(Coding.WHOLE, creatinine),
            temp.resolve("cohort"));

    assertThat(cohort.get("ill").tabular().get("creatinine")).isEqualTo(1.5);
    assertThat(cohort.get("well").tabular()).doesNotContainKey("creatinine");
  }
}
