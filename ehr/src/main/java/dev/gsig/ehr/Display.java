package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a page says of a model in words: risk of what, units, how good it is. The file {@value
 * #FILE_NAME} beside the weights, all of whose keys may be missing; {@code docs/formats.md} has
 * them. Nothing here changes a number. Immutable.
 *
 * @param outcome what the predicted probability is of, such as {@code death within 365 days}; null
 *     if it is not told
 * @param calibrated whether probabilities are calibrated; null if it is not told
 * @param classes names of classes by their numbers, where the configuration has none
 * @param tabular how tabular values are shown, by name
 * @param units of the values beside codes, by code
 * @param test how well the model tells patients apart that it was not trained on; null if it is not
 *     told
 */
public record Display(
    String outcome,
    Boolean calibrated,
    Map<String, String> classes,
    Map<String, Feature> tabular,
    Map<String, String> units,
    Test test) {
  /** What the file is called in a cohort's or a model's folder. */
  public static final String FILE_NAME = "display.json";

  /** Nothing is told. */
  public static final Display NONE = new Display(null, null, Map.of(), Map.of(), Map.of(), null);

  private static final List<String> KEYS =
      List.of("outcome", "calibrated", "classes", "tabular", "units", "test");
  private static final List<String> FEATURE_KEYS = List.of("name", "unit", "values");
  private static final List<String> TEST_KEYS = List.of("auroc", "low", "high", "patients");

  /**
   * How a tabular value is shown.
   *
   * @param name in words; null for that of the feature
   * @param unit null for none
   * @param values words for single values, such as {@code female} for {@code 0}
   */
  public record Feature(String name, String unit, Map<String, String> values) {
    /** Copies the map. */
    public Feature {
      values = Map.copyOf(values);
    }

    private Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      put(json, "name", name);
      put(json, "unit", unit);
      if (!values.isEmpty()) {
        json.put("values", sorted(values));
      }
      return json;
    }
  }

  /**
   * Area under the ROC curve on test patients.
   *
   * @param auroc from 0 to 1
   * @param low lower end of its 95% interval; null if it is not told
   * @param high upper end; null if it is not told
   * @param patients how many; null if it is not told
   */
  public record Test(double auroc, Double low, Double high, Integer patients) {
    private Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("auroc", auroc);
      put(json, "low", low);
      put(json, "high", high);
      put(json, "patients", patients == null ? null : Long.valueOf(patients));
      return json;
    }
  }

  /** Copies the maps. */
  public Display {
    classes = Map.copyOf(classes);
    tabular = Map.copyOf(tabular);
    units = Map.copyOf(units);
  }

  /**
   * Reads the file of a folder.
   *
   * @return {@link #NONE} if there is none
   * @throws InvalidInputException naming the file and the key, if one is not known or of the wrong
   *     type
   */
  public static Display in(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    return Files.exists(file) ? of(Json.read(file)) : NONE;
  }

  private static Display of(JsonObject json) {
    requireKnown(json, KEYS);
    Map<String, Feature> tabular = new LinkedHashMap<>();
    JsonObject features = json.objectOrNull("tabular");
    if (features != null) {
      for (String name : features.keys()) {
        JsonObject feature = features.object(name);
        requireKnown(feature, FEATURE_KEYS);
        tabular.put(
            name,
            new Feature(
                feature.stringOrNull("name"),
                feature.stringOrNull("unit"),
                texts(feature, "values")));
      }
    }
    return new Display(
        json.stringOrNull("outcome"),
        json.has("calibrated") ? Boolean.valueOf(json.bool("calibrated", false)) : null,
        texts(json, "classes"),
        tabular,
        texts(json, "units"),
        test(json.objectOrNull("test")));
  }

  private static Test test(JsonObject test) {
    if (test == null) {
      return null;
    }
    requireKnown(test, TEST_KEYS);
    double auroc = test.number("auroc");
    if (!(auroc >= 0 && auroc <= 1)) {
      throw test.invalid("auroc", "must be from 0 to 1, but is " + auroc);
    }
    return new Test(
        auroc, test.numberOrNull("low"), test.numberOrNull("high"), test.integerOrNull("patients"));
  }

  private static Map<String, String> texts(JsonObject json, String key) {
    JsonObject object = json.objectOrNull(key);
    Map<String, String> texts = new LinkedHashMap<>();
    if (object != null) {
      object.keys().forEach(name -> texts.put(name, object.string(name)));
    }
    return texts;
  }

  private static void requireKnown(JsonObject json, List<String> known) {
    for (String key : json.keys()) {
      if (!known.contains(key)) {
        throw json.invalid(key, "is not a known key; allowed are " + String.join(", ", known));
      }
    }
  }

  /** These words with how well the model did on test patients. */
  public Display tested(Test result) {
    return new Display(outcome, calibrated, classes, tabular, units, result);
  }

  /** What the file holds: keys that are told, in order. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "outcome", outcome);
    put(json, "calibrated", calibrated);
    if (!classes.isEmpty()) {
      json.put("classes", sorted(classes));
    }
    if (!tabular.isEmpty()) {
      Map<String, Object> features = new LinkedHashMap<>();
      tabular.keySet().stream().sorted().forEach(k -> features.put(k, tabular.get(k).json()));
      json.put("tabular", features);
    }
    if (!units.isEmpty()) {
      json.put("units", sorted(units));
    }
    put(json, "test", test == null ? null : test.json());
    return json;
  }

  private static void put(Map<String, Object> json, String key, Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  private static Map<String, Object> sorted(Map<String, String> texts) {
    Map<String, Object> sorted = new LinkedHashMap<>();
    texts.keySet().stream().sorted().forEach(key -> sorted.put(key, texts.get(key)));
    return sorted;
  }

  /** Writes the file into a folder, a line for each key; what was there is replaced. */
  public void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE_NAME), Json.writeLines(json()), StandardCharsets.UTF_8);
  }
}
