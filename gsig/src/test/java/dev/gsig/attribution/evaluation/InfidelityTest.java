package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Fixture;
import dev.gsig.attribution.HandMadeModel;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ModelInternals;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Evaluation.Infidelity;
import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InfidelityTest {
  private static final int DRAWS = 25;

  @TempDir Path folder;

  private static Measures[] measures(Model model, Trajectory patient, EvaluationOptions options) {
    return Evaluator.of(model, null, null, options)
        .evaluate(patient)
        .measures()
        .toArray(Measures[]::new);
  }

  private static EvaluationOptions options(List<EvaluatedMethod> methods, Target target, int sets) {
    EvaluationOptions plain =
        new EvaluationOptions(
            methods,
            List.of(SequenceBaselines.ZERO, SequenceBaselines.PAD),
            20,
            TabularBaselines.ZERO,
            target,
            null,
            RemovalRules.BASELINE,
            SequenceBaselines.ZERO,
            List.of(50.0),
            3);
    return plain.with(new SampledMetrics(sets, 0, 0.1));
  }

  /** b = 6/5, what is left (1.2 - 2)^2 + (2.4 - 2)^2 = 0.8 of 8. */
  @Test
  void byHand() {
    Infidelity found = Infidelity.of(new double[] {1, 2}, new double[] {2, 2});
    assertThat(found.value()).isEqualTo(0.5);
    assertThat(found.normalised()).isCloseTo(0.1, within(1e-15));
    Infidelity scaled = Infidelity.of(new double[] {-10, -20}, new double[] {2, 2});
    assertThat(scaled.value()).isEqualTo((12 * 12 + 22 * 22) / 2.0);
    assertThat(scaled.normalised()).isCloseTo(0.1, within(1e-15));
  }

  @Test
  void scoresThatSayNothingAndCodesThatDoNothing() {
    assertThat(Infidelity.of(new double[] {0, 0}, new double[] {1, 2}))
        .isEqualTo(new Infidelity(2.5, 1.0));
    assertThat(Infidelity.of(new double[] {1, 2}, new double[] {0, 0}))
        .isEqualTo(new Infidelity(2.5, null));
  }

  /** What a linear model loses with some rows is the sum of their integrated gradients. */
  @Test
  void zeroOnALinearModelForWhatAddsUp() {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    List<EvaluatedMethod> methods =
        List.of(
            EvaluatedMethods.IG,
            EvaluatedMethods.GRADIENT_X_INPUT,
            EvaluatedMethods.OCCLUSION,
            EvaluatedMethods.RANDOM);
    Measures[] m =
        measures(model, HandMadeModel.abThenC(Map.of()), options(methods, Target.LOGIT, DRAWS));
    assertThat(m).hasSize(5);
    for (int line = 0; line < 4; line++) {
      assertThat(m[line].infidelity().value()).isLessThan(1e-24);
      assertThat(m[line].infidelity().normalised()).isLessThan(1e-24);
    }
    assertThat(m[4].infidelity().normalised()).isGreaterThan(0.01);
  }

  /** A method that explains the other class, and one that explains probabilities. */
  @Test
  void eachMethodIsHeldAgainstWhatItExplains() {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    EvaluatedMethod.WithOptions other =
        new EvaluatedMethod.WithOptions(
            "other", "", b -> b.method(PathMethods.IG).explainedClass(0));
    EvaluatedMethod.WithOptions probability =
        new EvaluatedMethod.WithOptions(
            "p", "", b -> b.method(PathMethods.IG).steps(2000).target(Target.PROBABILITY));
    Trajectory patient = HandMadeModel.patient("p", Map.of(), Visit.of("a"));
    Measures[] m =
        measures(
            model,
            patient,
            options(List.of(EvaluatedMethods.IG, other, probability), Target.LOGIT, DRAWS));
    assertThat(m[0].infidelity().value()).isLessThan(1e-24);
    assertThat(m[1].infidelity().value()).isLessThan(1e-24);
    // Of the curved path CLS and SEP take a part that the code alone does not have.
    assertThat(m[2].infidelity().value()).isBetween(1e-9, 1e-4);
  }

  @Test
  void notMeasuredUnlessAskedFor() {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    EvaluationOptions none = options(List.of(EvaluatedMethods.IG), Target.LOGIT, 0);
    assertThat(measures(model, HandMadeModel.abThenC(Map.of()), none)[0].infidelity()).isNull();
  }

  /** Sizes 1, 2 and 3 with a third each; within a size every set alike. */
  @Test
  void theExpectationOverAllSetsOfThreeCodes() {
    Model model = HandMadeModel.binary(3, 1, -2).load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    Measures[] m =
        measures(model, patient, options(List.of(EvaluatedMethods.IG), Target.PROBABILITY, 20_000));
    Explainer explainer = explainer(model, Target.PROBABILITY);
    double[] phi = Sensitivity.signed(explainer.explain(patient).tokens());
    // CLS a b SEP c SEP; the logit is the mean over six rows.
    double[] w = {3.0 * 2 + 1, 3.0 * -1 + 3, 3.0 * 4 - 2};
    double rest = 3 + 1 + 1 - 2 * 6;
    double full = ScoreFunction.sigmoid((rest + w[0] + w[1] + w[2]) / 6);
    double mean = 0;
    for (int set = 1; set < 8; set++) {
      double z = rest;
      double sum = 0;
      for (int j = 0; j < 3; j++) {
        boolean removed = (set >> j & 1) == 1;
        z += removed ? 0 : w[j];
        sum += removed ? phi[j] : 0;
      }
      double error = sum - (full - ScoreFunction.sigmoid(z / 6));
      int alike = Integer.bitCount(set) == 3 ? 1 : 3;
      mean += error * error / (3 * alike);
    }
    assertThat(mean).isGreaterThan(1e-5);
    assertThat(m[0].infidelity().value()).isCloseTo(mean, within(0.03 * mean));
  }

  private static Explainer explainer(Model model, Target target) {
    return Explainer.of(
        model,
        null,
        EvaluatedMethods.IG.options(options(List.of(), target, 1), SequenceBaselines.ZERO));
  }

  static Stream<Fixture> fixtures() {
    return Fixture.all();
  }

  /** A second implementation: rows replaced one set at a time, at full length, no batches. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithASecondImplementation(Fixture fixture) {
    Model model = fixture.model("ejml");
    Random random = new Random(23);
    int d = model.config().hiddenSize();
    double[] rows = random.doubles((long) d * model.tokenizer().maxLength(), -1, 1).toArray();
    Explainer explainer = GivenRows.from(model, rows);
    int compared = 0;
    for (Trajectory patient : fixture.cohort()) {
      TokenSequence sequence = model.tokenizer().tokenize(patient);
      double[] full = model.logits(patient);
      ScoreFunction f =
          ScoreFunction.of(false, null, model.labels(), model.predict(patient).predictedClass());
      RandomRemovals removals = new RandomRemovals(patient, sequence, full, DRAWS, 9);
      List<TokenScore> tokens = new ArrayList<>();
      for (int j = 0; j < sequence.length(); j++) {
        if (!sequence.isSpecial(j)) {
          Scores scores = new Scores(1, random.nextGaussian());
          tokens.add(new TokenScore(j, sequence.code(j), sequence.visit(j), true, scores));
        }
      }
      Infidelity found = removals.infidelity(explainer, f, tokens);
      double value = 0;
      double pp = 0;
      double pd = 0;
      double dd = 0;
      for (BitSet set : removals.sets()) {
        double p = 0;
        for (TokenScore t : tokens) {
          p += set.get(t.position()) ? t.scores().signed() : 0;
        }
        double[] without =
            ModelInternals.logits(
                model,
                patient,
                sequence,
                x -> set.stream().forEach(j -> System.arraycopy(rows, j * d, x, j * d, d)));
        double change = f.score(full) - f.score(without);
        value += (p - change) * (p - change) / DRAWS;
        pp += p * p;
        pd += p * change;
        dd += change * change;
      }
      assertThat(found.value()).isCloseTo(value, within(1e-9 * (1 + value)));
      assertThat(found.normalised()).isCloseTo(1 - pd * pd / (pp * dd), within(1e-7));
      compared++;
    }
    assertThat(compared).isPositive();
  }

  @Test
  void setsHoldEveryCodeAndSizeAlikeAndAreThePatientsOwn() {
    Model model = HandMadeModel.binary(1, 1, 0).load(folder);
    Trajectory patient =
        HandMadeModel.patient("p", Map.of(), Visit.of("a", "b"), Visit.of("c", "a"));
    int[] sizes = new int[5];
    int[] held = new int[8];
    for (BitSet set : removals(model, patient, 8000).sets()) {
      sizes[set.cardinality()]++;
      set.stream().forEach(j -> held[j]++);
    }
    assertThat(sizes[0]).isZero();
    for (int size = 1; size <= 4; size++) {
      assertThat(sizes[size]).isBetween(1850, 2150);
    }
    for (int j : new int[] {1, 2, 4, 5}) {
      assertThat(held[j]).isBetween(4800, 5200);
    }
    assertThat(held[0] + held[3] + held[6] + held[7]).isZero();
    Trajectory other = HandMadeModel.patient("q", Map.of(), patient.visits().toArray(Visit[]::new));
    assertThat(removals(model, patient, 20).sets())
        .isEqualTo(removals(model, patient, 20).sets())
        .isNotEqualTo(removals(model, other, 20).sets());
  }

  private static RandomRemovals removals(Model model, Trajectory patient, int count) {
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    return new RandomRemovals(patient, sequence, new double[1], count, 1);
  }

  /** From several references a code is removed to each of them, and the scores are averaged. */
  @Test
  void referencesAreAveraged() {
    Model model = HandMadeModel.binary(3, 1, -2).load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    // CLS c c SEP SEP-less rest, and CLS b SEP: rows of the patient's codes at positions 1, 2, 4.
    List<Trajectory> bank =
        List.of(
            HandMadeModel.patient("r", Map.of(), Visit.of("c", "c", "b", "a")),
            HandMadeModel.patient("s", Map.of(), Visit.of("b"), Visit.of("b", "b")));
    ExplainOptions expected =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.EXPECTED_GRADIENTS)
            .baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES)
            .target(Target.PROBABILITY)
            .build();
    Explainer explainer =
        Explainer.withReferences(model, ReferenceBank.of(model, bank, 2), expected);
    double[][][] tokens = {
      {
        HandMadeModel.row("CLS"),
        HandMadeModel.row("c"),
        HandMadeModel.row("c"),
        HandMadeModel.row("b"),
        HandMadeModel.row("a"),
        HandMadeModel.row("SEP")
      },
      {
        HandMadeModel.row("CLS"),
        HandMadeModel.row("b"),
        HandMadeModel.row("SEP"),
        HandMadeModel.row("b"),
        HandMadeModel.row("b"),
        HandMadeModel.row("SEP")
      }
    };
    double[][] own = {
      HandMadeModel.row("CLS"), HandMadeModel.row("a"), HandMadeModel.row("b"),
      HandMadeModel.row("SEP"), HandMadeModel.row("c"), HandMadeModel.row("SEP")
    };
    ScoreFunction f = new ScoreFunction(true, 1, 1, false);
    double full = probability(own, own, new BitSet());
    RandomRemovals removals =
        new RandomRemovals(
            patient, model.tokenizer().tokenize(patient), model.logits(patient), DRAWS, 4);
    List<TokenScore> scores = explainer.explain(patient).tokens();
    double value = 0;
    for (BitSet set : removals.sets()) {
      double error =
          -full + (probability(own, tokens[0], set) + probability(own, tokens[1], set)) / 2;
      for (TokenScore t : scores) {
        error += set.get(t.position()) ? t.scores().signed() : 0;
      }
      value += error * error / DRAWS;
    }
    assertThat(value).isGreaterThan(1e-6);
    assertThat(removals.infidelity(explainer, f, scores).value()).isCloseTo(value, within(1e-12));
  }

  private static double probability(double[][] own, double[][] reference, BitSet removed) {
    double z = 0;
    for (int j = 0; j < own.length; j++) {
      double[] row = removed.get(j) ? reference[j] : own[j];
      z += (3 * row[0] + row[1]) / own.length;
    }
    return ScoreFunction.sigmoid(z - 2);
  }
}
