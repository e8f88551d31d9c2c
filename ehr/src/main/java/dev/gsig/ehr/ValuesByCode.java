package dev.gsig.ehr;

import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * What is known of the values of each code: gathered from patients, and kept in a file {@code
 * {"code": {"count": n, ...}, ...}}, a line for each code.
 */
final class ValuesByCode {
  private ValuesByCode() {}

  /**
   * The values of each code that has any, in the patients' order. One who is there in several lines
   * counts in each, as in training.
   *
   * @param patients iterated once
   */
  static SortedMap<String, double[]> of(Iterable<Trajectory> patients) {
    SortedMap<String, DoubleStream.Builder> values = new TreeMap<>();
    for (Trajectory patient : patients) {
      for (Visit visit : patient.visits()) {
        for (int i = 0; i < visit.codes().size(); i++) {
          if (visit.value(i) != null) {
            values
                .computeIfAbsent(visit.codes().get(i), code -> DoubleStream.builder())
                .add(visit.value(i));
          }
        }
      }
    }
    SortedMap<String, double[]> arrays = new TreeMap<>();
    values.forEach((code, of) -> arrays.put(code, of.build().toArray()));
    return arrays;
  }

  /**
   * Reads a file.
   *
   * @param none what is said of one without a code
   * @param each makes what is known of a code of its object, whose count is at least 1
   * @return what is known, in the file's order
   * @throws InvalidInputException if it is no such file, or has no code
   */
  static <T> Map<String, T> read(Path file, String none, Function<JsonObject, T> each) {
    JsonObject json = Json.read(file);
    Map<String, T> known = new LinkedHashMap<>();
    for (String code : json.keys()) {
      JsonObject of = json.object(code);
      if (of.integer("count") < 1) {
        throw of.invalid("count", "must be at least 1, but is " + of.integer("count"));
      }
      known.put(code, each.apply(of));
    }
    if (known.isEmpty()) {
      throw new InvalidInputException(json.source() + ": " + none);
    }
    return known;
  }

  /**
   * Writes a file; the same gives the same bytes.
   *
   * @param file to create or replace
   * @param json what is written of each code
   * @throws InvalidInputException if it cannot be written
   */
  static <T> void write(Path file, Map<String, T> known, Function<T, Map<String, Object>> json) {
    Map<String, Object> lines = new LinkedHashMap<>();
    known.forEach((code, of) -> lines.put(code, json.apply(of)));
    byte[] text = Json.writeLines(lines).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }
}
