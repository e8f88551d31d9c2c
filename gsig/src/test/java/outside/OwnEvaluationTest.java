package outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.PathEnd;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Control;
import dev.gsig.attribution.evaluation.EvaluatedMethod;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.attribution.evaluation.Faithfulness;
import dev.gsig.attribution.evaluation.RemovalRule;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.path.AttributionNorms;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A method, a control, a removal rule and baselines from outside, against the same from within. */
class OwnEvaluationTest {
  private static final Path DEMO = Path.of("..", "demo");

  private static Model model;
  private static List<Trajectory> patients;

  @BeforeAll
  static void load() {
    model = Model.load(DEMO.resolve("model"), "simd");
    patients = CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, 2);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** The gradient at the patient times the patient's difference from the baseline. */
  private record GradientTimesDifference() implements PathMethod {
    @Override
    public String label() {
      return "own-gradient";
    }

    @Override
    public String description() {
      return "the gradient at the patient times the difference from the baseline";
    }

    @Override
    public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
      return norms.result(path.attribution(path.at(new double[] {1})[0]));
    }
  }

  /** Occlusion, one code after the other. */
  private record OwnOcclusion() implements Control {
    @Override
    public String label() {
      return "own-occlusion";
    }

    @Override
    public String title() {
      return "occlusion from outside";
    }

    @Override
    public double[] scores(Control.Patient patient) {
      return Arrays.stream(patient.positions())
          .mapToDouble(
              j -> {
                BitSet one = new BitSet();
                one.set(j);
                return patient.score() - patient.scoresWithout(List.of(one))[0];
              })
          .toArray();
    }
  }

  /** Too few scores. */
  private record Forgetful() implements Control {
    @Override
    public String label() {
      return "forgetful";
    }

    @Override
    public String title() {
      return "forgetful";
    }

    @Override
    public double[] scores(Control.Patient patient) {
      return new double[1];
    }
  }

  /** Every token becomes PAD, and is embedded anew. */
  private record OwnStart() implements SequenceBaseline {
    @Override
    public String label() {
      return "own-start";
    }

    @Override
    public double[] rows(PathEnd input) {
      int[] ids = input.subject().sequence().inputIds();
      Arrays.fill(ids, input.specialTokens().pad());
      return input.of(input.subject().sequence().withIds(ids));
    }
  }

  /** Half of the patient's own values. */
  private record HalfWay() implements TabularBaseline {
    @Override
    public String label() {
      return "half-way";
    }

    @Override
    public double[] entries(PathEnd input) {
      return Arrays.stream(input.values()).map(x -> x / 2).toArray();
    }
  }

  private static Attribution explain(SequenceBaseline start, TabularBaseline tabular) {
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder().method(PathMethods.IG).baselines(start, tabular).build();
    return Explainer.of(model, null, options).explain(patients.get(0));
  }

  @Test
  void aBaselineFromOutsideStartsWhereTheSameFromWithinDoes() {
    Attribution own = explain(new OwnStart(), TabularBaselines.ZERO);
    Attribution known = explain(SequenceBaselines.PAD, TabularBaselines.ZERO);
    assertThat(own.sequenceBaseline().label()).isEqualTo("own-start");
    assertThat(own.baselineScore()).isEqualTo(known.baselineScore());
    assertThat(own.tokens()).isEqualTo(known.tokens());
    assertThat(own.tabular()).isEqualTo(known.tabular());
  }

  /** Along the second half of the way. */
  @Test
  void aTabularBaselineFromOutsideIsCompleteFromThere() {
    Attribution half = explain(SequenceBaselines.PAD, new HalfWay());
    Attribution whole = explain(SequenceBaselines.PAD, TabularBaselines.ZERO);
    Attribution none = explain(SequenceBaselines.PAD, TabularBaselines.SELF);
    assertThat(half.baselineScore()).isNotEqualTo(whole.baselineScore());
    assertThat(half.baselineScore()).isNotEqualTo(none.baselineScore());
    assertThat(half.completenessGapRelative()).isLessThan(0.2);
    assertThat(new AttributionJson(6).write(half)).contains("\"tabular_baseline\":\"half-way\"");
  }

  @Test
  void aBaselineThatIsTooShortIsRefused() {
    SequenceBaseline one =
        new SequenceBaseline() {
          private static final long serialVersionUID = 1L;

          @Override
          public String label() {
            return "one";
          }

          @Override
          public double[] rows(PathEnd input) {
            return new double[1];
          }
        };
    assertThatThrownBy(() -> explain(one, TabularBaselines.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the input 'sequence': the baseline 'one' gives 1 numbers ");
  }

  /** PAD, in another way. */
  private record OwnPad() implements RemovalRule {
    @Override
    public String label() {
      return "own-pad";
    }

    @Override
    public TokenSequence without(TokenSequence sequence, BitSet removed, SpecialTokens special) {
      int[] ids = sequence.inputIds();
      for (int j = removed.nextSetBit(0); j >= 0; j = removed.nextSetBit(j + 1)) {
        ids[j] = special.pad();
      }
      return sequence.withIds(ids);
    }
  }

  private static List<Measures> measures(RemovalRule rule, EvaluatedMethod... methods) {
    EvaluationOptions options =
        new EvaluationOptions(
            List.of(methods),
            List.of(SequenceBaselines.ZERO),
            10,
            TabularBaselines.ZERO,
            Target.LOGIT,
            null,
            rule,
            SequenceBaselines.ZERO,
            Arrays.stream(Faithfulness.defaultPercents()).boxed().toList(),
            1);
    Evaluator evaluator = Evaluator.of(model, null, null, options);
    List<Measures> all = new ArrayList<>();
    List<Evaluation> evaluations = patients.stream().map(evaluator::evaluate).toList();
    evaluations.forEach(e -> all.addAll(e.measures()));
    return all;
  }

  @Test
  void aMethodFromOutsideIsMeasuredAsTheSameFromWithin() {
    List<Measures> measures =
        measures(
            RemovalRules.DELETE,
            EvaluatedMethod.of(new GradientTimesDifference()),
            EvaluatedMethods.GRADIENT_X_INPUT);
    for (int i = 0; i < measures.size(); i += 2) {
      Measures own = measures.get(i);
      Measures known = measures.get(i + 1);
      assertThat(own.byL2()).isEqualTo(known.byL2());
      assertThat(own.bySigned()).isEqualTo(known.bySigned());
      assertThat(own.l21()).isCloseTo(known.l21(), within(1e-6 * known.l21()));
      assertThat(own.relativeGap()).isCloseTo(known.relativeGap(), within(1e-4));
    }
  }

  @Test
  void aControlAndARuleFromOutsideAreMeasuredAsTheSameFromWithin() {
    Measures[] own = measures(new OwnPad(), new OwnOcclusion()).toArray(Measures[]::new);
    Measures[] known =
        measures(RemovalRules.PAD, EvaluatedMethods.OCCLUSION).toArray(Measures[]::new);
    for (int i = 0; i < own.length; i++) {
      assertThat(own[i].byL2()).isEqualTo(known[i].byL2());
      assertThat(own[i].bySigned()).isEqualTo(known[i].bySigned());
      assertThat(own[i].codesFor90()).isEqualTo(known[i].codesFor90());
      assertThat(own[i].l21()).isNull();
    }
  }

  @Test
  void aControlThatForgetsCodesIsRefused() {
    assertThatThrownBy(() -> measures(RemovalRules.PAD, new Forgetful()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("forgetful gives 1 scores to a patient with ");
  }
}
