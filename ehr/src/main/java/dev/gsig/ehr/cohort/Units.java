package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.Json;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The units in which the values of measurements come. That those of one measurement come in several
 * units is noticed: 97 umol/l and 1.1 mg/dl are not on one scale. Tabular values are taken as they
 * stand, those beside codes are left out ({@link Records#leaveOutOtherUnits}).
 */
final class Units {
  /** The Greek letter, which stands for the sign of a millionth, too. */
  private static final char MICRO = '\u03bc';

  private final Map<Integer, Map<String, Long>> counts = new HashMap<>();

  /**
   * Takes the unit of a value.
   *
   * @param feature the number of the measurement
   * @param unit as the source spells it; null or blank for none
   */
  void add(int feature, String unit) {
    if (!isNone(unit)) {
      counts.computeIfAbsent(feature, any -> new HashMap<>()).merge(spelled(unit), 1L, Long::sum);
    }
  }

  static boolean isNone(String unit) {
    return unit == null || unit.isBlank();
  }

  /** All units. */
  Stream<String> texts() {
    return counts.values().stream().flatMap(units -> units.keySet().stream());
  }

  /** Spells units anew, each as one other. */
  void respell(UnaryOperator<String> spelling) {
    counts.replaceAll(
        (feature, units) -> {
          Map<String, Long> spelt = new HashMap<>();
          units.forEach(
              (unit, count) -> spelt.merge(spelled(spelling.apply(unit)), count, Long::sum));
          return spelt;
        });
  }

  /** A unit in one spelling: {@code kg/m²} is {@code kg/m2}, and {@code µmol/L} {@code umol/l}. */
  static String spelled(String unit) {
    return Normalizer.normalize(unit.strip(), Normalizer.Form.NFKC)
        .replace(MICRO, 'u')
        .toLowerCase(Locale.ROOT);
  }

  /** What a value in another unit than most is called. */
  static String another(String measurement, String unit, String usual) {
    return "value of " + Json.quote(measurement) + " in " + unit + ", where most are in " + usual;
  }

  /** The unit of most values of each measurement, by its number. */
  Map<Integer, String> usual() {
    Map<Integer, String> usual = new HashMap<>();
    counts.forEach((feature, units) -> usual.put(feature, mostFrequent(units)));
    return usual;
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
          records.measurementUnits.put(measurements.get(feature).name(), usual);
          units.forEach(
              (unit, count) -> {
                if (!Objects.equals(unit, usual)) {
                  records.noticed.merge(
                      another(measurements.get(feature).name(), unit, usual)
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
