package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import dev.gsig.plots.internal.Beeswarm.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What moves the scores of a cohort most: codes and values by the mean of |signed| over all
 * patients, 0 for those who do not have them, so that what few have does not lead. One patient is
 * no pattern: only what at least {@value #FEWEST} have is ranked. Patients are added twice, first
 * to rank, then for the dots of those that are shown, so that memory does not grow with the cohort.
 */
final class CohortDrivers {
  /** Below so many patients a mean says more of them than of the code. */
  static final int FEWEST = 5;

  /** No more dots can be told apart in a row. */
  private static final int MOST_POINTS = 1000;

  private final Map<Key, Totals> totals = new LinkedHashMap<>();
  private int patients;

  private record Key(String name, boolean isCode) {}

  private static final class Totals {
    private int patients;
    private double absolute;
  }

  /** A code or value with its dots. */
  static final class Shown {
    private final Driver driver;
    private final int patients;
    private final double mean;
    private final List<Point> points = new ArrayList<>();
    private int seen;

    private Shown(Key key, Totals totals, int all) {
      driver = new Driver(key.name, key.isCode, 1, null, 0);
      patients = totals.patients;
      mean = totals.absolute / all;
    }

    /** Its name, and nothing of a patient. */
    Driver driver() {
      return driver;
    }

    /** How many patients have it. */
    int patients() {
      return patients;
    }

    /** The mean of |signed| over all patients, 0 for those who do not have it. */
    double mean() {
      return mean;
    }

    /** Effects and values, of every so many patients where they are many. */
    List<Point> points() {
      return points;
    }

    private void add(Driver of) {
      int stride = (patients + MOST_POINTS - 1) / MOST_POINTS;
      if (seen++ % stride == 0) {
        double value =
            of.value() != null ? of.value() : of.isCode() ? of.occurrences() : Double.NaN;
        points.add(new Point(of.signed(), value));
      }
    }
  }

  /** Ranks with a patient's. */
  void add(List<Driver> drivers) {
    patients++;
    for (Driver driver : drivers) {
      Totals sum = totals.computeIfAbsent(key(driver), key -> new Totals());
      sum.patients++;
      sum.absolute += Math.abs(driver.signed());
    }
  }

  /** The strongest, largest mean first; of equal ones the one that came first. */
  List<Shown> strongest(int most) {
    return strongest(most, FEWEST);
  }

  /** The strongest of what at least so many patients have. */
  List<Shown> strongest(int most, int fewest) {
    return totals.entrySet().stream()
        .filter(e -> e.getValue().patients >= fewest)
        .sorted(Comparator.comparingDouble(e -> -e.getValue().absolute))
        .limit(most)
        .map(e -> new Shown(e.getKey(), e.getValue(), patients))
        .toList();
  }

  /** Adds a patient's dots to what is shown. */
  static void show(List<Shown> shown, List<Driver> drivers) {
    for (Driver driver : drivers) {
      shown.stream()
          .filter(each -> key(each.driver).equals(key(driver)))
          .forEach(each -> each.add(driver));
    }
  }

  private static Key key(Driver driver) {
    return new Key(driver.name(), driver.isCode());
  }
}
