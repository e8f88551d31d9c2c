package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.evaluation.WhatIf.Answer;
import dev.gsig.ehr.internal.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the {@link Answer answers} of a patient into the line that {@link AttributionJson} makes
 * of the attribution, under {@value #KEY}: what the model says once, and beside each reading what
 * that one says.
 */
public final class WhatIfJson {
  /** The key of the answers. */
  public static final String KEY = "what_if";

  private static final String READINGS = "readings";

  private final MathContext digits;

  /**
   * A writer.
   *
   * @param significantDigits digits of every computed number
   */
  public WhatIfJson(int significantDigits) {
    digits = new MathContext(significantDigits);
  }

  /**
   * The line of an attribution with its answers, without a line end, as {@code gsig explain} writes
   * it.
   *
   * @param json what writes the attribution, of as many digits
   * @param answers in the order of the changes; none if nothing was asked
   */
  public String write(AttributionJson json, Attribution attribution, List<Answer> answers) {
    Map<String, Object> line = json.toMap(attribution);
    addTo(line, attribution, answers);
    return Json.write(line);
  }

  /**
   * Adds the answers, before the readings; nothing where nothing was asked.
   *
   * @param line what {@code AttributionJson.toMap} returned. Modified
   */
  public void addTo(Map<String, Object> line, Attribution attribution, List<Answer> answers) {
    if (answers.isEmpty()) {
      return;
    }
    List<?> written = (List<?>) line.remove(READINGS);
    line.put(KEY, answers.stream().map(answer -> answer(answer, attribution)).toList());
    if (written == null) {
      return;
    }
    List<Object> readings = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      Attribution reading = attribution.readings().get(i);
      Map<String, Object> json = new LinkedHashMap<>();
      ((Map<?, ?>) written.get(i)).forEach((key, value) -> json.put((String) key, value));
      List<Object> parts = new ArrayList<>();
      for (Answer answer : answers) {
        parts.add(attributed(new LinkedHashMap<>(), answer, reading));
      }
      json.put(KEY, parts);
      readings.add(json);
    }
    line.put(READINGS, readings);
  }

  private Map<String, Object> answer(Answer answer, Attribution attribution) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (answer.change().isRemoval()) {
      json.put("without", answer.change().names());
    } else {
      json.put("with", answer.change().names().get(0));
      json.put("value", answer.change().value());
    }
    json.put("occurrences", (long) answer.occurrences());
    if (answer.after() != null) {
      json.put("score", round(answer.after().score()));
      json.put("probability", round(answer.after().probability()));
      json.put("score_change", round(answer.scoreChange()));
      json.put("log_odds_change", round(answer.logOddsChange()));
    }
    return attributed(json, answer, attribution);
  }

  /** What an explanation says; nothing where nothing was changed. */
  private Map<String, Object> attributed(
      Map<String, Object> json, Answer answer, Attribution reading) {
    if (answer.after() == null) {
      return json;
    }
    double attributed = WhatIf.attributed(answer.change(), reading);
    json.put("attributed", round(attributed));
    if (answer.change().isRemoval()) {
      json.put("difference", round(-answer.scoreChange() - attributed));
    }
    return json;
  }

  private double round(double value) {
    return new BigDecimal(value).round(digits).doubleValue();
  }
}
