package dev.gsig.attribution.evaluation;

import java.io.Serializable;
import java.util.List;

/**
 * A change of a record that a model is asked about: codes or tabular values that are taken away
 * together, or another number in the place of one. A name is a code where the record has the code,
 * else a tabular value.
 *
 * @param names what is changed, at least one
 * @param value the new number, in the unit of the record; null where the names are taken away
 */
public record Change(List<String> names, Double value) implements Serializable {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if nothing is named, something twice, or a number is given to
   *     several names or is not finite
   */
  public Change {
    names = List.copyOf(names);
    if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("name a code, or several, each once: " + names);
    }
    if (value != null && (names.size() > 1 || !Double.isFinite(value))) {
      throw new IllegalArgumentException("a finite number is given to one name: " + names);
    }
  }

  /** All occurrences of some codes, and some tabular values, taken away together. */
  public static Change without(String... names) {
    return new Change(List.of(names), null);
  }

  /** Another number beside each occurrence of a code that has one, or as a tabular value. */
  public static Change with(String name, double value) {
    return new Change(List.of(name), value);
  }

  /** Whether something is taken away. */
  public boolean isRemoval() {
    return value == null;
  }
}
