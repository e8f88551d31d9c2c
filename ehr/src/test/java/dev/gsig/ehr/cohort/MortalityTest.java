package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MortalityTest {
  private static final long DAY = Instants.DAY;
  private static final long HOUR = 3600 * Instants.SECOND;

  /** Visits of an hour each, on given days. */
  private static PatientRecord patient(String id, long death, long followUpEnd, int... days) {
    long[] unknown = {Instants.UNKNOWN};
    List<VisitRecord> visits = new ArrayList<>();
    for (int day : days) {
      visits.add(
          new VisitRecord(
              day * DAY, day * DAY + HOUR, new int[] {0}, unknown, unknown, null, null));
    }
    return new PatientRecord(0, id, Instants.UNKNOWN, death, followUpEnd, visits, new int[0]);
  }

  private static Task.Definition on(Mortality task) {
    Records records = new Records();
    records.addPatient("somebody", Instants.UNKNOWN, -1, 0, "");
    return task.on(records);
  }

  private static List<Sample> samples(Mortality task, PatientRecord patient) {
    return on(task).samples(patient, new Steps(task.reasons()));
  }

  private static String leftOut(Mortality task, PatientRecord patient) {
    Steps steps = new Steps(task.reasons());
    assertThat(on(task).samples(patient, steps)).isEmpty();
    return task.reasons().stream().filter(r -> steps.count(r) == 1).findFirst().orElseThrow();
  }

  private static Mortality task(int days, int minVisits, Mortality.Index index) {
    return new Mortality(days, minVisits, index, 3);
  }

  @Test
  void theHorizonBeginsAtTheEndOfTheIndexVisit() {
    Mortality task = task(30, 1, Mortality.Index.LAST);
    long end = 10 * DAY + HOUR;

    for (long after : new long[] {1, 30 * DAY - 1, 30 * DAY}) {
      assertThat(samples(task, patient("p", end + after, 0, 10)))
          .containsExactly(new Sample("p", Moment.upTo(end), 1));
    }
    assertThat(samples(task, patient("p", end + 30 * DAY + 1, 0, 10)))
        .containsExactly(new Sample("p", Moment.upTo(end), 0));
  }

  @Test
  void theLivingNeedToBeFollowed() {
    Mortality task = task(30, 1, Mortality.Index.LAST);
    long end = 10 * DAY + HOUR;

    assertThat(samples(task, patient("p", Instants.UNKNOWN, end + 30 * DAY, 10)))
        .containsExactly(new Sample("p", Moment.upTo(end), 0));
    PatientRecord shortly = patient("p", Instants.UNKNOWN, end + 30 * DAY - 1, 10);
    assertThat(leftOut(task, shortly)).isEqualTo("death within the horizon not known");
    // an earlier visit will do
    assertThat(samples(task, patient("p", Instants.UNKNOWN, end + 30 * DAY - 1, 5, 10)))
        .containsExactly(new Sample("p", Moment.upTo(5 * DAY + HOUR), 0));
  }

  @Test
  void aVisitInWhichThePatientDiesIsNoIndexVisit() {
    Mortality task = task(30, 1, Mortality.Index.LAST);
    long end = 10 * DAY + HOUR;

    for (long death : new long[] {end, end - 5, 10 * DAY}) {
      assertThat(samples(task, patient("p", death, 0, 5, 10)))
          .containsExactly(new Sample("p", Moment.upTo(5 * DAY + HOUR), 1));
      assertThat(leftOut(task, patient("p", death, 0, 10)))
          .isEqualTo("no visit that was left alive");
    }
    // nor is one after their death
    assertThat(samples(task, patient("p", 8 * DAY, 0, 5, 10, 20)))
        .containsExactly(new Sample("p", Moment.upTo(5 * DAY + HOUR), 1));
  }

  @Test
  void theIndexVisitIsOneOfThoseWithEnoughVisitsBefore() {
    PatientRecord patient = patient("p", 100 * DAY, 0, 1, 2, 3, 4, 90);

    assertThat(samples(task(30, 2, Mortality.Index.FIRST), patient))
        .containsExactly(new Sample("p", Moment.upTo(2 * DAY + HOUR), 0));
    assertThat(samples(task(30, 2, Mortality.Index.LAST), patient))
        .containsExactly(new Sample("p", Moment.upTo(90 * DAY + HOUR), 1));
    assertThat(leftOut(task(30, 6, Mortality.Index.LAST), patient))
        .isEqualTo("fewer than 6 visits");

    Set<Sample> chosen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      PatientRecord other = patient("p" + i, 100 * DAY, 0, 1, 2, 3, 4, 90);
      Mortality random = task(30, 2, Mortality.Index.RANDOM);
      assertThat(samples(random, other)).isEqualTo(samples(random, other)).hasSize(1);
      chosen.add(new Sample("p", samples(random, other).get(0).moment(), 0));
    }
    assertThat(chosen)
        .extracting(s -> (s.moment().time() - HOUR) / DAY)
        .containsExactlyInAnyOrder(2L, 3L, 4L, 90L);
  }

  @Test
  void aPatientWithoutVisitsIsLeftOut() {
    assertThat(leftOut(task(30, 1, Mortality.Index.LAST), patient("p", 5, 0)))
        .isEqualTo("no visit with a code");
  }
}
