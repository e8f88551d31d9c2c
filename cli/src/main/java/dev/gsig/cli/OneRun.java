package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.SeenSubjects;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the results of a file against each other: figures of a cohort are those of one model, one
 * method and of each patient once. Results tell of their run what {@link #traits} finds; parts of a
 * run may be joined in one file.
 */
final class OneRun {
  private final SeenSubjects subjects = new SeenSubjects();
  private Map<String, String> first;
  private long firstLine;

  /**
   * Takes the next result.
   *
   * @param line its line, from 1
   * @throws InvalidInputException if its patient was in an earlier line, or it was made otherwise
   *     than the first one
   */
  void add(JsonObject result, long line) {
    subjects.require(
        result.string("subject_id"),
        line,
        result.source(),
        "leave one of the two results out, or give each run a file of its own");
    Map<String, String> traits = traits(result);
    if (first == null) {
      first = traits;
      firstLine = line;
    }
    first.forEach(
        (trait, value) -> {
          if (!value.equals(traits.get(trait))) {
            throw new InvalidInputException(
                result.source()
                    + ": is of another run than line "
                    + firstLine
                    + " ("
                    + trait
                    + " "
                    + Text.shorten(traits.get(trait), 60)
                    + " in place of "
                    + Text.shorten(value, 60)
                    + "); give each run a file of its own");
          }
        });
  }

  /** What is the same in all results of a run. */
  private static Map<String, String> traits(JsonObject result) {
    Map<String, String> traits = new LinkedHashMap<>();
    traits.put("method", String.join(", ", ResultReadings.methods(result)));
    for (String key :
        List.of("steps", "tolerance", "baseline", "tabular_baseline", "value_baseline")) {
      traits.put(key, String.valueOf(result.raw(key)));
    }
    boolean searched = size(result, "theta_curve") > 1;
    traits.put("theta", searched ? "searched" : String.valueOf(result.raw("theta")));
    traits.put("measure", result.has("measure") ? "bounded" : "none");
    traits.put("groups", result.has("groups") ? "told" : "none");
    traits.put("tabular", tabular(result));
    JsonObject prediction = result.has("prediction") ? result.object("prediction") : result;
    traits.put("labels", Integer.toString(size(prediction, "labels")));
    traits.put("classes", Integer.toString(size(prediction, "classes")));
    return traits;
  }

  private static int size(JsonObject json, String key) {
    return json.raw(key) instanceof List<?> list ? list.size() : 0;
  }

  private static String tabular(JsonObject result) {
    return size(result, "tabular") == 0
        ? "none"
        : String.join(
            ", ", result.objects("tabular").stream().map(value -> value.string("name")).toList());
  }
}
