package dev.gsig.cli;

import static java.util.stream.Collectors.joining;

import dev.gsig.attribution.Driver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * What raised and what lowered a patient's score, in one line of words: {@code raised by Furosemide
 * x2, age 85 years; lowered by Aspirin, +9 others}. Where there is little room, the weakest are
 * left out first, so that names are long enough to be read; the last one is cut.
 */
final class DriverLine {
  private static final int RAISING = 3;
  private static final int LOWERING = 2;
  private static final int MIN_NAME = 18;
  private static final int MIN_ROOM = 30;
  private static final String BETWEEN = ", ";
  private static final String APART = "; ";

  private final Words names;

  /** A writer of such lines. */
  DriverLine(Words names) {
    this.names = names;
  }

  /**
   * The line.
   *
   * @param drivers strongest first
   * @param width how long it may be, but never below {@value #MIN_ROOM}
   */
  String of(List<Driver> drivers, int width) {
    int room = Math.max(MIN_ROOM, width);
    int moving = (int) drivers.stream().filter(driver -> driver.signed() != 0).count();
    List<Driver> shown = new ArrayList<>(strongest(drivers, true, RAISING));
    shown.addAll(strongest(drivers, false, LOWERING));
    while (shown.size() > 1 && Text.length(line(shown, MIN_NAME, moving)) > room) {
      shown.remove(weakest(shown));
    }
    int most = shown.stream().mapToInt(each -> Text.length(names.name(each))).max().orElse(0);
    while (most > 1 && Text.length(line(shown, most, moving)) > room) {
      most--; // the longest are cut, none below the rest
    }
    return line(shown, most, moving);
  }

  private static List<Driver> strongest(List<Driver> drivers, boolean raising, int most) {
    return drivers.stream()
        .filter(driver -> raising ? driver.signed() > 0 : driver.signed() < 0)
        .limit(most)
        .toList();
  }

  /** The weakest of a direction that has another one; else the weakest. */
  private static Driver weakest(List<Driver> shown) {
    return Collections.min(
        shown,
        Comparator.comparing((Driver driver) -> isAlone(driver, shown))
            .thenComparingDouble(driver -> Math.abs(driver.signed())));
  }

  private static boolean isAlone(Driver driver, List<Driver> shown) {
    return shown.stream().filter(other -> raises(other) == raises(driver)).count() == 1;
  }

  private static boolean raises(Driver driver) {
    return driver.signed() > 0;
  }

  /**
   * What is shown.
   *
   * @param most the largest length of a name
   * @param moving how many drivers there are
   */
  private String line(List<Driver> shown, int most, int moving) {
    String raising = words(shown, true, most);
    String lowering = words(shown, false, most);
    int others = moving - shown.size();
    return raising
        + (raising.isEmpty() || lowering.isEmpty() ? "" : APART)
        + lowering
        + (others == 0 ? "" : BETWEEN + "+" + Text.count(others, "other"));
  }

  private String words(List<Driver> shown, boolean raising, int most) {
    String listed =
        shown.stream()
            .filter(driver -> raises(driver) == raising)
            .map(driver -> Text.shorten(names.name(driver), most) + names.suffix(driver))
            .collect(joining(BETWEEN));
    return listed.isEmpty() ? "" : (raising ? "raised by " : "lowered by ") + listed;
  }
}
