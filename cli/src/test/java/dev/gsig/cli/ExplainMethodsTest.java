package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The methods beside GS-IG and IG, as {@code explain} writes them. */
class ExplainMethodsTest {
  @TempDir Path temp;

  private static List<JsonObject> results(Fixture f) {
    return Fixture.lines(f.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  private static void assertRefused(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.errLines()).singleElement().asString().contains(parts);
  }

  @Test
  void theBoundedMeasureReportsItsWeights() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Cli.Outcome run = f.explain("--method", "bounded-measure", "--steps", "20");
    assertThat(run.code()).as(run.err()).isZero();
    int complete = 0;
    for (JsonObject result : results(f)) {
      JsonObject measure = result.object("measure");
      List<?> weights = (List<?>) measure.raw("weights");
      assertThat(weights).hasSize(20);
      assertThat(weights.stream().mapToDouble(w -> (double) w).sum()).isCloseTo(1, within(1e-4));
      assertThat(weights).allMatch(w -> (double) w >= 0.0249 && (double) w <= 0.1001);
      assertThat((List<?>) measure.raw("alphas")).hasSize(20);
      assertThat((double) result.raw("theta")).isEqualTo(1);
      if ((boolean) measure.raw("complete")) {
        complete++;
        assertThat((double) result.raw("completeness_gap")).isLessThan(1e-9);
        assertThat((double) measure.raw("duality_gap")).isLessThanOrEqualTo(1e-4);
        assertThat((double) result.raw("l21"))
            .isLessThanOrEqualTo((double) result.raw("l21_theta1") * (1 + 1e-6));
      }
    }
    boolean warned = run.err().contains("no weights within the bounds are complete");
    assertThat(warned).isEqualTo(complete < 3);
  }

  /** With one step there is one weight, and it is complete only by chance. */
  @Test
  void anInfeasibleMeasureIsWarnedOf() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Cli.Outcome run = f.explain("--method", "bounded-measure", "--steps", "1");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains(
            "warning: no weights within the bounds are complete for 3 patients; equal weights"
                + " were taken");
    assertThat(results(f)).allMatch(r -> !(boolean) r.object("measure").raw("complete"));
  }

  @Test
  void expectedGradientsStartFromPatients() {
    Fixture f = Fixture.copy(Fixture.MULTIMODAL, temp);
    Cli.Outcome run =
        f.explain(
            "--method",
            "expected-gradients",
            "--references",
            f.validation,
            "--reference-count",
            "2",
            "--quadrature",
            "gauss-legendre",
            "--steps",
            "12");
    assertThat(run.code()).as(run.err()).isZero();
    for (JsonObject result : results(f)) {
      assertThat(result.string("baseline")).isEqualTo("references");
      assertThat(result.string("tabular_baseline")).isEqualTo("references");
      double sum = (double) result.object("special_tokens").raw("signed");
      for (String part : List.of("tokens", "tabular")) {
        sum += result.objects(part).stream().mapToDouble(t -> (double) t.raw("signed")).sum();
      }
      double change = (double) result.raw("score") - (double) result.raw("baseline_score");
      double gap = (double) result.raw("completeness_gap");
      assertThat(Math.abs(sum - change)).isCloseTo(gap, within(1e-4));
    }
    assertThat(Json.read(f.provenance()).object("inputs").integer("references")).isEqualTo(2);
  }

  @Test
  void refusals() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    String bounded = "bounded-measure";
    String expected = "expected-gradients";
    assertRefused(f.explain("--method", expected), "needs --references");
    assertRefused(f.explain("--references", f.validation), "is for --method expected-gradients");
    assertRefused(
        f.explain("--method", expected, "--references", f.validation, "--baseline", "zero"),
        "--baseline is for --method gsig, ig, bounded-measure, ",
        "; expected-gradients makes no use");
    assertRefused(f.explain("--baseline", "references"), "the baseline 'references'");
    assertRefused(
        f.explain("--method", expected, "--references", f.folder.resolve("none.jsonl")),
        "no such file");
    assertRefused(
        f.explain("--method", expected, "--references", f.validation, "--reference-count", "0"),
        "--reference-count must be at least 1");
    assertRefused(f.explain("--method", bounded, "--theta", "0.5"), "--theta is for --method gsig");
    assertRefused(
        f.explain("--method", bounded, "--quadrature", "left"),
        "bounded-measure makes no use of it");
    assertRefused(
        f.explain("--method", bounded, "--lambda-l1", "1"), "bounded-measure makes no use of it");
  }
}
