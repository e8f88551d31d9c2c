package dev.gsig.ehr;

import dev.gsig.ehr.internal.UtcTime;
import java.time.Duration;
import java.time.LocalDateTime;

/** The times of a trajectory's visits, as {@link TimeInput} says. */
final class VisitTimes {
  private final Trajectory trajectory;
  private final int[] visits;
  private final TimeInput input;

  /**
   * Computes nothing yet.
   *
   * @param visits the visits that have tokens, ascending, perhaps several times each; those that
   *     were cut included
   */
  VisitTimes(Trajectory trajectory, int[] visits, TimeInput input) {
    this.trajectory = trajectory;
    this.visits = visits;
    this.input = input;
  }

  /**
   * The time of a visit.
   *
   * @throws InvalidInputException naming the patient and the visit if it has no time or age, or is
   *     earlier than one before it
   */
  double of(int visit) {
    double unit = input.unitSeconds();
    double units =
        switch (input.span()) {
          case SINCE_PREVIOUS_VISIT -> seconds(previous(visit), visit) / unit;
          case SINCE_FIRST_VISIT -> seconds(visits[0], visit) / unit;
          case UNTIL_LAST_VISIT -> seconds(visit, visits[visits.length - 1]) / unit;
          // the quotient is exact for whole units, so that floor finds birthdays
          case SINCE_BIRTH -> age(visit) * (TimeInput.YEAR / unit);
        };
    return input.transform().of(units);
  }

  private int previous(int visit) {
    int previous = visit;
    for (int i = 0; visits[i] < visit; i++) {
      previous = visits[i];
    }
    return previous;
  }

  private double seconds(int from, int to) {
    Duration span = Duration.between(time(from), time(to));
    if (span.isNegative()) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, to)
              + "is earlier than visit "
              + (from + 1)
              + ", and the model reads the time between them; correct the times, or sort the visits"
              + " (--sort-visits)");
    }
    return span.getSeconds() + span.getNano() / 1e9;
  }

  private LocalDateTime time(int visit) {
    String text = trajectory.visits().get(visit).time();
    LocalDateTime time = UtcTime.parse(text);
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
