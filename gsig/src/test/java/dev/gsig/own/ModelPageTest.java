package dev.gsig.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.testing.PagePrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/your-own-model.md}, compiled as they stand there, and run. */
class ModelPageTest {
  @TempDir private static Path folder;
  private static PagePrograms page;

  @BeforeAll
  static void compile() throws IOException {
    page = new PagePrograms(Path.of("../docs/your-own-model.md"), folder);
  }

  @AfterAll
  static void close() throws IOException {
    page.close();
  }

  @Test
  void theModelIsOfFortyLines() {
    assertThat(page.source("RiskModel").lines().count()).isLessThanOrEqualTo(40);
    assertThat(page.source("RiskModel").lines()).allMatch(line -> line.length() <= 100);
    assertThat(page.source("Explain").lines()).allMatch(line -> line.length() <= 100);
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /**
   * The logit z is linear in every input x, so of the probability the attribution of x is {@code
   * dz/dx (x - x0) (p - p0) / (z - z0)}.
   */
  @Test
  void integratedGradientsOfTheProbabilityAreTheClosedForm() {
    Trajectory patient =
        new Trajectory(
            "p", List.of(Visit.of("I50", "E11"), Visit.of("N18")), Map.of("age", 81.0), null);
    double[][] rows = {{1, 1}, {1.5, -0.5}, {-1, 0.25}, {0.5, 2}};
    double[] signed = new double[rows.length];
    double z = 0.3 * 1.6 - 0.4;
    for (int j = 0; j < rows.length; j++) {
      signed[j] = (0.8 * rows[j][0] + 0.6 * rows[j][1]) / rows.length;
      z += signed[j];
    }
    double z0 = -0.4;
    double mean = (sigmoid(z) - sigmoid(z0)) / (z - z0);
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.IG)
            .quadrature(Quadrature.GAUSS_LEGENDRE)
            .steps(32)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
            .target(Target.PROBABILITY)
            .build();
    try (ExplainableModel model = page.create("RiskModel", ExplainableModel.class)) {
      Attribution found = Explainer.of(model, null, options).explain(patient);
      assertThat(found.score()).isCloseTo(sigmoid(z), within(1e-14));
      assertThat(found.tokens()).hasSize(3);
      for (Attribution.TokenScore token : found.tokens()) {
        int j = token.position();
        assertThat(token.scores().signed()).isCloseTo(signed[j] * mean, within(1e-12));
        double x = 0.8 * rows[j][0] / 4 * mean;
        double y = 0.6 * rows[j][1] / 4 * mean;
        assertThat(token.scores().l2()).isCloseTo(Math.hypot(x, y), within(1e-12));
      }
      assertThat(found.specialTokens().signed()).isCloseTo(signed[0] * mean, within(1e-12));
      assertThat(found.tabular().get(0).value()).isEqualTo(81);
      assertThat(found.tabular().get(0).signed()).isCloseTo(0.48 * mean, within(1e-12));
      assertThat(found.completenessGap()).isLessThan(1e-12);
    }
  }

  @Test
  void theProgramExplainsByEveryMethodEvaluatesAndReports() throws ReflectiveOperationException {
    List<String> lines = page.run("Explain");
    assertThat(lines).hasSize(5);
    assertThat(lines.subList(0, 4))
        .allMatch(line -> line.startsWith("{\"subject_id\":\"p\",") && line.contains("\"I50\""));
    assertThat(lines.get(2)).contains("\"measure\":");
    assertThat(lines.get(3)).contains("\"baseline\":\"references\"");
    assertThat(lines).noneMatch(line -> line.contains("\"inputs\""));
    assertThat(lines.get(4)).matches("comprehensiveness -?0\\.[0-9]+");
  }
}
