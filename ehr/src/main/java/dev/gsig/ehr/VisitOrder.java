package dev.gsig.ehr;

import dev.gsig.ehr.internal.UtcTime;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Whether the visits of a trajectory are in the order of their times. Times are dates of ISO 8601,
 * perhaps with a time of day and an offset from UTC; a date alone is its first second. Visits of
 * equal times are in order as they stand.
 */
public final class VisitOrder {
  private VisitOrder() {}

  /**
   * Counts the visits that come too late in the list.
   *
   * @param trajectory the patient
   * @return how many visits are earlier than one that stands before them; visits without a time
   *     that can be read are passed over
   */
  public static int disordered(Trajectory trajectory) {
    int disordered = 0;
    LocalDateTime latest = null;
    for (Visit visit : trajectory.visits()) {
      LocalDateTime time = UtcTime.parse(visit.time());
      if (time != null && latest != null && time.isBefore(latest)) {
        disordered++;
      } else if (time != null) {
        latest = time;
      }
    }
    return disordered;
  }

  /**
   * Sorts the visits by time; those of equal times keep their order.
   *
   * @param trajectory the patient. Not modified.
   * @return the patient with the oldest visit first
   * @throws InvalidInputException naming the patient and the visit if there are several visits and
   *     one has no time that can be read
   */
  public static Trajectory sorted(Trajectory trajectory) {
    if (trajectory.visits().size() < 2) {
      return trajectory;
    }
    record Timed(LocalDateTime time, Visit visit) {}
    List<Timed> timed = new ArrayList<>();
    for (int i = 0; i < trajectory.visits().size(); i++) {
      Visit visit = trajectory.visits().get(i);
      LocalDateTime time = UtcTime.parse(visit.time());
      if (time == null) {
        throw new InvalidInputException(
            Tokenizer.at(trajectory, i)
                + "has no time of ISO 8601 that it could be sorted by; give it one, or leave the"
                + " visits as they are");
      }
      timed.add(new Timed(time, visit));
    }
    timed.sort(Comparator.comparing(Timed::time));
    return new Trajectory(
        trajectory.subjectId(),
        timed.stream().map(Timed::visit).toList(),
        trajectory.tabular(),
        trajectory.label(),
        trajectory.labels());
  }
}
