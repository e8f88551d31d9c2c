package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.GroupScore;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.PathResult.Convergence;
import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.internal.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an {@link Attribution} as one line of JSON. Numbers are rounded to the digits that the
 * backend's precision supports: 6 for float32, 12 for float64. Nothing in it depends on the
 * machine.
 */
public final class AttributionJson {
  private final MathContext digits;
  private final CodeGroups groups;

  /**
   * A writer.
   *
   * @param significantDigits digits of every computed number
   */
  public AttributionJson(int significantDigits) {
    this(significantDigits, null);
  }

  /**
   * A writer that sums codes up by groups, too.
   *
   * @param significantDigits digits of every computed number
   * @param groups null for none
   */
  public AttributionJson(int significantDigits, CodeGroups groups) {
    digits = new MathContext(significantDigits);
    this.groups = groups;
  }

  /** The line, without a line end. */
  public String write(Attribution a) {
    return Json.write(toMap(a));
  }

  /** What the line holds, in its order; numbers are rounded. */
  public Map<String, Object> toMap(Attribution a) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("subject_id", a.subjectId());
    json.put("prediction", prediction(a.prediction()));
    json.put("explained_class", a.explainedClass());
    if (a.explainedClassName() != null) {
      json.put("explained_class_name", a.explainedClassName());
    }
    json.put("score", round(a.score()));
    json.put("baseline_score", round(a.baselineScore()));
    json.put("baseline_probability", round(a.baselineProbability()));
    json.put("explained_probability", round(a.explainedProbability()));
    json.put("baseline", a.sequenceBaseline().label());
    json.put("tabular_baseline", a.tabularBaseline().label());
    if (a.valueBaseline() != null) {
      json.put("value_baseline", a.valueBaseline().label());
    }
    method(json, a);
    json.put("tokens", a.tokens().stream().map(this::token).toList());
    json.put("special_tokens", scores(new LinkedHashMap<>(), a.specialTokens()));
    json.put("visits", a.visits().stream().map(this::visit).toList());
    groups(json, a);
    json.put("tabular", a.tabular().stream().map(this::tabular).toList());
    json.put("unknown_codes", a.notes().unknownCodes());
    json.put("truncated_tokens", a.notes().truncatedTokens());
    json.put("missing_tabular", a.notes().missingTabular());
    json.put("empty_visits", a.notes().emptyVisits());
    json.put("disordered_visits", a.notes().disorderedVisits());
    json.put("rounded_ages", a.notes().roundedAges());
    if (a.valueBaseline() != null) {
      json.put("values_from_training", a.notes().valuesFromTraining());
    }
    json.put("score_equals_baseline", a.scoreEqualsBaseline());
    ending(json, a);
    if (!a.readings().isEmpty()) {
      json.put("readings", a.readings().stream().map(this::reading).toList());
    }
    return json;
  }

  /** What another method says; what is the same for all methods stands in the line already. */
  private Map<String, Object> reading(Attribution a) {
    Map<String, Object> json = new LinkedHashMap<>();
    method(json, a);
    List<Object> tokens = new ArrayList<>();
    for (Attribution.TokenScore t : a.tokens()) {
      Map<String, Object> token = new LinkedHashMap<>();
      token.put("position", t.position());
      standardError(scores(token, t.scores()), t.standardError());
      if (t.value() != null) {
        token.put("value_signed", round(t.value().signed()));
      }
      tokens.add(token);
    }
    json.put("tokens", tokens);
    json.put("special_tokens", scores(new LinkedHashMap<>(), a.specialTokens()));
    List<Object> visits = new ArrayList<>();
    for (Attribution.VisitScore v : a.visits()) {
      Map<String, Object> visit = new LinkedHashMap<>();
      visit.put("visit", v.visit());
      visits.add(scores(visit, v.scores()));
    }
    json.put("visits", visits);
    groups(json, a);
    List<Object> tabular = new ArrayList<>();
    for (Attribution.TabularScore t : a.tabular()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("name", t.name());
      value.put("signed", round(t.signed()));
      tabular.add(standardError(value, t.standardError()));
    }
    json.put("tabular", tabular);
    ending(json, a);
    return json;
  }

  private void method(Map<String, Object> json, Attribution a) {
    json.put("method", a.method().label());
    json.put("steps", a.steps());
    json.put("theta", round(a.theta()));
    json.put("theta_curve", a.thetaCurve().stream().map(this::thetaPoint).toList());
    json.put("l21", round(a.l21()));
    json.put("l21_theta1", round(a.l21AtThetaOne()));
    json.put("completeness_gap", round(a.completenessGap()));
    json.put(
        "completeness_gap_relative",
        a.completenessGapRelative() == null ? null : round(a.completenessGapRelative()));
    json.put("gradients", a.notes().gradients());
    if (a.convergence() != null) {
      convergence(json, a.convergence());
    }
  }

  private void groups(Map<String, Object> json, Attribution a) {
    if (groups != null) {
      json.put("groups", toList(GroupScore.of(a.tokens(), groups)));
    }
  }

  private void ending(Map<String, Object> json, Attribution a) {
    json.put("no_theta_within_gap", a.notes().noThetaWithinGap());
    json.put("node_limit_reached", a.notes().nodeLimitReached());
    if (a.measure() != null) {
      json.put("measure", measure(a.measure()));
    }
    if (severalOfAKind(a)) {
      json.put("inputs", a.inputs().stream().map(input -> input(a, input)).toList());
    }
  }

  /** What a line holds of groups, in their order; numbers are rounded. */
  public List<Map<String, Object>> toList(List<GroupScore> sums) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (GroupScore sum : sums) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("group", sum.group());
      scores(json, sum.scores());
      json.put("codes", (long) sum.codes()); // as it is read again
      list.add(json);
    }
    return list;
  }

  /** Else tokens, their values and tabular values tell all. */
  private static boolean severalOfAKind(Attribution a) {
    long rows = a.inputs().stream().filter(input -> input.entries().isEmpty()).count();
    long values = a.valueBaseline() == null ? 0 : 1;
    return rows - values > 1 || a.inputs().size() - rows > 1;
  }

  private Map<String, Object> input(Attribution a, Attribution.InputScores input) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", input.name());
    if (input.entries().isEmpty()) {
      List<Object> tokens = new ArrayList<>();
      for (Attribution.TokenScore t : a.tokens()) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("position", t.position());
        tokens.add(scores(token, input.rows().get(t.position())));
      }
      json.put("tokens", tokens);
    } else {
      json.put("entries", input.entries().stream().map(this::tabular).toList());
    }
    return json;
  }

  private void convergence(Map<String, Object> json, Convergence c) {
    json.put("tolerance", c.tolerance());
    json.put("error_estimate", round(c.error()));
    json.put("tolerance_reached", c.reached());
    json.put("steep_end", c.steepEnd() == null ? null : c.steepEnd().label());
  }

  private double round(double value) {
    return new BigDecimal(value).round(digits).doubleValue();
  }

  private Map<String, Object> prediction(Prediction p) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("logit", round(p.logit()));
    json.put("probability", round(p.probability()));
    json.put("class", p.predictedClass());
    if (p.className() != null) {
      json.put("class_name", p.className());
    }
    if (!p.labels().isEmpty()) {
      json.put("labels", p.labels().stream().map(this::label).toList());
    }
    if (!p.classes().isEmpty()) {
      json.put("classes", p.classes().stream().map(this::label).toList());
    }
    return json;
  }

  private Map<String, Object> label(Prediction.Label l) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("class", l.label());
    if (l.name() != null) {
      json.put("name", l.name());
    }
    json.put("probability", round(l.probability()));
    return json;
  }

  private Map<String, Object> thetaPoint(Attribution.ThetaPoint p) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("theta", round(p.theta()));
    json.put("l21", round(p.l21()));
    json.put("completeness_gap", round(p.completenessGap()));
    json.put("kind", p.kind().label());
    return json;
  }

  private Map<String, Object> token(Attribution.TokenScore t) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("position", t.position());
    json.put("code", t.code());
    json.put("visit", t.visit());
    json.put("known", t.known());
    scores(json, t.scores());
    standardError(json, t.standardError());
    if (t.value() != null) {
      json.put("value", t.value().number());
      json.put("value_start", round(t.value().start()));
      json.put("value_signed", round(t.value().signed()));
    }
    if (t.event() != null) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("time", t.event().time());
      event.put("code", t.event().code());
      json.put("event", event);
    }
    return json;
  }

  private Map<String, Object> visit(Attribution.VisitScore v) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("visit", v.visit());
    json.put("time", v.time());
    return scores(json, v.scores());
  }

  private Map<String, Object> scores(Map<String, Object> json, Attribution.Scores s) {
    json.put("l2", round(s.l2()));
    json.put("signed", round(s.signed()));
    return json;
  }

  private Map<String, Object> measure(PathResult.Measure m) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("alphas", m.alphas().stream().map(this::round).toList());
    json.put("weights", m.weights().stream().map(this::round).toList());
    json.put("complete", m.complete());
    json.put("duality_gap", round(m.dualityGap()));
    return json;
  }

  private Map<String, Object> tabular(Attribution.TabularScore t) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", t.name());
    json.put("value", t.value());
    json.put("signed", round(t.signed()));
    return standardError(json, t.standardError());
  }

  private Map<String, Object> standardError(Map<String, Object> json, Double error) {
    if (error != null) {
      json.put("standard_error", round(error));
    }
    return json;
  }
}
