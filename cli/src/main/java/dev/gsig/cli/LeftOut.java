package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Patients that were left out because they cannot be used, by reason, with the lines of the first.
 * Of more than {@value #MOST} different reasons the rest is counted together, so that it stays
 * small.
 */
final class LeftOut {
  private static final int MOST = 100;
  private static final int LINES = 5;
  private static final String OTHER = "other reasons";

  private final Map<String, Tally> tallies = new LinkedHashMap<>();
  private int count;

  private static final class Tally {
    int count;
    final List<String> first = new ArrayList<>();
  }

  /**
   * Counts a patient.
   *
   * @param where file and line
   * @param e why
   */
  void add(String where, InvalidInputException e) {
    count++;
    String reason = e.reason(where);
    boolean room = tallies.containsKey(reason) || tallies.size() < MOST;
    Tally tally = tallies.computeIfAbsent(room ? reason : OTHER, key -> new Tally());
    tally.count++;
    if (tally.first.size() < LINES) {
      tally.first.add(where);
    }
  }

  /** How many patients were left out. */
  int count() {
    return count;
  }

  /** A line for each reason: {@code left out 3: ... (cohort.jsonl, line 2; line 7; line 9)}. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    tallies.forEach(
        (reason, tally) ->
            lines.add(
                "left out "
                    + tally.count
                    + ": "
                    + reason
                    + " ("
                    + String.join("; ", tally.first)
                    + (tally.count > tally.first.size()
                        ? "; and " + (tally.count - tally.first.size()) + " more"
                        : "")
                    + ")"));
    return lines;
  }

  /**
   * What is said where nobody is left.
   *
   * @param cohort what messages call it
   */
  InvalidInputException nobodyIsLeft(String cohort) {
    return new InvalidInputException(
        cohort + ": no patient can be used" + (count == 0 ? "" : "; " + lines().get(0)));
  }
}
