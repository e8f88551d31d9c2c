package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The units in which the values of measurements come. Values are taken as they stand; that those of
 * one measurement come in several units is noticed: 97 umol/l and 1.1 mg/dl are not on one scale.
 */
final class Units {
  private final Map<Integer, Map<String, Long>> counts = new HashMap<>();

  /**
   * Takes the unit of a value.
   *
   * @param feature the number of the measurement
   * @param unit as the source spells it; null or blank for none
   */
  void add(int feature, String unit) {
    if (unit != null && !unit.isBlank()) {
      counts
          .computeIfAbsent(feature, any -> new HashMap<>())
          .merge(unit.strip().toLowerCase(Locale.ROOT), 1L, Long::sum);
    }
  }

  /**
   * Counts the values that are in another unit than most of their measurement.
   *
   * @param measurements by their numbers
   * @param records takes the counts
   */
  void notice(List<Measurement> measurements, Records records) {
    counts.forEach(
        (feature, units) -> {
          String usual = mostFrequent(units);
          units.forEach(
              (unit, count) -> {
                if (!Objects.equals(unit, usual)) {
                  records.noticed.merge(
                      "value of "
                          + Json.quote(measurements.get(feature).name())
                          + " in "
                          + unit
                          + ", where most are in "
                          + usual
                          + ": taken as it stands",
                      count,
                      Long::sum);
                }
              });
        });
  }

  /** Of equally frequent ones the first in the alphabet. */
  private static String mostFrequent(Map<String, Long> units) {
    return units.entrySet().stream()
        .min(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(null);
  }
}
