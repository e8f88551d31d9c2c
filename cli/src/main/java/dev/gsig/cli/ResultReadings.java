package dev.gsig.cli;

import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The attributions that one line of results holds: of the method that leads, and of those under
 * {@code "readings"}, which have only what differs. Results of earlier versions name no method.
 */
final class ResultReadings {
  private static final String METHOD = "method";
  private static final String READINGS = "readings";

  /** With which the second part of what a method says begins. */
  private static final String ENDING = "no_theta_within_gap";

  /** What a method says, and of each of its parts what is its own. */
  private static final Map<String, List<String>> OF_A_METHOD = ofAMethod();

  private ResultReadings() {}

  private static Map<String, List<String>> ofAMethod() {
    Map<String, List<String>> keys = new LinkedHashMap<>();
    Stream.of(
            METHOD,
            "steps",
            "theta",
            "theta_curve",
            "l21",
            "l21_theta1",
            "completeness_gap",
            "completeness_gap_relative",
            "gradients",
            "tolerance",
            "error_estimate",
            "tolerance_reached",
            "steep_end")
        .forEach(key -> keys.put(key, List.of()));
    keys.put("tokens", List.of("position", "l2", "signed", "standard_error", "value_signed"));
    keys.put("special_tokens", List.of());
    keys.put("visits", List.of("visit", "l2", "signed"));
    keys.put("groups", List.of());
    keys.put("tabular", List.of("name", "signed", "standard_error"));
    Stream.of(ENDING, "node_limit_reached", "measure", "inputs")
        .forEach(key -> keys.put(key, List.of()));
    keys.put("what_if", List.of("attributed", "difference"));
    return keys;
  }

  /** The names of the methods, the one that leads first; none in results of earlier versions. */
  static List<String> methods(JsonObject line) {
    if (!line.has(METHOD)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    names.add(line.string(METHOD));
    readings(line).forEach(reading -> names.add(reading.string(METHOD)));
    return names;
  }

  /** What the method that leads is called; results of earlier versions name none. */
  static String title(JsonObject line) {
    String name = line.has(METHOD) ? line.string(METHOD) : "the method of an earlier gsig";
    return PathMethods.named().stream()
        .filter(method -> method.label().equals(name))
        .map(PathMethod::title)
        .findFirst()
        .orElse(name);
  }

  /** The first method whose attributions add up, else the one that leads; null if unnamed. */
  static String addingUp(JsonObject line) {
    return first(line, PathMethod::addsUp);
  }

  /** The first method that chose a theta, else the one that leads; null if unnamed. */
  static String choosingTheta(JsonObject line) {
    return first(line, MethodOption.THETA::isUsedBy);
  }

  private static String first(JsonObject line, Predicate<PathMethod> wanted) {
    List<String> names = methods(line);
    return names.stream()
        .filter(
            name ->
                PathMethods.named().stream()
                    .anyMatch(m -> m.label().equals(name) && wanted.test(m)))
        .findFirst()
        .orElse(names.isEmpty() ? null : names.get(0));
  }

  /**
   * The line as if another method led: what that one says in place of the first's, which stands
   * among the readings.
   *
   * @param method null for the one that leads
   * @throws InvalidInputException if the line has no such method
   */
  static JsonObject ledBy(JsonObject line, String method) {
    if (method == null || (line.has(METHOD) && method.equals(line.string(METHOD)))) {
      return line;
    }
    JsonObject wanted =
        readings(line).stream()
            .filter(reading -> method.equals(reading.string(METHOD)))
            .findFirst()
            .orElseThrow(() -> hasNone(line, method));
    Map<String, Object> led = new LinkedHashMap<>();
    List<String> all = List.copyOf(OF_A_METHOD.keySet());
    int ending = all.indexOf(ENDING);
    for (String key : line.keys()) {
      if (key.equals(METHOD)) {
        all.subList(0, ending).forEach(own -> put(led, own, wanted, line));
      } else if (key.equals(ENDING)) {
        all.subList(ending, all.size()).forEach(own -> put(led, own, wanted, line));
      } else if (!OF_A_METHOD.containsKey(key) && !key.equals(READINGS)) {
        led.put(key, line.raw(key));
      }
    }
    List<Object> others = new ArrayList<>();
    others.add(reading(line));
    for (JsonObject reading : readings(line)) {
      if (!method.equals(reading.string(METHOD))) {
        others.add(reading.toMap());
      }
    }
    led.put(READINGS, others);
    return JsonObject.of(line.source(), led);
  }

  private static InvalidInputException hasNone(JsonObject line, String method) {
    List<String> names = methods(line);
    return new InvalidInputException(
        line.source()
            + ": has no attributions by "
            + method
            + (names.isEmpty() ? "" : ", but by " + String.join(", ", names))
            + "; name one that the results have, or explain the cohort with it");
  }

  private static List<JsonObject> readings(JsonObject line) {
    return line.has(READINGS) ? line.objects(READINGS) : List.of();
  }

  /** What a reading says under a key, each part together with what the line says of it. */
  private static void put(
      Map<String, Object> led, String key, JsonObject reading, JsonObject line) {
    if (!reading.keys().contains(key)) {
      return;
    }
    List<String> own = OF_A_METHOD.get(key);
    if (own.isEmpty()) {
      led.put(key, reading.raw(key));
      return;
    }
    List<JsonObject> parts = reading.objects(key);
    List<JsonObject> whole = line.objects(key);
    if (parts.size() != whole.size()) {
      throw reading.invalid(key, "has " + parts.size() + " entries, the line has " + whole.size());
    }
    List<Object> merged = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Map<String, Object> part = whole.get(i).toMap();
      Map<String, Object> ofReading = parts.get(i).toMap();
      part.keySet().removeIf(each -> own.contains(each) && !ofReading.containsKey(each));
      part.putAll(ofReading);
      merged.add(part);
    }
    led.put(key, merged);
  }

  /** What the method that leads says, as a reading. */
  private static Map<String, Object> reading(JsonObject line) {
    Map<String, Object> json = new LinkedHashMap<>();
    OF_A_METHOD.forEach(
        (key, own) -> {
          if (line.keys().contains(key)) {
            json.put(key, own.isEmpty() ? line.raw(key) : parts(line.objects(key), own));
          }
        });
    return json;
  }

  private static List<Object> parts(List<JsonObject> whole, List<String> own) {
    List<Object> parts = new ArrayList<>();
    for (JsonObject each : whole) {
      Map<String, Object> part = each.toMap();
      part.keySet().retainAll(own);
      parts.add(part);
    }
    return parts;
  }
}
