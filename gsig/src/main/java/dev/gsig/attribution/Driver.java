package dev.gsig.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What moved a patient's score: a code with all its occurrences, or a tabular value. The strongest
 * is the one with the largest |signed|, be it a code or a value; this is the one rule by which
 * terminal, report, plots and examples rank.
 *
 * @param name the code, or the feature's name
 * @param isCode whether it is a code and no tabular value
 * @param occurrences how often the record has the code; 1 for a tabular value
 * @param value the tabular value, or the number beside the last occurrence of the code that has
 *     one; null if there is none
 * @param signed attribution summed over the occurrences, the number beside the code included; above
 *     0 if it raises the explained score
 */
public record Driver(String name, boolean isCode, int occurrences, Double value, double signed) {

  /** One occurrence of a code. */
  public static Driver code(String code, Double value, double signed) {
    return new Driver(code, true, 1, value, signed);
  }

  /** A tabular value. */
  public static Driver tabular(String name, Double value, double signed) {
    return new Driver(name, false, 1, value, signed);
  }

  /**
   * All drivers of a patient, of the codes those that the model knows: of others it reads UNK, so
   * that their scores are not the code's.
   *
   * @return as {@link #ranked} orders them
   */
  public static List<Driver> of(Attribution attribution) {
    List<Driver> parts = new ArrayList<>();
    for (Attribution.TokenScore token : attribution.tokens()) {
      if (token.known()) {
        Double value = token.value() == null ? null : Double.valueOf(token.value().number());
        parts.add(code(token.code(), value, token.scores().signed()));
      }
    }
    for (Attribution.TabularScore entry : attribution.tabular()) {
      parts.add(tabular(entry.name(), entry.value(), entry.signed()));
    }
    return ranked(parts);
  }

  /**
   * Adds up the parts of the same name and kind, and orders the sums by |signed|, largest first; of
   * equal ones the one whose first part comes first.
   *
   * @param parts in the order of the record. Not modified.
   */
  public static List<Driver> ranked(List<Driver> parts) {
    record Key(String name, boolean isCode) {}
    Map<Key, Driver> sums = new LinkedHashMap<>();
    for (Driver part : parts) {
      sums.merge(new Key(part.name, part.isCode), part, Driver::and);
    }
    List<Driver> drivers = new ArrayList<>(sums.values());
    drivers.sort(Comparator.comparingDouble((Driver driver) -> -Math.abs(driver.signed)));
    return drivers;
  }

  private Driver and(Driver later) {
    return new Driver(
        name,
        isCode,
        occurrences + later.occurrences,
        later.value == null ? value : later.value,
        signed + later.signed);
  }
}
