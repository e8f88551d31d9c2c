package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A tabular feature: the last value of a measurement before the index time.
 *
 * @param name what the feature is called
 * @param code what the source calls the measurement
 */
public record Measurement(String name, String code) implements java.io.Serializable {
  /**
   * Reads a list such as {@code bmi=39156-5,creatinine=38483-4}.
   *
   * @param text names and codes; blank for none
   * @return the features
   * @throws InvalidInputException if an entry is not {@code name=code}, or a name is taken
   */
  public static List<Measurement> parse(String text) {
    return parse(text, List.of());
  }

  /**
   * Reads a list of features that come beside others.
   *
   * @param text names and codes; blank for none
   * @param given the others
   * @return those and the features
   * @throws InvalidInputException if an entry is not {@code name=code}, or a name is taken
   */
  public static List<Measurement> parse(String text, List<Measurement> given) {
    List<Measurement> list = new ArrayList<>(given);
    Set<String> names = new HashSet<>(Set.of("age", "sex"));
    given.forEach(measurement -> names.add(measurement.name()));
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String name = part.substring(0, Math.max(0, equals)).strip();
      String code = part.substring(equals + 1).strip();
      if (name.isEmpty() || code.isEmpty()) {
        throw new InvalidInputException(
            "the measurement " + Json.quote(part) + " must be NAME=CODE, for example bmi=39156-5");
      }
      if (!names.add(name)) {
        throw new InvalidInputException(
            "the tabular feature "
                + Json.quote(name)
                + " is there twice; "
                + given.stream().map(other -> other.name() + ", ").collect(Collectors.joining())
                + "age and sex always are");
      }
      list.add(new Measurement(name, code));
    }
    return List.copyOf(list);
  }
}
