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
 * left out first, so that names are long enough to be read; the last one is cut. Where that would
 * leave no more than two, the words between the names are short: {@code up Furosemide x2, age 85
 * years; down Aspirin, +9}.
 */
final class DriverLine {
  private static final int RAISING = 3;
  private static final int LOWERING = 2;
  private static final int FEW = 2;
  private static final int MIN_ROOM = 30;
  private static final String BETWEEN = ", ";
  private static final String APART = "; ";

  private static final Style FULL = new Style("raised by ", "lowered by ", 18, false);
  private static final Style SHORT = new Style("up ", "down ", 16, true);

  private final Words names;

  /**
   * The words between names.
   *
   * @param minName how long a name may be at least, so that it can be read
   * @param countsAlone whether those left out are a number without a word
   */
  private record Style(String raised, String lowered, int minName, boolean countsAlone) {}

  /** A line, and how many are named in it. */
  private record Line(String text, int named) {}

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
    Line full = fitted(drivers, room, FULL);
    if (full.named > FEW) {
      return full.text;
    }
    Line terse = fitted(drivers, room, SHORT);
    return terse.named > full.named ? terse.text : full.text;
  }

  private Line fitted(List<Driver> drivers, int room, Style style) {
    int moving = (int) drivers.stream().filter(driver -> driver.signed() != 0).count();
    List<Driver> shown = new ArrayList<>(strongest(drivers, true, RAISING));
    shown.addAll(strongest(drivers, false, LOWERING));
    while (shown.size() > 1 && Text.length(line(shown, style.minName, moving, style)) > room) {
      shown.remove(weakest(shown));
    }
    int most = shown.stream().mapToInt(each -> Text.length(names.name(each))).max().orElse(0);
    while (most > 1 && Text.length(line(shown, most, moving, style)) > room) {
      most--; // the longest are cut, none below the rest
    }
    return new Line(line(shown, most, moving, style), shown.size());
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
  private String line(List<Driver> shown, int most, int moving, Style style) {
    String raising = words(shown, true, most, style.raised);
    String lowering = words(shown, false, most, style.lowered);
    int others = moving - shown.size();
    return raising
        + (raising.isEmpty() || lowering.isEmpty() ? "" : APART)
        + lowering
        + (others == 0
            ? ""
            : BETWEEN
                + "+"
                + (style.countsAlone ? String.valueOf(others) : Text.count(others, "other")));
  }

  private String words(List<Driver> shown, boolean raising, int most, String verb) {
    String listed =
        shown.stream()
            .filter(driver -> raises(driver) == raising)
            .map(driver -> Text.shorten(names.name(driver), most) + names.suffix(driver))
            .collect(joining(BETWEEN));
    return listed.isEmpty() ? "" : verb + listed;
  }
}
