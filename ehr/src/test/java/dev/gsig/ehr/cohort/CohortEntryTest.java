package dev.gsig.ehr.cohort;

import static dev.gsig.ehr.cohort.MadeUpOmop.codes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patients and index dates of OMOP's table cohort. */
class CohortEntryTest {
  private static final String HEADER =
      "cohort_definition_id,subject_id,cohort_start_date,cohort_end_date";

  private final MadeUpOmop omop = new MadeUpOmop().indexCohort(7);

  @TempDir Path temp;

  private static CohortEntry task(String target, int days, int minVisits) {
    return new CohortEntry(
        7,
        target == null ? "mortality" : "hf",
        target == null ? null : CodePatterns.parse(target),
        days,
        0,
        minVisits);
  }

  private Map<String, Trajectory> cohort(CohortEntry task, String... entries) {
    return omop.table("cohort", HEADER, entries).cohort(temp, task);
  }

  private Map<String, Integer> labels(CohortEntry task, String... entries) {
    Map<String, Integer> labels = new LinkedHashMap<>();
    cohort(task, entries).forEach((id, line) -> labels.put(id, line.label()));
    return labels;
  }

  @Test
  void whatIsKnownByTheEndOfTheDayIsSeen() {
    Trajectory line = cohort(task("d_316139", 365, 1), "7,1,2002-01-01,2003-01-01").get("1");

    assertThat(codes(line)).hasSize(2);
    assertThat(line.tabular()).contains(entry("age", 51.83));
    assertThat(line.label()).isZero();
  }

  /** The target is on the 2nd of January 2003, a day on which a visit without an end begins. */
  @ParameterizedTest
  @CsvSource({"366, 1", "365, 0", "1, 0"})
  void theTargetIsAskedForUpToTheLastDayOfTheHorizon(int days, int label) {
    assertThat(labels(task("d_316139", days, 1), "7,1,2002-01-01,")).isEqualTo(Map.of("1", label));
  }

  @Test
  void whoHasTheTargetByTheEndOfTheDayIsLeftOut() {
    assertThat(labels(task("d_316139", 365, 1), "7,1,2003-01-02,")).isEmpty();
    assertThat(labels(task("d_316139", 365, 1), "7,1,2003-01-01,")).isEqualTo(Map.of("1", 1));
  }

  /** They die on the 24th of December 2001. */
  @ParameterizedTest
  @CsvSource({"2001-12-23, 1, 1", "2001-12-24, 1, ", "2001-06-02, 204, 0", "2001-06-02, 205, 1"})
  void deathIsAskedForWithinTheHorizon(String entry, int days, Integer label) {
    assertThat(labels(task(null, days, 1), "7,2," + entry + ","))
        .isEqualTo(label == null ? Map.of() : Map.of("2", label));
  }

  @Test
  void whoDiesWithoutTheTargetIsKnownNotToHaveIt() {
    assertThat(labels(task("d_316139", 3650, 1), "7,2,2001-06-02,")).isEqualTo(Map.of("2", 0));
  }

  @Test
  void whoIsNotFollowedThroughTheHorizonIsLeftOut() {
    assertThat(labels(task(null, 365, 1), "7,1,2004-12-31,")).isEqualTo(Map.of("1", 0));
    assertThat(labels(task(null, 366, 1), "7,1,2004-12-31,")).isEmpty();
    CohortEntry longer = new CohortEntry(7, "mortality", null, 366, 1, 1);
    assertThat(labels(longer, "7,1,2004-12-31,")).isEqualTo(Map.of("1", 0));
  }

  @Test
  void whoHasTooFewVisitsByThenIsLeftOut() {
    assertThat(labels(task(null, 30, 1), "7,1,2000-12-31,")).isEmpty();
    assertThat(labels(task(null, 30, 2), "7,1,2001-12-31,")).isEmpty();
    assertThat(labels(task(null, 30, 2), "7,1,2002-01-01,")).isEqualTo(Map.of("1", 0));
  }

  @Test
  void eachEntryIsALine() {
    assertThat(labels(task("d_316139", 365, 1), "7,1,2002-02-01,", "7,1,2001-02-01,"))
        .containsExactly(entry("1@2001-02-01T23:59:59", 0), entry("1@2002-02-01T23:59:59", 1));
  }

  @Test
  void aTimeOfDayIsTheMoment() {
    // the visit is over at nine
    assertThat(codes(cohort(task(null, 30, 1), "7,1,2002-01-01 08:59:59,").get("1"))).hasSize(1);
    assertThat(codes(cohort(task(null, 30, 1), "7,1,2002-01-01 09:00:00,").get("1"))).hasSize(2);
  }

  @Test
  void othersAreNotInIt() {
    assertThat(labels(task(null, 30, 1), "7,1,2002-02-01,", "8,2,2001-06-02,"))
        .isEqualTo(Map.of("1", 0));
  }

  @Test
  void aCohortWithoutPersonsIsRefused() {
    assertThatThrownBy(() -> cohort(task(null, 30, 1), "9,1,2002-02-01,", "8,2,2001-06-02,"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("the table cohort has no person of cohort_definition_id 7; it has 8, 9");
  }

  @Test
  void aTargetThatNobodyHasIsRefused() {
    assertThatThrownBy(() -> cohort(task("d_1", 30, 1), "7,1,2002-02-01,"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no patient has a code of --target-codes d_1");
  }

  @Test
  void aSourceWithoutIndexDatesIsRefused() {
    omop.indexCohort(7);
    OmopSource source = new MadeUpOmop().write(temp);

    assertThatThrownBy(() -> task(null, 30, 1).on(source.read(Source.Watcher.NONE)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("names no cohort");
  }

  @Test
  void whatIsAskedIsInTheReport() {
    assertThat(task("d_316139", 30, 1).choices())
        .containsEntry("index_cohort", 7)
        .containsEntry("target_codes", "d_316139")
        .containsEntry("horizon_days", 30);
    assertThat(task(null, 1, 1).outcome()).isEqualTo("death within 1 day");
    assertThat(task("d_316139", 30, 1).outcome())
        .isEqualTo("a first diagnosis of hf within 30 days");
    assertThat(List.of(task(null, 1, 1).reasons().get(0))).containsExactly("not in the cohort 7");
  }
}
