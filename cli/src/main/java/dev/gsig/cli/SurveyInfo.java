package dev.gsig.cli;

import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.Survey;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is known of a model that does not tell everything, for people and for programs. */
final class SurveyInfo {
  private SurveyInfo() {}

  /** One line an aspect, and what must be given to import it. */
  static Map<String, String> text(Path path, Survey survey) {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("model", path.toString());
    text.put("family", survey.family());
    text.put("known", known(survey));
    text.put("parameters", String.format(Locale.ROOT, "%,d", survey.parameterCount()));
    text.put("dtype", survey.dtypes());
    text.put(
        "vocabulary",
        survey.vocabularySize() < 0
            ? "none; give it with --vocab FILE"
            : Text.count(survey.vocabularySize(), "code"));
    text.put("special", special(survey));
    text.put(
        "attribution",
        "code".equals(survey.config().getOrDefault("attribution_point", "code"))
            ? "at the code embedding (or attribution_point=embedding: the block's output)"
            : "at the embedding block's output (or attribution_point=code)");
    Boolean inert = survey.paddingIsInert();
    text.put(
        "padding",
        inert == null
            ? "not known before pooling is told"
            : inert ? "inert" : "acts on the result");
    text.put("weights", "SHA-256 " + survey.weightsSha256());
    if (!survey.questions().isEmpty()) {
      text.put(
          "not told",
          survey.questions().entrySet().stream()
                  .map(question -> question.getKey() + " (" + question.getValue() + ")")
                  .collect(Collectors.joining(", "))
              + "; give it with --set KEY=VALUE or --config FILE to see the rest");
    }
    return text;
  }

  private static String special(Survey survey) {
    String ids =
        survey.config().entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("_token_id"))
            .map(
                entry ->
                    entry.getKey().replace("_token_id", "").toUpperCase(Locale.ROOT)
                        + " "
                        + entry.getValue())
            .collect(Collectors.joining(", "));
    return ids.isEmpty() ? "not known; give pad_token_id and the others, or a vocabulary" : ids;
  }

  private static String known(Survey survey) {
    return survey.config().entrySet().stream()
        .map(entry -> entry.getKey() + " " + Json.write(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** What {@link #text} says, as values by the names that {@code --json} has for them. */
  static Map<String, Object> json(Path path, Survey survey) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", path.toString());
    json.put("family", survey.family());
    json.put("config", survey.config());
    json.put("parameters", survey.parameterCount());
    json.put("dtype", survey.dtypes());
    json.put("vocabulary_size", survey.vocabularySize() < 0 ? null : survey.vocabularySize());
    json.put("padding_is_inert", survey.paddingIsInert());
    json.put("weights_sha256", survey.weightsSha256());
    json.put("not_told", survey.questions());
    return json;
  }
}
