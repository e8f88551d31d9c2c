package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What moves a cohort's scores most, with every patient's effect, so that the page can show a dot
 * for each and lead to the patients: ranked by {@link CohortDrivers}.
 */
final class ReportDrivers {
  private static final int MOST = 20;

  /** In fewer patients than this no code could be had by many. */
  private static final int SMALL_COHORT = 10;

  private final CohortDrivers ranking = new CohortDrivers();
  private final Map<Key, Effects> effects = new LinkedHashMap<>();
  private int patients;

  private record Key(String name, boolean isCode) {
    static Key of(Driver driver) {
      return new Key(driver.name(), driver.isCode());
    }
  }

  /** Of the patients who have a page: how far behind the one before, how much, and its value. */
  private static final class Effects {
    private final List<Integer> steps = new ArrayList<>();
    private final List<Double> signed = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();
    private int last = -1;

    void add(int patient, Driver driver) {
      steps.add(patient - last);
      last = patient;
      signed.add(Digits.four(driver.signed()));
      Double value = driver.value();
      values.add(
          value != null
              ? Double.valueOf(Digits.four(value))
              : driver.isCode() ? Double.valueOf(driver.occurrences()) : null);
    }
  }

  /**
   * Adds a patient's.
   *
   * @param drivers each name once
   * @param hasPage whether the report has a page for the patient; who has none has no dot
   */
  void add(List<Driver> drivers, boolean hasPage) {
    ranking.add(drivers);
    if (hasPage) {
      for (Driver driver : drivers) {
        effects.computeIfAbsent(Key.of(driver), key -> new Effects()).add(patients, driver);
      }
    }
    patients++;
  }

  /**
   * As the page reads it: {@code fewest}, how many patients must have a driver, and the {@code
   * strongest}, each with {@code name}, {@code is_code}, {@code patients}, the {@code mean} of
   * |signed| over all patients, and of those with a page {@code steps} from one's number to the
   * next (from -1), {@code signed}, and {@code values} (the number, or how often the code occurs).
   */
  Map<String, Object> json() {
    int fewest = patients < SMALL_COHORT ? 1 : CohortDrivers.FEWEST;
    List<Object> rows = new ArrayList<>();
    for (CohortDrivers.Shown shown : ranking.strongest(MOST, fewest)) {
      Effects of = effects.getOrDefault(Key.of(shown.driver()), new Effects());
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", shown.driver().name());
      row.put("is_code", shown.driver().isCode());
      row.put("patients", shown.patients());
      row.put("mean", Digits.round(shown.mean()));
      row.put("steps", of.steps);
      row.put("signed", of.signed);
      row.put("values", of.values);
      rows.add(row);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("fewest", fewest);
    json.put("strongest", rows);
    return json;
  }
}
