package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Driver;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Prediction;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTableTest {
  @TempDir Path temp;
  private Words words;

  @BeforeEach
  void describe() {
    Path file = temp.resolve("descriptions.json");
    Fixture.write(
        file,
        "{\"a\":\"Chronic congestive heart failure\",\"b\":\"Furosemide 40 MG Oral Tablet\","
            + "\"c\":\"Fever\",\"evil\":\"\\u001b[31mred\"}");
    words = new Words(Descriptions.read(file), Display.NONE);
  }

  private static Attribution attribution(String id, Object... codesAndScores) {
    return attribution(id, List.of(), codesAndScores);
  }

  private static Attribution attribution(
      String id, List<Attribution.ThetaPoint> curve, Object... codesAndScores) {
    return patient(id, 0.574, curve, List.of(), codesAndScores);
  }

  private static Attribution patient(
      String id,
      double risk,
      List<Attribution.ThetaPoint> curve,
      List<Attribution.TabularScore> tabular,
      Object... codesAndScores) {
    List<Attribution.TokenScore> tokens = new ArrayList<>();
    for (int i = 0; i < codesAndScores.length; i += 2) {
      double signed = (double) codesAndScores[i + 1];
      tokens.add(
          new Attribution.TokenScore(
              i,
              (String) codesAndScores[i],
              0,
              true,
              new Attribution.Scores(Math.abs(signed), signed)));
    }
    return new Attribution(
        PathMethods.GSIG,
        id,
        new Prediction(0.3, risk, 1),
        1,
        0.3,
        0,
        0.5,
        risk,
        SequenceBaselines.MANIFOLD_MEAN,
        TabularBaselines.MEAN,
        null,
        50,
        Quadrature.RIGHT,
        0.569,
        curve,
        1.5,
        2,
        0.01,
        0.0333,
        tokens,
        new Attribution.Scores(0, 0),
        List.of(),
        tabular,
        new Attribution.Notes(0, 0, 0, 0, 0, 0, 0, false, false, 14),
        null,
        null,
        List.of(),
        null,
        List.of());
  }

  @Test
  void aCodeThatTheModelDoesNotKnowIsNotAmongTheStrongest() {
    Attribution.Scores most = new Attribution.Scores(9, 9);
    Attribution.Scores least = new Attribution.Scores(0.1, 0.1);
    Attribution known = attribution("p1");
    Attribution a =
        new Attribution(
            known.method(),
            known.subjectId(),
            known.prediction(),
            known.explainedClass(),
            known.score(),
            known.baselineScore(),
            known.baselineProbability(),
            known.explainedProbability(),
            known.sequenceBaseline(),
            known.tabularBaseline(),
            known.valueBaseline(),
            known.steps(),
            known.quadrature(),
            known.theta(),
            known.thetaCurve(),
            known.l21(),
            known.l21AtThetaOne(),
            known.completenessGap(),
            known.completenessGapRelative(),
            List.of(
                new Attribution.TokenScore(1, "x_1", 0, false, most),
                new Attribution.TokenScore(2, "d_1", 0, true, least)),
            known.specialTokens(),
            known.visits(),
            known.tabular(),
            known.notes(),
            known.measure(),
            known.explainedClassName(),
            List.of(),
            null,
            List.of());

    assertThat(Driver.of(a)).extracting(Driver::name).containsExactly("d_1");
  }

  @Test
  void anEstimatedComparisonIsMarked() {
    Attribution.ThetaPoint one = new Attribution.ThetaPoint(1, 2, 0.01, Candidate.Kind.ESTIMATED);

    assertThat(details(120, attribution("p1", List.of(one))).get(1)).contains(" ~-25.0% ");
  }

  private List<String> table(int width, Attribution... attributions) {
    return lines(width, false, attributions);
  }

  private List<String> details(int width, Attribution... attributions) {
    return lines(width, true, attributions);
  }

  private List<String> lines(int width, boolean details, Attribution... attributions) {
    DemoTable table = new DemoTable(words, ExplainOptions.DEFAULT, details);
    for (Attribution attribution : attributions) {
      table.add(attribution, attributions.length == 1 ? null : Integer.valueOf(1));
    }
    return table.lines(width);
  }

  @Test
  void aRowSaysInWordsWhatRaisedAndLoweredTheRisk() {
    assertThat(table(200, attribution("p1", "a", 0.5, "x", 0.1, "c", -0.7, "b", 0.2, "b", 0.1)))
        .containsExactly(
            "patient  risk (reference)  what raised it, what lowered it",
            "p1       57.4% (ref. 50%)  raised by Chronic congestive heart failure, Furosemide 40"
                + " MG Oral Tablet x2, x; lowered by Fever");
  }

  @Test
  void detailsAreTheLabelAndWhatConcernsTheMethod() {
    assertThat(details(200, attribution("p1", "c", -0.7)))
        .containsExactly(
            "patient  risk (reference)  label  theta    l21  vs theta=1   gap"
                + "  what raised it, what lowered it",
            "p1       57.4% (ref. 50%)      -   0.57  1.500      -25.0%  3.3%  lowered by Fever");
  }

  @Test
  void theHighestRiskComesFirst() {
    DemoTable table = new DemoTable(words, ExplainOptions.DEFAULT, false);
    for (double risk : new double[] {0.2, 0.9, 0.004, 0.9}) {
      table.add(ofRisk("p" + table.lines(80).size(), risk), 1);
    }
    assertThat(table.lines(80))
        .extracting(line -> line.substring(0, 2))
        .containsExactly("pa", "p2", "p4", "p1", "p3");
  }

  private static Attribution ofRisk(String id, double risk) {
    return patient(id, risk, List.of(), List.of(), "c", 1.0);
  }

  /** A value may outweigh every code. */
  @Test
  void tabularValuesStandAmongTheCodes() {
    Attribution a =
        patient(
            "p1",
            0.574,
            List.of(),
            List.of(
                new Attribution.TabularScore("age", 84.6, 0.9),
                new Attribution.TabularScore("systolic_bp", 105.0, -0.2)),
            "c",
            0.5);
    assertThat(table(120, a).get(1))
        .endsWith("raised by age 84.6, Fever; lowered by systolic bp 105");
  }

  /** Words and units are those of display.json, as on the report's page. */
  @Test
  void valuesAreShownInWordsAndUnits() {
    words =
        new Words(
            words.descriptions(),
            new Display(
                null,
                null,
                Map.of(),
                Map.of(
                    "age", new Display.Feature(null, "years", Map.of()),
                    "sex", new Display.Feature("sex", null, Map.of("0", "female")),
                    "fio2", new Display.Feature("FiO2\u001b", "%", Map.of())),
                Map.of("c", "mg/dl"),
                null));
    Attribution a =
        patient(
            "p1",
            0.574,
            List.of(),
            List.of(
                new Attribution.TabularScore("sex", 0.0, 0.9),
                new Attribution.TabularScore("age", 84.6, 0.8),
                new Attribution.TabularScore("fio2", 21.0, 0.7),
                new Attribution.TabularScore("systolic_bp", null, -0.2)));
    assertThat(table(140, a).get(1))
        .endsWith(
            "raised by sex female, age 84.6 years, FiO2\\u001b 21%; lowered by systolic bp"
                + " missing");
    assertThat(words.suffix(Driver.code("c", 0.91234, 1))).isEqualTo(" 0.9123 mg/dl");
  }

  @Test
  void whereThereIsLittleRoomTheWeakestAreLeftOutAndNamesCanStillBeRead() {
    Attribution a = attribution("p1", "a", 0.5, "b", 0.4, "c", 0.3, "x", -0.1, "y", -0.01, "z", 0.);
    for (int width = 80; width < 200; width++) {
      String line = table(width, a).get(1);
      assertThat(line.length()).isLessThanOrEqualTo(width);
      assertThat(line).containsPattern("(raised by|up) Chronic cong.*; (lowered by|down) x");
      String words = line.replaceFirst("^.*?(?=raised by|up )", "");
      Matcher cut = Pattern.compile("(?:by|up|,) ([^,;]*)\\.\\.\\.").matcher(words);
      while (cut.find()) {
        assertThat(cut.group(1).length()).isGreaterThanOrEqualTo(12);
      }
      Matcher others = Pattern.compile(", \\+(\\d)( others?)?$").matcher(words);
      int left = others.find() ? Integer.parseInt(others.group(1)) : 0;
      String[] named = words.replaceAll(", \\+.*", "").split("[,;] ");
      assertThat(named.length).isEqualTo(5 - left).isGreaterThanOrEqualTo(3);
    }
    assertThat(table(80, a).get(1))
        .isEqualTo(
            "p1       57.4% (ref. 50%)  up Chronic congest..., Furosemide 40 M...; down x, +2");
    assertThat(table(100, a).get(1))
        .endsWith("raised by Chronic congest..., Furosemide 40 M..., Fever; lowered by x, y");
    assertThat(table(200, a).get(1))
        .endsWith(
            "raised by Chronic congestive heart failure, Furosemide 40 MG Oral Tablet, Fever;"
                + " lowered by x, y");
  }

  @Test
  void noMoreThanThreeAndTwoAreNamed() {
    Attribution a =
        attribution("p1", "k", 0.5, "l", 0.4, "m", 0.3, "n", 0.2, "x", -0.1, "y", -0.1, "z", -0.05);
    assertThat(table(200, a).get(1)).endsWith("raised by k, l, m; lowered by x, y, +2 others");
  }

  @Test
  void aNarrowTerminalStillGetsWords() {
    assertThat(table(10, attribution("p1", "a", 0.5, "b", 0.4, "c", -0.3)).get(1))
        .endsWith("  raised by Chroni..., +2 others");
  }

  @Test
  void dataIsEscapedAndLongIdentifiersAreCut() {
    String row = table(120, attribution("\u001b]0;x" + "y".repeat(50), "evil", 0.5)).get(1);

    assertThat(row)
        .contains("raised by \\u001b[31mred")
        .startsWith("\\u001b]0;xyy")
        .doesNotContain("\u001b");
    assertThat(row.length()).isLessThanOrEqualTo(120);
  }

  @Test
  void whereThereIsNothingToCompareWithThereIsNoChange() {
    Attribution none = attribution("p1");
    assertThat(DemoTable.l21Change(none)).isEqualTo(-0.25);
    assertThat(details(120, none).get(1)).endsWith("3.3%");
  }
}
