package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Explainer.Batching;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Points off the straight path, of models: score and gradient, in any company the same bits. */
class PathPointsTest {
  /** A model with tabular values whose PAD rows matter, and one where they are left out. */
  private static final List<String> NAMES =
      List.of("late-tabular-mean-all", "multi-label", "time-since-previous");

  private static ExplainOptions options(Fixture fixture, PathMethod method) {
    ExplainOptions.Builder options = fixture.options().toBuilder().method(method);
    options.theta(ExplainOptions.DEFAULT.path().theta(), ExplainOptions.DEFAULT.path().search());
    return (MethodOption.STEPS.isUsedBy(method)
            ? options.steps(13)
            : options.steps(50).sampling(3, 1))
        .build();
  }

  private static double[][] coefficients(int points, int size) {
    Random random = new Random(3);
    double[][] c = new double[points][];
    Arrays.setAll(c, k -> random.doubles(size).toArray());
    return c;
  }

  /** The gradient of each input against central differences of the scores, in float64. */
  @ParameterizedTest
  @ValueSource(strings = {"late-tabular-mean-all", "multi-label", "time-since-previous"})
  void theGradientIsThatOfTheScores(String name) {
    Fixture fixture = Fixture.named(name);
    Model model = fixture.model("ejml");
    Explainer explainer =
        Explainer.of(model, fixture.baseline(model), options(fixture, PathMethods.IG));
    explainer.withPath(
        fixture.cohort().get(0),
        patient -> {
          PathGradient path = patient.gradient();
          double[] c = coefficients(1, path.size())[0];
          PathGradient.Point point = path.points(new double[][] {c}).get(0);
          double h = 1e-5;
          double[][] around = new double[2 * path.size()][];
          for (int i = 0; i < path.size(); i++) {
            around[2 * i] = c.clone();
            around[2 * i][i] += h;
            around[2 * i + 1] = c.clone();
            around[2 * i + 1][i] -= h;
          }
          double[] scores = path.scores(around);
          double largest = Arrays.stream(point.gradient()).map(Math::abs).max().orElse(0);
          double worst = 0;
          for (int i = 0; i < path.size(); i++) {
            double slope = (scores[2 * i] - scores[2 * i + 1]) / (2 * h);
            double off = slope - point.gradient()[i] * path.difference()[i];
            worst = Math.max(worst, Math.abs(off));
          }
          assertThat(worst).isLessThan(1e-7 * largest);
          assertThat(path.scores(new double[][] {c})[0]).isEqualTo(point.score());
          return null;
        });
  }

  /** One coefficient for all inputs, or the same for each. */
  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void theStraightPathIsAmongThem(String backend) {
    double tolerance = backend.equals("ejml") ? 1e-12 : 1e-5;
    for (String name : NAMES) {
      Fixture fixture = Fixture.named(name);
      Model model = fixture.model(backend);
      Explainer explainer =
          Explainer.of(model, fixture.baseline(model), options(fixture, PathMethods.IG));
      explainer.withPath(
          fixture.cohort().get(0),
          patient -> {
            PathGradient path = patient.gradient();
            double[] same = new double[path.size()];
            Arrays.fill(same, 0.3);
            double[] ones = new double[path.size()];
            Arrays.fill(ones, 1);
            List<PathGradient.Point> points =
                path.points(new double[][] {{0.3}, same, new double[path.size()], {0}, ones, {1}});
            double[] straight = path.at(new double[] {0.3})[0];
            double largest = Arrays.stream(straight).map(Math::abs).max().orElse(0);
            assertThat(Arrays.copyOf(points.get(0).gradient(), path.size()))
                .isEqualTo(Arrays.copyOf(straight, path.size()));
            for (int i = 0; i < path.size(); i++) {
              assertThat(points.get(1).gradient()[i])
                  .isCloseTo(straight[i], within(tolerance * largest));
            }
            // the ends themselves, to the last bit
            assertThat(points.get(2).score()).isEqualTo(path.startScore());
            assertThat(points.get(3).score()).isEqualTo(path.startScore());
            assertThat(points.get(4).score()).isEqualTo(path.endScore());
            assertThat(points.get(5).score()).isEqualTo(path.endScore());
            return null;
          });
    }
  }

  /** Steps of a batch, patients of a batch with others' padding, one patient on its own. */
  @Test
  void whateverTheWayOfComputing() {
    for (String name : NAMES) {
      Fixture fixture = Fixture.named(name);
      Model model = fixture.model("simd");
      Baseline baseline = fixture.baseline(model);
      for (PathMethod method :
          List.of(PathMethods.IDGI, PathMethods.GUIDED_IG, PathMethods.DIG, PathMethods.SHAPLEY)) {
        ExplainOptions options = options(fixture, method);
        Explainer explainer = Explainer.of(model, baseline, options);
        List<long[]> alone = new ArrayList<>();
        for (Trajectory patient : fixture.cohort()) {
          alone.add(Bits.of(explainer.explainRaw(patient).values()));
        }
        for (Batching batching : List.of(new Batching(1, true), new Batching(5, 3, true))) {
          Explainer other = Explainer.of(model, baseline, options, batching);
          List<Readings> together = other.patients().explain(fixture.cohort(), null);
          for (int i = 0; i < alone.size(); i++) {
            assertThat(Arrays.equals(Bits.of(together.get(i).first().values()), alone.get(i)))
                .as("%s, patient %s, %s, %s", name, i, method.label(), batching)
                .isTrue();
          }
        }
      }
    }
  }

  /** Of references the mean, each with the same coefficients. */
  @Test
  void theMeanOverReferences() {
    Fixture fixture = Fixture.named("multi-label");
    Model model = fixture.model("ejml");
    List<Trajectory> references = fixture.cohort().subList(1, 3);
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.EXPECTED_GRADIENTS)
            .baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES)
            .build();
    Trajectory patient = fixture.cohort().get(0);
    List<PathGradient.Point> each = new ArrayList<>();
    List<double[]> differences = new ArrayList<>();
    double[][] c = new double[1][];
    for (Trajectory reference : references) {
      Explainer one =
          Explainer.withReferences(model, ReferenceBank.of(model, List.of(reference), 1), options);
      one.withPath(
          patient,
          path -> {
            c[0] = coefficients(1, path.gradient().size())[0];
            each.add(path.gradient().points(c).get(0));
            differences.add(path.gradient().difference().clone());
            return null;
          });
    }
    Explainer both =
        Explainer.withReferences(model, ReferenceBank.of(model, references, 2), options);
    both.withPath(
        patient,
        path -> {
          PathGradient.Point mean = path.gradient().points(c).get(0);
          double score = (each.get(0).score() + each.get(1).score()) / 2;
          assertThat(mean.score()).isCloseTo(score, within(1e-12));
          assertThat(path.gradient().scores(c)[0]).isCloseTo(score, within(1e-12));
          for (int i = 0; i < path.gradient().size(); i++) {
            double expected =
                (each.get(0).gradient()[i] * differences.get(0)[i]
                        + each.get(1).gradient()[i] * differences.get(1)[i])
                    / 2;
            assertThat(mean.gradient()[i]).isCloseTo(expected, within(1e-12));
          }
          return null;
        });
  }

  /** The rows of the table are those that the patient's codes have, scaled. */
  @Test
  void theCodesThatAPathEndsAt() {
    for (String name : List.of("multi-label", "scaled-pooled-norm")) {
      Fixture fixture = Fixture.named(name);
      Model model = fixture.model("ejml");
      ExplainOptions options = Options.plain(Quadrature.RIGHT, 1).build();
      Trajectory patient = fixture.cohort().get(0);
      Explainer.of(model, null, options)
          .withPath(
              patient,
              path -> {
                var codes = path.gradient().codes();
                int[] ids = model.tokenize(patient).inputIds();
                assertThat(codes.codes()).isEqualTo(Arrays.copyOf(ids, codes.codes().length));
                // from zero the difference is the row itself
                int width = codes.table().width();
                double[] rows = model.withBackend(model.transformer()::codeRows);
                for (int i = 0; i < codes.codes().length * width; i++) {
                  assertThat(path.gradient().difference()[codes.offset() + i])
                      .isEqualTo(rows[codes.codes()[i / width] * width + i % width]);
                }
                return null;
              });
    }
  }

  @Test
  void digNeedsATableOfCodes() {
    Fixture fixture = Fixture.named("bigru-last-real");
    Model model = fixture.model("simd");
    ExplainOptions options = Options.zero().build().withMethod(PathMethods.DIG);
    assertThatThrownBy(() -> Explainer.of(model, null, options))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "the method dig leads from code to code, but attributions of the model ")
        .hasMessageEndingWith(
            " are not taken at a table of code embeddings (attribution_point 'code'); choose"
                + " another method");
  }

  /** Codes and tabular values of the result have one; nothing else changes in other methods. */
  @Test
  void standardErrorsAreInTheResult() {
    Fixture fixture = Fixture.named("multi-label");
    Model model = fixture.model("ejml");
    ExplainOptions options = options(fixture, PathMethods.SHAPLEY);
    Explainer explainer = Explainer.of(model, fixture.baseline(model), options);
    Trajectory patient = fixture.cohort().get(0);
    Attribution a = explainer.explain(patient);
    assertThat(a.tokens()).isNotEmpty().allMatch(t -> t.standardError() >= 0);
    assertThat(a.tabular()).isNotEmpty().allMatch(t -> t.standardError() >= 0);
    assertThat(a.tokens().stream().mapToDouble(TokenScore::standardError).max().orElse(0))
        .isPositive();
    assertThat(a.tokens())
        .allSatisfy(t -> assertThat(t.scores().l2()).isEqualTo(Math.abs(t.scores().signed())));
    assertThat(a.completenessGap()).isLessThan(1e-12);
    assertThat(a.notes().gradients()).isZero();
    Attribution ig =
        Explainer.of(model, fixture.baseline(model), options(fixture, PathMethods.IDGI))
            .explain(patient);
    assertThat(ig.tokens()).allMatch(t -> t.standardError() == null);
    assertThat(ig.tabular()).allMatch(t -> t.standardError() == null);
    assertThat(ig.notes().gradients()).isEqualTo(13);
  }
}
