package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyCommandTest {
  @TempDir Path temp;

  private static Cli.Outcome study(Fixture f, Object... options) {
    List<Object> args = new ArrayList<>(List.of("study", "--model", f.model, "--cohort", f.cohort));
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  private static JsonObject read(Path folder) {
    return Json.read(folder.resolve("study.json"));
  }

  private static double mean(JsonObject object, String key) {
    return (double) object.object(key).raw("mean");
  }

  @Test
  void surfacesOverStepsAndTheta() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path out = temp.resolve("study");
    Cli.Outcome run =
        study(
            f,
            "--steps",
            "64,8",
            "--theta",
            "list:0.5,2",
            "--out",
            out,
            "--backend",
            "ejml",
            "--plots",
            out);
    assertThat(run.code()).as(run.err()).isZero();
    for (String name : List.of("l21", "l21-change", "gap", "comprehensiveness", "sufficiency")) {
      assertThat(Fixture.read(out.resolve("study-" + name + ".svg")))
          .contains("</title")
          .doesNotContain("NaN");
    }
    assertThat(run.out()).contains("removal rule delete", "sums on shared gradients");
    JsonObject json = read(out);
    List<JsonObject> surface = json.objects("surface");
    assertThat(surface).hasSize(2 * 3);
    assertThat(surface.get(0).integer("steps")).isEqualTo(8);
    assertThat(surface)
        .extracting(c -> (double) c.raw("theta"))
        .containsExactly(.5, 1., 2., .5, 1., 2.);
    assertThat(surface.subList(0, 3).stream().mapToInt(c -> c.integer("chosen_by_patients")).sum())
        .isEqualTo(3);
    for (JsonObject row : json.objects("chosen")) {
      assertThat(mean(row, "l21_change")).isLessThanOrEqualTo(0);
    }
    assertThat(Fixture.lines(out.resolve("study.csv"))).hasSize(1 + 6 * 7);

    // Sums on shared gradients are those that are computed in full, to 0.1%.
    Path exact = temp.resolve("exact");
    study(
        f,
        "--steps",
        "8,64",
        "--theta",
        "list:0.5,2",
        "--out",
        exact,
        "--backend",
        "ejml",
        "--theta-search",
        "exact");
    List<JsonObject> full = read(exact).objects("surface");
    for (int i = 0; i < 6; i++) {
      double l21 = mean(full.get(i), "l21");
      assertThat(mean(surface.get(i), "l21")).isCloseTo(l21, within(2e-3 * l21));
    }
  }

  /** One step is at a = 1 whatever theta is, so there is nothing to choose. */
  @Test
  void oneStepKnowsNoTheta() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Path out = temp.resolve("study");
    study(f, "--steps", "1", "--theta-search", "exact", "--out", out);
    JsonObject row = read(out).objects("chosen").get(0);
    assertThat(mean(row, "l21_change")).isZero();
    assertThat(mean(row, "theta")).isEqualTo(1);
    assertThat(mean(row, "comprehensiveness_signed_change")).isZero();
  }

  @Test
  void refusals() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    for (Object[] wrong :
        new Object[][] {
          {"--steps", "8,x"},
          {"--steps", "0"},
          {"--theta", "continuous"},
          {"--theta", "0.5"},
          {"--patients", "0"},
          {"--baseline", "references"},
          {"--theta-search", "quick"},
          {"--patients", "1"}
        }) {
      Cli.Outcome run = study(f, wrong);
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.errLines()).singleElement().asString().startsWith("gsig: ");
    }
  }
}
