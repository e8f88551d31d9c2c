package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.plots.internal.Plots;
import dev.gsig.plots.internal.Plots.Bar;
import dev.gsig.plots.internal.Plots.Interval;
import dev.gsig.plots.internal.Plots.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain --plots}: the files that it writes show the numbers of the results. */
class ExplainPlotsTest {
  private static final List<String> COHORT =
      List.of("cohort-codes.svg", "cohort-gap.svg", "cohort-l21-reduction.svg", "cohort-theta.svg");

  @TempDir Path temp;

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<JsonObject> results(Fixture f) {
    return Fixture.lines(f.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  private static double[] numbers(List<JsonObject> rows, String key) {
    return rows.stream().mapToDouble(row -> row.number(key)).toArray();
  }

  @Test
  void showsTheNumbersOfTheResults() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path svg = temp.resolve("svg");
    Cli.Outcome run = f.explain("--method", "gsig", "--plots", svg, "--plot-patients", 2);
    assertThat(run.code()).as(run.err()).isZero();
    List<String> expected = new ArrayList<>(COHORT);
    for (int p = 1; p <= 2; p++) {
      expected.add("patient-" + p + "-codes.svg");
      expected.add("patient-" + p + "-theta.svg");
    }
    assertThat(names(svg)).containsExactlyElementsOf(expected);

    List<JsonObject> results = results(f);
    JsonObject second = results.get(1);
    String id = second.string("subject_id");
    List<JsonObject> curve = new ArrayList<>(second.objects("theta_curve"));
    curve.sort(Comparator.comparingDouble(point -> point.number("theta")));
    double[] thetas = numbers(curve, "theta");
    assertThat(Fixture.read(svg.resolve("patient-2-theta.svg")))
        .isEqualTo(
            Plots.lines(
                id + ": l21 and completeness gap",
                "theta",
                "score",
                List.of(
                    new Line("l21", thetas, numbers(curve, "l21")),
                    new Line("completeness gap", thetas, numbers(curve, "completeness_gap")))));
    List<Interval> codes = new ArrayList<>();
    for (JsonObject token : second.objects("tokens")) {
      double signed = token.number("signed");
      codes.add(
          new Interval(
              "visit " + (token.integer("visit") + 1) + ": " + token.string("code"),
              signed,
              Math.min(0, signed),
              Math.max(0, signed)));
    }
    assertThat(Fixture.read(svg.resolve("patient-2-codes.svg")))
        .isEqualTo(Plots.intervals(id + ": codes", "signed contribution, by visit", codes));

    Map<Double, Integer> counts = new TreeMap<>();
    results.forEach(result -> counts.merge(result.number("theta"), 1, Integer::sum));
    List<Bar> bars = new ArrayList<>();
    counts.forEach((theta, n) -> bars.add(new Bar(Text.decimal(theta, 2), n)));
    assertThat(Fixture.read(svg.resolve("cohort-theta.svg")))
        .isEqualTo(Plots.bars("theta of the patients", "theta", "patients", bars));
  }

  /** Earlier plots are replaced; a resumed run is drawn as a whole; identifiers name no file. */
  @Test
  void aResumedRunIsDrawnAsAWhole() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Fixture.write(
        f.cohort, Fixture.read(f.cohort).replaceFirst("\"p\\d\"", "\"../<b>&\\\\u0007\""));
    Path svg = temp.resolve("a/svg");
    assertThat(f.explain("--plots", svg).code()).isZero();
    List<String> files = names(svg);
    assertThat(files).hasSize(4 + 2 * 3).containsAll(COHORT);
    final String whole = Fixture.read(svg.resolve("cohort-codes.svg"));
    assertThat(Fixture.read(svg.resolve("patient-1-codes.svg")))
        .contains("../&lt;b&gt;&amp;\\u0007: codes");
    Fixture.write(f.out, Fixture.lines(f.out).get(0) + "\n");
    assertThat(f.explain("--resume", "--plots", svg).code()).isZero();
    assertThat(names(svg)).isEqualTo(files);
    assertThat(Fixture.read(svg.resolve("cohort-codes.svg"))).isEqualTo(whole);
  }

  /** Others draw with the same library, perhaps into files of the same names. */
  @Test
  void aPlotOfAnotherProgramIsNotReplaced() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Path svg = temp.resolve("svg");
    assertThat(f.explain("--plots", svg).code()).isZero();
    Path plot = svg.resolve("cohort-theta.svg");
    String other = Fixture.read(plot).replaceAll("<!--[^-]*gsig-->", "");
    assertThat(other).contains("Batik").doesNotContain("gsig-->");
    Fixture.write(plot, other);
    Cli.Outcome run = f.explain("--overwrite", "--plots", svg);
    Cli.assertRefused(run, "cohort-theta.svg");
    assertThat(Fixture.read(plot)).isEqualTo(other);
  }

  @Test
  void withoutThetaThereIsNoCurve() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Path svg = temp.resolve("svg");
    assertThat(f.explain("--method", "ig", "--plots", svg, "--plot-patients", 1).code()).isZero();
    assertThat(names(svg)).contains("patient-1-codes.svg").doesNotContain("patient-1-theta.svg");
  }

  @Test
  void refusals() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    for (Object[] wrong :
        new Object[][] {
          {"--plots", f.cohort},
          {"--plots", temp.resolve("svg"), "--plot-patients", "-1"},
          {"--plot-patients", "5"},
        }) {
      Cli.Outcome run = f.explain(wrong);
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.errLines()).singleElement().asString().startsWith("gsig: ");
      assertThat(f.out).doesNotExist();
    }
  }
}
