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
public final class LeftOut {
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
   * Why a patient was left out, in words that are the same for all that are wrong in the same way:
   * without what names the patient, and with {@code #} for numbers, such as columns and positions.
   *
   * @param where what messages call the patient or the line; may be missing in the message
   * @param e its message may begin with where
   * @return the reason
   */
  public static String reason(String where, InvalidInputException e) {
    String message = e.getMessage();
    String prefix = where + ": ";
    return (message.startsWith(prefix) ? message.substring(prefix.length()) : message)
        .replaceFirst("^patient \"(?:[^\"\\\\]|\\\\.)*\"(, visit \\d+)?: ", "")
        .replaceFirst("^the (trajectory of|subject) \".*\" is ", "the $1 is ")
        .replaceFirst("^the trajectory of is ", "the trajectory is ")
        .replaceAll("(?<![A-Za-z0-9_])[0-9]+", "#");
  }

  /**
   * Counts a patient.
   *
   * @param where file and line
   * @param e why
   */
  void add(String where, InvalidInputException e) {
    count++;
    String reason = reason(where, e);
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
