package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.A;
import static dev.gsig.attribution.HandMadeModel.B;
import static dev.gsig.attribution.HandMadeModel.C;
import static dev.gsig.attribution.HandMadeModel.CLS;
import static dev.gsig.attribution.HandMadeModel.PAD;
import static dev.gsig.attribution.HandMadeModel.SEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.ClosedFormPath;
import dev.gsig.attribution.path.Integrands;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectedGradientsTest {
  @TempDir Path folder;

  /** f(x, y) = x y + y^3 at (2, 3), from some references. */
  private static MeanPath product(double[]... references) {
    List<PathGradient> paths = new ArrayList<>();
    for (double[] r : references) {
      double[] d = {2 - r[0], 3 - r[1]};
      paths.add(
          new ClosedFormPath(
              d,
              r[0] * r[1] + Math.pow(r[1], 3),
              33,
              a -> {
                double x = r[0] + a * d[0];
                double y = r[1] + a * d[1];
                return new double[] {y, x + 3 * y * y};
              }));
    }
    return new MeanPath(
        new MeanPath.References() {
          @Override
          public int count() {
            return paths.size();
          }

          @Override
          public void with(int index, Consumer<PathGradient> use) {
            use.accept(paths.get(index));
          }
        });
  }

  @Test
  void isTheMeanOfTheExactIntegrals() {
    double[][] references = {{0, 0}, {1, -1}, {-4, 2}};
    MeanPath expected = product(references);
    double[] eg = expected.integrate(Quadrature.GAUSS_LEGENDRE.rule(4, 1));
    // integral of y along the path is the mean of its ends; of x y + y^3 the rest of the change
    double x = 0;
    double sum = 0;
    for (double[] r : references) {
      x += (2 - r[0]) * (3 + r[1]) / 2 / 3;
      sum += (33 - r[0] * r[1] - Math.pow(r[1], 3)) / 3;
    }
    assertThat(eg).containsExactly(new double[] {x, sum - x}, within(1e-12));
    assertThat(expected.endScore() - expected.startScore()).isCloseTo(sum, within(1e-12));
    Candidate c = Integrands.norms(expected, 1, true, true).exact(1, eg);
    assertThat(c.gap()).isLessThan(1e-12);
    assertThat(c.attribution()).isEqualTo(eg);
    assertThat(c.l21()).isCloseTo(Math.abs(x) + Math.abs(sum - x), within(1e-12));
  }

  @Test
  void oneReferenceIsIntegratedGradients() {
    MeanPath expected = product(new double[] {0.5, -2});
    double[][] at = expected.at(new double[] {0, 0.25});
    // differences 1.5 and 5; gradients y and x + 3 y^2
    assertThat(at[0]).containsExactly(new double[] {1.5 * -2, 5 * (0.5 + 12)}, within(1e-12));
    double y = -0.75;
    assertThat(at[1])
        .containsExactly(new double[] {1.5 * y, 5 * (0.875 + 3 * y * y)}, within(1e-12));
  }

  @Test
  void theStartScoreNeedsNoGradient() {
    assertThat(product(new double[] {0, 1}, new double[] {1, 2}).startScore())
        .isEqualTo((1 + 10) / 2.0);
  }

  private static ExplainOptions options() {
    Options o = Options.plain(Quadrature.GAUSS_LEGENDRE, 3);
    o.method = PathMethods.EXPECTED_GRADIENTS;
    return o.baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES).build();
  }

  /** A linear model: every code gets w (row - mean of the references' rows) / length. */
  @Test
  void aLinearModelByHand() {
    Model model =
        HandMadeModel.binary(0, 0, 0)
            .withTabular()
            .classifier(1, new double[] {6, 3, 2, -4}, 0.5)
            .load(folder);
    List<Trajectory> validation =
        List.of(
            HandMadeModel.patient("v1", Map.of("age", 60.0), Visit.of("a")),
            HandMadeModel.patient(
                "v2", Map.of("age", 30.0, "bmi", 35.0), Visit.of("b", "c"), Visit.of("c")));
    ReferenceBank bank = ReferenceBank.of(model, validation, 20);
    assertThat(bank.size()).isEqualTo(2);
    Attribution a =
        Explainer.withReferences(model, bank, options())
            .explain(HandMadeModel.abThenC(Map.of("age", 50.0, "bmi", 30.0)));
    // v1: CLS a SEP PAD ...   v2: CLS b c SEP c SEP   patient: CLS a b SEP c SEP
    double ofA = weighted(A, A, B);
    double ofB = weighted(B, SEP, C);
    double ofC = weighted(C, PAD, C);
    assertThat(a.tokens()).hasSize(3);
    assertThat(a.tokens().get(0).scores().signed()).isCloseTo(ofA, within(1e-12));
    assertThat(a.tokens().get(1).scores().signed()).isCloseTo(ofB, within(1e-12));
    assertThat(a.tokens().get(2).scores().signed()).isCloseTo(ofC, within(1e-12));
    double special = weighted(CLS, CLS, CLS) + weighted(SEP, PAD, SEP) + weighted(SEP, PAD, SEP);
    assertThat(a.specialTokens().signed()).isCloseTo(special, within(1e-12));
    // normalised ages 1 and -2, bmi 0 and 2, against 0 and 1
    assertThat(a.tabular().get(0).signed()).isCloseTo(2 * (0 - -0.5), within(1e-12));
    assertThat(a.tabular().get(1).signed()).isCloseTo(-4 * (1 - 1), within(1e-12));
    assertThat(a.completenessGap()).isLessThan(1e-12);
    assertThat(a.sequenceBaseline().label()).isEqualTo("references");
    assertThat(a.tabularBaseline().label()).isEqualTo("references");
    assertThat(a.notes().gradients()).isEqualTo(2 * 3);
  }

  private static double weighted(double[] row, double[] one, double[] other) {
    double x = row[0] - (one[0] + other[0]) / 2;
    double y = row[1] - (one[1] + other[1]) / 2;
    return (6 * x + 3 * y) / 6;
  }

  @Test
  void aCohortIsAsItsPatientsAre() {
    Fixture fixture = Fixture.named("visit-age-type");
    Model model = fixture.model("simd");
    ReferenceBank bank = ReferenceBank.of(model, fixture.cohort(), 2);
    Explainer explainer = Explainer.withReferences(model, bank, options());
    List<Attribution> together = new ArrayList<>();
    explainer.explainAll(fixture.cohort(), 2, together::add);
    assertThat(together).isEqualTo(fixture.cohort().stream().map(explainer::explain).toList());
  }

  @Test
  void referencesAreTakenAtEqualDistances() {
    Model model = HandMadeModel.binary(1, 1, 0).load(folder);
    String[] codes = {"a", "b", "c", "a", "b", "c", "a"};
    List<Trajectory> validation = new ArrayList<>();
    for (String code : codes) {
      validation.add(HandMadeModel.patient(code, Map.of(), Visit.of(code)));
    }
    ReferenceBank bank = ReferenceBank.of(model, validation, 3);
    // floor((i + 1/2) 7 / 3) = 1, 3, 5
    assertThat(bank.values(Model.SEQUENCE, 0)).containsSubsequence(B);
    assertThat(bank.values(Model.SEQUENCE, 1)).containsSubsequence(A);
    assertThat(bank.values(Model.SEQUENCE, 2)).containsSubsequence(C);
  }

  @Test
  void refusals() {
    Model model = HandMadeModel.binary(1, 1, 0).load(folder);
    List<Trajectory> one = List.of(HandMadeModel.abThenC(Map.of()));
    assertThatThrownBy(() -> Explainer.of(model, null, options()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "the method expected-gradients starts from validation patients; give a bank of them");
    assertThatThrownBy(() -> ReferenceBank.of(model, List.of(), 3))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("the validation cohort has no patient; name another file");
    assertThatThrownBy(() -> ReferenceBank.of(model, one, 0))
        .isInstanceOf(IllegalArgumentException.class);
    ReferenceBank bank = ReferenceBank.of(model, one, 1);
    assertThatThrownBy(() -> Explainer.withReferences(model, bank, Options.zero().build()))
        .isInstanceOf(IllegalArgumentException.class);
    ExplainOptions missing = options().toBuilder().explainedClass(2).build();
    assertThatThrownBy(() -> Explainer.withReferences(model, bank, missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("class 2 does not exist");
  }
}
