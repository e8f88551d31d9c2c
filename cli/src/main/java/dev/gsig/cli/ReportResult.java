package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import dev.gsig.attribution.Target;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of results as the report reads it. Every field that the page shows was looked at, so
 * that a wrong file is refused here and not by a page that fails.
 *
 * @param line all of it, led by the method that is shown first
 * @param subjectId the patient
 * @param probability as predicted
 * @param explainedProbability of the explained class; null in results of an earlier version
 * @param multiLabel whether the classes are labels, of which any number may hold
 * @param explainedClass the class that is explained
 * @param explainedClassName its name; null if it has none
 * @param theta exponent of the path; null if no method has one
 * @param l21Reduction 1 - l21 / l21 at theta = 1; null where that is 0
 * @param gapRelative the relative completeness gap; null if it is not defined
 * @param thetaCurve what is known of each theta, by the method that chose one
 * @param tokens the codes with their scores
 */
record ReportResult(
    JsonObject line,
    String subjectId,
    double probability,
    Double explainedProbability,
    boolean multiLabel,
    int explainedClass,
    String explainedClassName,
    Double theta,
    Double l21Reduction,
    Double gapRelative,
    List<JsonObject> thetaCurve,
    List<JsonObject> tokens) {
  /** Above what six digits of float32 leave open. */
  private static final double PROBABILITY_DIGITS = 1e-4;

  /** Takes one result. */
  interface Consumer {
    /** Takes it. */
    void accept(ReportResult result) throws IOException;
  }

  /**
   * Reads all results, one at a time.
   *
   * @param results what {@code explain} wrote; closed
   * @param method whose attributions are shown first; null for the first method whose attributions
   *     add up
   * @throws InvalidInputException if it cannot be read, has a line that is no result, is empty, or
   *     holds more than one run ({@link OneRun})
   * @throws IOException from what takes them
   */
  static void forEach(LineSource results, String method, Consumer each) throws IOException {
    OneRun run = new OneRun();
    int count = 0;
    try (LineSource lines = results) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          each.accept(parse(line, lines, method, run));
          count++;
        }
      }
    }
    if (count == 0) {
      throw new InvalidInputException(
          results.name() + ": holds no results; make them with gsig explain --out FILE");
    }
  }

  private static ReportResult parse(String line, LineSource lines, String method, OneRun run) {
    JsonObject json;
    ReportResult result;
    try {
      json = Json.object(line, lines.where());
      result = of(json, method);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          e.getMessage()
              + "; a report is made of what gsig explain wrote (its --resume completes a last line"
              + " that is cut off)",
          e);
    }
    run.add(json, lines.number());
    return result;
  }

  /**
   * Reads a result.
   *
   * @param method as {@link #forEach} takes it
   * @throws InvalidInputException naming the first field that is missing or of the wrong type
   */
  static ReportResult of(JsonObject line, String method) {
    JsonObject json =
        ResultReadings.ledBy(line, method == null ? ResultReadings.addingUp(line) : method);
    for (String other : ResultReadings.methods(json)) {
      check(ResultReadings.ledBy(json, other));
    }
    check(json);
    JsonObject choosing = ResultReadings.ledBy(json, ResultReadings.choosingTheta(json));
    double atOne = choosing.number("l21_theta1");
    JsonObject prediction = json.object("prediction");
    return new ReportResult(
        json,
        json.string("subject_id"),
        prediction.number("probability"),
        json.numberOrNull("explained_probability"),
        prediction.has("labels"),
        json.integer("explained_class"),
        json.stringOrNull("explained_class_name"),
        choosing.numberOrNull("theta"),
        atOne == 0 ? null : 1 - choosing.number("l21") / atOne,
        json.numberOrNull("completeness_gap_relative"),
        choosing.objects("theta_curve"),
        json.objects("tokens"));
  }

  /** Looks at every field that the page shows. */
  private static void check(JsonObject json) {
    JsonObject prediction = json.object("prediction");
    numbers(prediction, "logit", "probability");
    prediction.integer("class");
    prediction.stringOrNull("class_name");
    for (String key : List.of("labels", "classes")) {
      for (JsonObject label :
          prediction.has(key) ? prediction.objects(key) : List.<JsonObject>of()) {
        label.integer("class");
        label.stringOrNull("name");
        label.number("probability");
      }
    }
    json.string("subject_id");
    json.integer("explained_class");
    json.stringOrNull("explained_class_name");
    json.numberOrNull("theta");
    json.numberOrNull("completeness_gap_relative");
    json.integerOrNull("steps");
    numbers(json, "score", "baseline_score", "l21", "l21_theta1", "completeness_gap");
    json.numberOrNull("baseline_probability"); // results of earlier versions have none
    json.numberOrNull("explained_probability");
    json.string("baseline");
    json.string("tabular_baseline");
    for (JsonObject point : json.objects("theta_curve")) {
      numbers(point, "theta", "l21", "completeness_gap");
      point.string("kind");
    }
    for (JsonObject token : json.objects("tokens")) {
      isKnown(token);
      token.string("code");
      token.integer("visit");
      scores(token);
      if (token.has("value")) {
        numbers(token, "value", "value_start", "value_signed");
      }
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
    for (JsonObject answer :
        json.has("what_if") ? json.objects("what_if") : List.<JsonObject>of()) {
      answer(answer);
    }
    for (JsonObject group : json.has("groups") ? json.objects("groups") : List.<JsonObject>of()) {
      group.stringOrNull("group");
      group.integer("codes");
      scores(group);
    }
  }

  private static void answer(JsonObject answer) {
    if (answer.has("without")) {
      answer.strings("without");
    } else {
      answer.string("with");
      answer.number("value");
    }
    answer.integer("occurrences");
    if (answer.has("probability")) {
      numbers(answer, "probability", "score_change", "attributed");
    }
  }

  /** Whether what is explained is a token that may come next, and no class. */
  boolean isOfTokens() {
    return explainedClassName != null && Target.isNext(explainedClassName);
  }

  /** What moved the score, strongest first, of the codes those that the model knows. */
  List<Driver> drivers() {
    List<Driver> parts = new ArrayList<>();
    for (JsonObject token : tokens) {
      if (isKnown(token)) {
        Double value = token.has("value") ? Double.valueOf(token.number("value")) : null;
        parts.add(Driver.code(token.string("code"), value, token.number("signed")));
      }
    }
    for (JsonObject entry : line.objects("tabular")) {
      parts.add(
          Driver.tabular(
              entry.string("name"), entry.numberOrNull("value"), entry.number("signed")));
    }
    return Driver.ranked(parts);
  }

  /** The explained class's probability at the baseline; null in results of an earlier version. */
  Double baselineProbability() {
    return line.numberOrNull("baseline_probability");
  }

  /** How many gradients the attribution took; null in results of an earlier version. */
  Double gradients() {
    return line.numberOrNull("gradients");
  }

  /**
   * Whether the scores are log-odds of the probabilities beside them, as the logit of a label is
   * and no other score.
   */
  boolean isLogOdds() {
    return isLogit(line.number("score"), line.numberOrNull("explained_probability"))
        && isLogit(line.number("baseline_score"), line.numberOrNull("baseline_probability"));
  }

  private static boolean isLogit(double score, Double probability) {
    return probability != null
        && Math.abs(1 / (1 + StrictMath.exp(-score)) - probability) < PROBABILITY_DIGITS;
  }

  /** Whether the model knows the code; results of earlier versions do not say that of any. */
  static boolean isKnown(JsonObject token) {
    return token.bool("known", true);
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
