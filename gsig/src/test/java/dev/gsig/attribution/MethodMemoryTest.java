package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * What a workspace holds after the first patient of the demo, method by method, at 50 and at 1,000
 * steps: the table of {@code docs/embed.md}.
 */
class MethodMemoryTest {
  private static final Path DEMO = Path.of("..", "demo");
  private static final int FEW = 50;
  private static final int MANY = 1000;

  private final Trajectory patient = patients("test.jsonl").get(0);

  private static List<Trajectory> patients(String name) {
    return CohortReader.readAll(DEMO.resolve(name));
  }

  private static Options of(PathMethod method, int steps) {
    Options options = Options.zero().steps(steps);
    options.method = method;
    if (method == PathMethods.EXPECTED_GRADIENTS) {
      options.sequence = SequenceBaselines.REFERENCES;
      options.tabular = TabularBaselines.REFERENCES;
    }
    return options;
  }

  private long after(Options options) {
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      Explainer explainer =
          options.method == PathMethods.EXPECTED_GRADIENTS
              ? Explainer.withReferences(
                  model, ReferenceBank.of(model, patients("validation.jsonl"), 5), options.build())
              : Explainer.of(model, null, options.build());
      explainer.explain(patient);
      return model.withWorkspace(Workspace::bytes);
    }
  }

  private static void print(String method, long few, long many) {
    System.out.printf(
        Locale.ROOT, "workspace of %s: %.1f MB, %.1f MB%n", method, few / 1e6, many / 1e6);
  }

  @Test
  void doesNotGrowWithTheSteps() {
    assertSame("ig", of(PathMethods.IG, FEW), of(PathMethods.IG, MANY));
    assertSame("gsig", of(PathMethods.GSIG, FEW), of(PathMethods.GSIG, MANY));
    assertSame(
        "gsig, exact",
        of(PathMethods.GSIG, FEW).search(ThetaCandidates.Search.EXACT),
        of(PathMethods.GSIG, MANY).search(ThetaCandidates.Search.EXACT));
    assertSame(
        "expected-gradients",
        of(PathMethods.EXPECTED_GRADIENTS, FEW),
        of(PathMethods.EXPECTED_GRADIENTS, MANY));
  }

  private void assertSame(String method, Options few, Options many) {
    long atFew = after(few);
    long atMany = after(many);
    print(method, atFew, atMany);
    // the last pass of fewer steps may take arrays of its own
    assertThat(atMany).as(method).isCloseTo(atFew, Percentage.withPercentage(10));
  }

  /** A gradient of float64 for each step. */
  @Test
  void theBoundedMeasureKeepsItsGradients() {
    long few = after(of(PathMethods.BOUNDED_MEASURE, FEW));
    long many = after(of(PathMethods.BOUNDED_MEASURE, MANY));
    print("bounded-measure", few, many);
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      long numbers =
          (long) model.tokenize(patient).length() * model.config().hiddenSize()
              + model.config().tabular().features().size();
      double kept = 8.0 * numbers * (MANY - FEW);
      assertThat(many - few).isBetween((long) (0.9 * kept), (long) (1.3 * kept));
    }
  }
}
