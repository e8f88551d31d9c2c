package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.JsonObject;
import java.util.List;

/**
 * One line of results as the report reads it. Every field that the page shows was looked at, so
 * that a wrong file is refused here and not by a page that fails.
 *
 * @param subjectId the patient
 * @param probability as predicted
 * @param theta exponent of the path; null if the method has none
 * @param l21Reduction 1 - l21 / l21 at theta = 1; null where that is 0
 * @param gapRelative the relative completeness gap; null if it is not defined
 * @param tokens the codes with their scores
 */
record ReportResult(
    String subjectId,
    double probability,
    Double theta,
    Double l21Reduction,
    Double gapRelative,
    List<JsonObject> tokens) {

  /**
   * Reads a result.
   *
   * @throws InvalidInputException naming the first field that is missing or of the wrong type
   */
  static ReportResult of(JsonObject json) {
    JsonObject prediction = json.object("prediction");
    numbers(prediction, "logit", "probability");
    prediction.integer("class");
    json.integer("explained_class");
    json.integer("steps");
    numbers(json, "score", "baseline_score", "l21", "l21_theta1", "completeness_gap");
    json.string("baseline");
    json.string("tabular_baseline");
    for (JsonObject point : json.objects("theta_curve")) {
      numbers(point, "theta", "l21", "completeness_gap");
      point.string("kind");
    }
    List<JsonObject> tokens = json.objects("tokens");
    for (JsonObject token : tokens) {
      token.string("code");
      token.integer("visit");
      scores(token);
    }
    for (JsonObject visit : json.objects("visits")) {
      visit.integer("visit");
      visit.stringOrNull("time");
      scores(visit);
    }
    scores(json.object("special_tokens"));
    for (JsonObject value : json.objects("tabular")) {
      value.string("name");
      value.numberOrNull("value");
      value.number("signed");
    }
    double atOne = json.number("l21_theta1");
    return new ReportResult(
        json.string("subject_id"),
        prediction.number("probability"),
        json.numberOrNull("theta"),
        atOne == 0 ? null : 1 - json.number("l21") / atOne,
        json.numberOrNull("completeness_gap_relative"),
        tokens);
  }

  private static void scores(JsonObject json) {
    numbers(json, "l2", "signed");
  }

  private static void numbers(JsonObject json, String... keys) {
    for (String key : keys) {
      json.number(key);
    }
  }
}
