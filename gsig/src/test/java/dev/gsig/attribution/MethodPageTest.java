package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.AttributionNorms;
import dev.gsig.attribution.path.ClosedFormPath;
import dev.gsig.attribution.path.Integrands;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.testing.PagePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/your-own-method.md}, compiled as they stand there, and run. */
class MethodPageTest {
  private static final Path DEMO = Path.of("..", "demo");

  @TempDir private static Path folder;
  private static PagePrograms page;
  private static PathMethod simpson;

  @BeforeAll
  static void compile() throws IOException {
    page = new PagePrograms(Path.of("../docs/your-own-method.md"), folder);
    simpson = page.create("Simpson", PathMethod.class);
  }

  @AfterAll
  static void close() throws IOException {
    page.close();
  }

  /** f(x, y) = x^4 + x y from (-1, 2) to (2, 3): the gradient on the line is a cubic of a. */
  @Test
  void itsClosedForm() {
    ClosedFormPath path =
        new ClosedFormPath(
            new double[] {3, 1},
            1 - 2,
            16 + 6,
            a -> {
              double x = -1 + 3 * a;
              return new double[] {4 * x * x * x + 2 + a, x};
            });
    AttributionNorms norms = Integrands.norms(path, 1, true, true);
    PathResult result = simpson.attribute(path, norms, Options.zero().steps(1).build().path());
    // x: (2^4 - 1) + 3 * 2.5; y: the mean of x, 1/2
    assertThat(result.attribution()).containsExactly(new double[] {22.5, 0.5}, within(1e-12));
    assertThat(result.l21()).isCloseTo(23, within(1e-12));
    assertThat(result.completenessGap()).isLessThan(1e-12);
    assertThat(path.gradients()).isEqualTo(3);
  }

  @Test
  void theProgramExplainsTheDemo() throws ReflectiveOperationException, IOException {
    List<String> patients = Files.readAllLines(DEMO.resolve("test.jsonl")).subList(0, 3);
    Path few = Files.write(folder.resolve("few.jsonl"), patients);
    List<String> lines = page.run("Why", DEMO.resolve("model").toString(), few.toString());
    assertThat(lines).hasSize(3);
    Model model = Model.load(DEMO.resolve("model"));
    Baseline baseline = Baseline.load(DEMO.resolve("model/baseline.safetensors"));
    Explainer exact =
        Explainer.of(
            model,
            baseline,
            ExplainOptions.DEFAULT.toBuilder()
                .method(PathMethods.IG)
                .quadrature(Quadrature.GAUSS_LEGENDRE)
                .steps(32)
                .build());
    List<Trajectory> read = CohortReader.readAll(few);
    for (int i = 0; i < 3; i++) {
      String[] parts = lines.get(i).split(" ");
      Attribution expected = exact.explain(read.get(i));
      assertThat(parts[0]).isEqualTo(expected.subjectId());
      assertThat(Double.parseDouble(parts[1]))
          .isCloseTo(expected.l21(), within(1e-3 * expected.l21()));
      assertThat(Double.parseDouble(parts[2])).isLessThan(1e-2);
    }
  }

  /** All codes are known, so it differs from the patient; of unknown ones nothing is left. */
  @Test
  void theBaselineOfUnknownCodes() {
    Model model = Model.load(DEMO.resolve("model"));
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .baselines(page.create("Unknown", SequenceBaseline.class), TabularBaselines.SELF)
            .build();
    Explainer explainer = Explainer.of(model, null, options);
    Trajectory known = CohortReader.readAll(DEMO.resolve("test.jsonl")).get(0);
    assertThat(explainer.explain(known).l21()).isPositive();
    Trajectory unknown =
        HandMadeModel.patient("u", known.tabular(), Visit.of("?1"), Visit.of("?2"));
    Attribution nothing = explainer.explain(unknown);
    assertThat(nothing.l21()).isZero();
    assertThat(nothing.scoreEqualsBaseline()).isTrue();
  }

  @Test
  void anOptionThatItDoesNotReadIsRefused() {
    assertThatThrownBy(
            () ->
                ExplainOptions.DEFAULT.toBuilder()
                    .method(simpson)
                    .quadrature(Quadrature.LEFT)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quadrature is for --method ig, expected-gradients; ig-simpson makes no use of it,"
                + " leave it out");
  }

  @Test
  void anAttributionThatIsTooShortIsRefused() {
    ClosedFormPath path = Integrands.constant(1);
    assertThatThrownBy(() -> Integrands.objective(path).result(new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attribution has one entry for each of the 2 inputs, but there are 1");
  }
}
