package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One patient as a line of a cohort file, see {@link CohortReader}. */
public final class TrajectoryJson {
  private TrajectoryJson() {}

  /**
   * Writes a patient as a line that {@link CohortReader} reads; what is not known is left out.
   *
   * @param patient the patient
   * @return the line, without a line end
   */
  public static String write(Trajectory patient) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("subject_id", patient.subjectId());
    line.put("visits", patient.visits().stream().map(TrajectoryJson::fields).toList());
    line.put("tabular", patient.tabular());
    line.put("label", patient.label());
    line.put("labels", patient.labels());
    line.values().removeIf(Objects::isNull);
    return Json.write(line);
  }

  private static Map<String, Object> fields(Visit visit) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", visit.time());
    fields.put("codes", visit.codes());
    fields.put("values", visit.values());
    fields.put("age", visit.age());
    fields.put("token_type", visit.tokenType());
    if (visit.events() != null) {
      fields.put("events", visit.events().stream().map(TrajectoryJson::fields).toList());
    }
    fields.values().removeIf(Objects::isNull);
    return fields;
  }

  private static Map<String, Object> fields(SourceEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", event.time());
    fields.put("code", event.code());
    fields.values().removeIf(Objects::isNull);
    return fields;
  }

  static Trajectory parse(JsonObject line) {
    String subjectId = subjectId(line);
    List<Visit> visits = new ArrayList<>();
    for (JsonObject visit : line.objects("visits")) {
      visits.add(visit(visit));
    }
    Trajectory patient =
        new Trajectory(subjectId, visits, tabular(line), label(line), labels(line));
    if (!patient.hasCodes()) {
      throw new InvalidInputException(
          line.source()
              + ": the trajectory of "
              + Json.quote(subjectId)
              + " is empty: no visit has a code; add a visit with codes or remove the line");
    }
    return patient;
  }

  private static String subjectId(JsonObject line) {
    // Identifiers are often numbers; beyond a long they would lose digits.
    if (line.raw("subject_id") instanceof Long number) {
      return Long.toString(number);
    }
    String text = line.string("subject_id");
    if (text.isBlank()) {
      throw line.invalid("subject_id", "must not be empty");
    }
    return text;
  }

  private static Visit visit(JsonObject visit) {
    List<String> codes = visit.strings("codes");
    for (int i = 0; i < codes.size(); i++) {
      if (codes.get(i).isBlank()) {
        throw visit.invalid("codes[" + i + "]", "must not be empty; remove it or name a code");
      }
    }
    Double age = visit.numberOrNull("age");
    if (age != null && age < 0) {
      throw visit.invalid("age", "must not be negative, but is " + age);
    }
    Integer tokenType = visit.integerOrNull("token_type");
    if (tokenType != null && tokenType < 0) {
      throw visit.invalid("token_type", "must not be negative, but is " + tokenType);
    }
    return new Visit(
        visit.stringOrNull("time"),
        codes,
        age,
        tokenType,
        events(visit, codes),
        values(visit, codes));
  }

  private static List<Double> values(JsonObject visit, List<String> codes) {
    if (visit.raw("values") == null) {
      return null;
    }
    List<Double> values = visit.numbersOrNulls("values");
    if (values.size() != codes.size()) {
      throw visit.invalid(
          "values",
          "must be a number or null for each of the "
              + codes.size()
              + " codes, but are "
              + values.size());
    }
    return values;
  }

  private static List<SourceEvent> events(JsonObject visit, List<String> codes) {
    if (visit.raw("events") == null) {
      return null;
    }
    List<SourceEvent> events = new ArrayList<>();
    for (JsonObject event : visit.objects("events")) {
      events.add(new SourceEvent(event.stringOrNull("time"), event.string("code")));
    }
    if (events.size() != codes.size()) {
      throw visit.invalid(
          "events",
          "must be one for each of the " + codes.size() + " codes, but are " + events.size());
    }
    return events;
  }

  private static Map<String, Double> tabular(JsonObject line) {
    Map<String, Double> values = new LinkedHashMap<>();
    JsonObject tabular = line.objectOrNull("tabular");
    if (tabular != null) {
      for (String name : tabular.keys()) {
        values.put(name, tabular.numberOrNull(name));
      }
    }
    return values;
  }

  private static List<Integer> labels(JsonObject line) {
    if (!line.has("labels")) {
      return null;
    }
    List<Integer> labels = line.integers("labels");
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i) != 0 && labels.get(i) != 1) {
        throw line.invalid("labels[" + i + "]", "must be 0 or 1, but is " + labels.get(i));
      }
    }
    return labels;
  }

  private static Integer label(JsonObject line) {
    if (line.raw("label") instanceof List) {
      throw line.invalid(
          "label", "is a list; it must be one class number; call a list of 0 and 1 \"labels\"");
    }
    Integer label = line.integerOrNull("label");
    if (label != null && label < 0) {
      throw line.invalid("label", "must be a class number from 0 up, but is " + label);
    }
    return label;
  }
}
