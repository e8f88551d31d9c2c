package dev.gsig.cli;

import static java.util.stream.Collectors.joining;

import dev.gsig.attribution.Driver;
import dev.gsig.ehr.Descriptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * What raised and what lowered a patient's score, in one line of words: {@code raised by Furosemide
 * x2, age 85; lowered by Aspirin}. Where there is little room, the weakest are left out first, and
 * what stays is cut.
 */
final class DriverLine {
  private static final int RAISING = 3;
  private static final int LOWERING = 2;
  private static final int MIN_NAME = 12;
  private static final int MIN_ROOM = 24;
  private static final String BETWEEN = ", ";
  private static final String APART = "; ";

  private final Descriptions descriptions;

  /**
   * A writer of such lines.
   *
   * @param descriptions names for codes
   */
  DriverLine(Descriptions descriptions) {
    this.descriptions = descriptions;
  }

  /**
   * The line.
   *
   * @param drivers strongest first
   * @param width how long it may be, but never below {@value #MIN_ROOM}
   */
  String of(List<Driver> drivers, int width) {
    int room = Math.max(MIN_ROOM, width);
    List<Driver> shown = new ArrayList<>(strongest(drivers, true, RAISING));
    shown.addAll(strongest(drivers, false, LOWERING));
    while (shown.size() > 1 && needed(shown) > room) {
      shown.remove(weakest(shown));
    }
    int most = mostOf(shown, room);
    String raising = words(shown, true, most);
    String lowering = words(shown, false, most);
    return raising + (raising.isEmpty() || lowering.isEmpty() ? "" : APART) + lowering;
  }

  /** The name of what is a driver: a code's description, or the feature's. */
  static String name(Driver driver, Descriptions descriptions) {
    return Text.escape(
        driver.isCode() ? descriptions.of(driver.name()) : driver.name().replace('_', ' '));
  }

  /** The value and how often it was there: {@code " 85"}, {@code " x2"}. */
  static String suffix(Driver driver) {
    return (driver.value() == null ? "" : " " + Text.significant(driver.value()))
        + (driver.occurrences() > 1 ? " x" + driver.occurrences() : "");
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

  /** The length with names cut as far as they may be. */
  private int needed(List<Driver> shown) {
    return words(shown, true, MIN_NAME).length()
        + words(shown, false, MIN_NAME).length()
        + APART.length();
  }

  /** The largest length of a name with which all fit: the longest are cut, none below the rest. */
  private int mostOf(List<Driver> shown, int room) {
    int most = shown.stream().mapToInt(driver -> Text.length(name(driver))).max().orElse(0);
    while (most > 1 && length(shown, most) > room) {
      most--;
    }
    return most;
  }

  private int length(List<Driver> shown, int most) {
    String raising = words(shown, true, most);
    String lowering = words(shown, false, most);
    int apart = raising.isEmpty() || lowering.isEmpty() ? 0 : APART.length();
    return Text.length(raising) + apart + Text.length(lowering);
  }

  private String words(List<Driver> shown, boolean raising, int most) {
    String names =
        shown.stream()
            .filter(driver -> raises(driver) == raising)
            .map(driver -> Text.shorten(name(driver), most) + suffix(driver))
            .collect(joining(BETWEEN));
    return names.isEmpty() ? "" : (raising ? "raised by " : "lowered by ") + names;
  }

  private String name(Driver driver) {
    return name(driver, descriptions);
  }
}
