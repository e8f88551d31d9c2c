package dev.gsig.ehr;

import dev.gsig.ehr.internal.UtcTime;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;

/**
 * When the visits of a trajectory were, for a model that reads times: seconds after the first visit
 * that has a token or after the day that an absolute time counts from, or the age in years where
 * the time since birth is read.
 */
final class VisitMoments {
  private final Trajectory trajectory;
  private final int[] visits;
  private final LocalDate origin;
  private final boolean areAges;

  /**
   * Checks the times.
   *
   * @param visits the visits that have tokens, ascending, perhaps several times each; those that
   *     were cut included
   * @throws InvalidInputException naming the patient and the visit if one has no time, or is
   *     earlier than the one before it
   */
  VisitMoments(Trajectory trajectory, int[] visits, TimeInput input) {
    this.trajectory = trajectory;
    this.visits = visits;
    origin = input.origin();
    areAges = input.span() == TimeInput.Span.SINCE_BIRTH;
    if (!areAges) {
      requireOrder();
    }
  }

  private void requireOrder() {
    LocalDateTime before = time(visits[0]);
    for (int i = 1; i < visits.length; i++) {
      LocalDateTime time = visits[i] == visits[i - 1] ? before : time(visits[i]);
      if (time.isBefore(before)) {
        throw new InvalidInputException(
            Tokenizer.at(trajectory, visits[i])
                + "is earlier than visit "
                + (visits[i - 1] + 1)
                + ", and the model reads the time between them; correct the times, or sort the"
                + " visits (--sort-visits)");
      }
      before = time;
    }
  }

  /**
   * When a visit was.
   *
   * @throws InvalidInputException naming the patient and the visit if it has no time or age
   */
  double of(int visit) {
    if (areAges) {
      return age(visit);
    }
    LocalDateTime from = origin == null ? time(visits[0]) : origin.atStartOfDay();
    Duration span = Duration.between(from, time(visit));
    return span.getSeconds() + span.getNano() / 1e9;
  }

  /** When the first visit was, if it was cut from a sequence that begins with another; else NaN. */
  double firstCut(int firstKept) {
    return areAges || visits[0] == firstKept ? Double.NaN : of(visits[0]);
  }

  /** When the last visit was that was cut from a sequence that begins with this one; else NaN. */
  double lastCut(int firstKept) {
    double last = Double.NaN;
    for (int i = 0; !areAges && visits[i] != firstKept; i++) {
      last = visits[i + 1] == firstKept ? of(visits[i]) : last;
    }
    return last;
  }

  private LocalDateTime time(int visit) {
    LocalDateTime time = UtcTime.parse(trajectory.visits().get(visit).time());
    if (time == null) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit)
              + "the model reads times; give the visit a \"time\" of ISO 8601, such as"
              + " 2031-05-06T10:00:00");
    }
    return time;
  }

  private double age(int visit) {
    Double age = trajectory.visits().get(visit).age();
    if (age == null) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit)
              + "the model reads the time since birth; give the visit an \"age\" in years");
    }
    if (!(age >= 0 && age < Double.POSITIVE_INFINITY)) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit) + "the age must be a number from 0 up, but is " + age);
    }
    return age;
  }
}
