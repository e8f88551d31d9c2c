package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution.Notes;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TabularScore;
import dev.gsig.attribution.Attribution.ThetaPoint;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Attribution.ValueScore;
import dev.gsig.attribution.Attribution.VisitScore;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.internal.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttributionJsonTest {
  private static Attribution attribution(String id, String code, Double relativeGap) {
    return attribution(id, code, relativeGap, null);
  }

  private static Attribution attribution(
      String id, String code, Double relativeGap, PathResult.Measure measure) {
    TokenScore token = new TokenScore(1, code, 0, false, new Scores(1 / 3.0, -2 / 3.0));
    return attribution(id, List.of(token), relativeGap, measure);
  }

  private static Attribution attribution(
      String id, List<TokenScore> tokens, Double relativeGap, PathResult.Measure measure) {
    return new Attribution(
        PathMethods.GSIG,
        id,
        new Prediction(-0.123456789012345, 0.46917516, 0),
        1,
        -0.123456789012345,
        1234567.89,
        0.98765432109876,
        0.46917516,
        SequenceBaselines.MANIFOLD_MEAN_UNPADDED,
        TabularBaselines.SELF,
        valued(tokens) ? ValueBaseline.ZERO : null,
        50,
        Quadrature.RIGHT,
        0.5689810202763907,
        List.of(
            new ThetaPoint(1, 2.0000004999, 1e-17, Candidate.Kind.EXACT),
            new ThetaPoint(0.5689810202763907, 0.000123456789, 3.0e-7, Candidate.Kind.ESTIMATED)),
        0.000123456789,
        2.0000004999,
        3.0e-7,
        relativeGap,
        tokens,
        new Scores(0, -0.0),
        List.of(
            new VisitScore(0, "2031-05-06T10:00:00", new Scores(1 / 3.0, -2 / 3.0)),
            new VisitScore(2, null, new Scores(1e-300, 1e300))),
        List.of(new TabularScore("age", 52.123456789, 0.1 + 0.2), new TabularScore("bmi", null, 0)),
        new Notes(1, 2, 3, 4, 5, 6, 7, false, true, 64),
        measure,
        null,
        List.of(),
        null,
        List.of());
  }

  @Test
  void anEventIsWrittenWhereTheCohortTellsOfIt() {
    Scores scores = new Scores(1 / 3.0, -2 / 3.0);
    SourceEvent event = new SourceEvent("2031-05-06T10:11:12", "ICD10CM/I10");
    List<TokenScore> tokens =
        List.of(
            new TokenScore(1, "d_I10", 0, true, scores),
            new TokenScore(2, "d_I11", 0, true, scores, event),
            new TokenScore(3, "m_X", 0, true, scores, new SourceEvent(null, "ATC/X")));

    assertThat(new AttributionJson(6).write(attribution("p1", tokens, 0.25, null)))
        .contains(
            ",\"signed\":-0.666667,\"event\":{\"time\":\"2031-05-06T10:11:12\","
                + "\"code\":\"ICD10CM/I10\"}}")
        .contains(",\"event\":{\"time\":null,\"code\":\"ATC/X\"}}")
        .contains(
            "{\"position\":1,\"code\":\"d_I10\",\"visit\":0,\"known\":true,\"l2\":0.333333,"
                + "\"signed\":-0.666667}");
  }

  private static boolean valued(List<TokenScore> tokens) {
    return tokens.stream().anyMatch(token -> token.value() != null);
  }

  @Test
  void aValueIsWrittenBesideItsCode() {
    ValueScore value = new ValueScore(4.123456789, 1.0, 2 / 3.0);
    TokenScore token = new TokenScore(1, "l_K", 0, true, new Scores(1, 1), null, null, value);
    assertThat(new AttributionJson(6).write(attribution("p1", List.of(token), 0.25, null)))
        .contains(
            "\"value_baseline\":\"zero\"",
            "\"signed\":1.0,\"value\":4.123456789,\"value_start\":1.0,\"value_signed\":0.666667}",
            "\"rounded_ages\":6,\"values_from_training\":7,");
    TokenScore bare = new TokenScore(1, "l_K", 0, true, new Scores(1, 1));
    assertThat(new AttributionJson(6).write(attribution("p1", List.of(bare), 0.25, null)))
        .doesNotContain("value_baseline", "values_from_training", "value_signed");
  }

  @Test
  void aStandardErrorIsWrittenWhereThereIsOne() {
    Scores scores = new Scores(0.5, -0.5);
    TokenScore token = new TokenScore(1, "d_I10", 0, true, scores, null, 1 / 3.0, null);
    assertThat(new AttributionJson(6).write(attribution("p1", List.of(token), 0.25, null)))
        .contains("\"l2\":0.5,\"signed\":-0.5,\"standard_error\":0.333333}");
  }

  @Test
  void writesTheKeysInTheirOrderWithSixDigits() {
    assertThat(new AttributionJson(6).write(attribution("p1", "d_I10", 0.25)))
        .isEqualTo(
            "{\"subject_id\":\"p1\","
                + "\"prediction\":{\"logit\":-0.123457,\"probability\":0.469175,\"class\":0},"
                + "\"explained_class\":1,\"score\":-0.123457,\"baseline_score\":1234570.0,"
                + "\"baseline_probability\":0.987654,\"explained_probability\":0.469175,"
                + "\"baseline\":\"manifold-mean-unpadded\",\"tabular_baseline\":\"self\",\"method\":\"gsig\","
                + "\"steps\":50,\"theta\":0.568981,"
                + "\"theta_curve\":["
                + "{\"theta\":1.0,\"l21\":2.0,\"completeness_gap\":1.0E-17,\"kind\":\"exact\"},"
                + "{\"theta\":0.568981,\"l21\":1.23457E-4,\"completeness_gap\":3.0E-7,"
                + "\"kind\":\"estimated\"}],"
                + "\"l21\":1.23457E-4,\"l21_theta1\":2.0,\"completeness_gap\":3.0E-7,"
                + "\"completeness_gap_relative\":0.25,\"gradients\":64,"
                + "\"tokens\":[{\"position\":1,\"code\":\"d_I10\",\"visit\":0,\"known\":false,"
                + "\"l2\":0.333333,\"signed\":-0.666667}],"
                + "\"special_tokens\":{\"l2\":0.0,\"signed\":0.0},"
                + "\"visits\":[{\"visit\":0,\"time\":\"2031-05-06T10:00:00\","
                + "\"l2\":0.333333,\"signed\":-0.666667},"
                + "{\"visit\":2,\"time\":null,\"l2\":1.0E-300,\"signed\":1.0E300}],"
                + "\"tabular\":[{\"name\":\"age\",\"value\":52.123456789,\"signed\":0.3},"
                + "{\"name\":\"bmi\",\"value\":null,\"signed\":0.0}],"
                + "\"unknown_codes\":1,\"truncated_tokens\":2,\"missing_tabular\":3,"
                + "\"empty_visits\":4,\"disordered_visits\":5,\"rounded_ages\":6,"
                + "\"score_equals_baseline\":false,\"no_theta_within_gap\":false,"
                + "\"node_limit_reached\":true}");
  }

  @Test
  void theDigitsAreThoseAskedFor() {
    assertThat(new AttributionJson(12).write(attribution("p1", "d_I10", 2 / 3.0)))
        .contains("\"logit\":-0.123456789012,")
        .contains("\"theta\":0.568981020276,")
        .contains("\"completeness_gap_relative\":0.666666666667,")
        .contains("\"baseline_score\":1234567.89,");
  }

  @Test
  void aPathMeasureIsTheLastOfTheKeys() {
    PathResult.Measure measure =
        new PathResult.Measure(List.of(0.25, 0.75), List.of(1 / 3.0, 2 / 3.0), true, 1.23456789e-5);
    assertThat(new AttributionJson(6).write(attribution("p1", "d_I10", 0.25, measure)))
        .endsWith(
            ",\"measure\":{\"alphas\":[0.25,0.75],\"weights\":[0.333333,0.666667],"
                + "\"complete\":true,\"duality_gap\":1.23457E-5}}");
  }

  @Test
  void anUndefinedRelativeGapIsNull() {
    assertThat(new AttributionJson(6).write(attribution("p1", "d_I10", null)))
        .contains("\"completeness_gap_relative\":null,");
  }

  @Test
  void textsFromTheCohortAreEscapedOnOneLine() {
    String id = "a\"b\\c\n\t\u0001\u007f é 😀 </script>";
    String line = new AttributionJson(6).write(attribution(id, "x\r\u0000y", 1.0));
    assertThat(line)
        .startsWith("{\"subject_id\":\"a\\\"b\\\\c\\n\\t\\u0001")
        .contains("\"code\":\"x\\r\\u0000y\"");
    assertThat(line.chars()).allMatch(c -> c >= 0x20);
    assertThat(Json.object(line, "line").string("subject_id")).isEqualTo(id);
  }
}
