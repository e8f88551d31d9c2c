package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What codes mean, in words that a clinician reads. Immutable. */
public final class Descriptions {
  /** No descriptions: every code stands for itself. */
  public static final Descriptions NONE = new Descriptions(Map.of());

  /** What the file is called in a model folder. */
  public static final String FILE_NAME = "descriptions.json";

  private final Map<String, String> textByCode;

  private Descriptions(Map<String, String> textByCode) {
    this.textByCode = Map.copyOf(textByCode);
  }

  /**
   * Reads {@code descriptions.json}: {@code {"code": "text", ...}}.
   *
   * @param file the file
   * @return the descriptions
   * @throws InvalidInputException if the file is not a JSON object of texts
   */
  public static Descriptions read(Path file) {
    JsonObject json = Json.read(file);
    Map<String, String> texts = new LinkedHashMap<>();
    for (String code : json.keys()) {
      texts.put(code, json.string(code));
    }
    return new Descriptions(texts);
  }

  /**
   * Describes a code.
   *
   * @param code the code
   * @return its text, or the code itself if it has none
   */
  public String of(String code) {
    return textByCode.getOrDefault(code, code);
  }
}
