package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.plots.internal.Histogram;
import dev.gsig.plots.internal.Histogram.Bar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain --plots}: the files that it writes show the numbers of the results. */
class ExplainPlotsTest {
  private static final List<String> COHORT =
      List.of("cohort-gap.svg", "cohort-l21-reduction.svg", "cohort-theta.svg");

  @TempDir Path temp;

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<JsonObject> results(Fixture f) {
    return Fixture.lines(f.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  @Test
  void showsTheNumbersOfTheResults() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path svg = temp.resolve("svg");
    Cli.Outcome run =
        f.explain("--method", "gsig", "--plots", svg, "--plot-patients", 2, "--plot-width", 89);
    assertThat(run.code()).as(run.err()).isZero();
    List<String> expected = new ArrayList<>(COHORT);
    for (int p = 1; p <= 2; p++) {
      for (String plot : List.of("theta", "timeline", "waterfall")) {
        expected.add("patient-" + p + "-" + plot + ".svg");
      }
    }
    assertThat(names(svg)).containsExactlyElementsOf(expected);

    List<JsonObject> results = results(f);
    JsonObject second = results.get(1);
    String id = second.string("subject_id");
    String fall = Fixture.read(svg.resolve("patient-2-waterfall.svg"));
    assertThat(fall)
        .contains("width=\"89mm\"", ">" + id + ": from the reference to the prediction<")
        .contains(">" + Text.percent(second.number("baseline_probability")) + "<")
        .contains(">" + Text.percent(second.number("explained_probability")) + "<");
    Map<String, Double> sums = new HashMap<>();
    second
        .objects("tokens")
        .forEach(t -> sums.merge(t.string("code"), t.number("signed"), Double::sum));
    second.objects("tabular").forEach(t -> sums.put(t.string("name"), t.number("signed")));
    double largest = sums.values().stream().max(Comparator.comparing(Math::abs)).orElseThrow();
    // The strongest is the first behind the reference.
    String figure = String.format(Locale.ROOT, "%+.2f", largest).replace('-', '\u2212');
    assertThat(fall.substring(fall.indexOf(">reference<")))
        .containsSubsequence("%<", ">" + figure + "<");
    assertThat(Fixture.read(svg.resolve("patient-2-theta.svg")))
        .contains(">" + id + ": what theta changes<", ">theta<");

    Map<Double, Integer> counts = new TreeMap<>();
    results.forEach(result -> counts.merge(result.number("theta"), 1, Integer::sum));
    List<Bar> bars = new ArrayList<>();
    counts.forEach((theta, n) -> bars.add(new Bar(Text.decimal(theta, 2), n)));
    assertThat(Fixture.read(svg.resolve("cohort-theta.svg")))
        .isEqualTo(
            new Histogram("Thetas that GS-IG chose", "n = " + results.size(), "patients", bars)
                .svg(89));
  }

  /** Only what five patients have is ranked, by the size of its effect, its sign kept. */
  @Test
  void theCohortsDriversAreThoseThatEnoughPatientsHave() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    List<String> patients = Fixture.lines(f.cohort);
    StringBuilder more = new StringBuilder();
    for (int copy = 0; copy < 5; copy++) {
      for (String patient : patients) {
        more.append(patient.replaceFirst("\"subject_id\": *\"", "$0" + copy + "-")).append('\n');
      }
    }
    Fixture.write(f.cohort, more.toString());
    Path svg = temp.resolve("svg");
    assertThat(f.explain("--method", "ig", "--plots", svg, "--plot-patients", 0).code()).isZero();

    Map<String, Double> totals = new HashMap<>();
    for (JsonObject result : results(f)) {
      Map<String, Double> sums = new HashMap<>();
      for (JsonObject token : result.objects("tokens")) {
        if (token.bool("known", true)) {
          sums.merge(token.string("code"), token.number("signed"), Double::sum);
        }
      }
      result.objects("tabular").forEach(t -> sums.put(t.string("name"), t.number("signed")));
      sums.forEach((name, signed) -> totals.merge(name, Math.abs(signed), Double::sum));
    }
    List<String> ranked =
        totals.entrySet().stream()
            .sorted(Comparator.comparing(e -> -e.getValue()))
            .limit(20)
            .map(e -> ">" + e.getKey().replace('_', ' ') + "<")
            .toList();
    String plot = Fixture.read(svg.resolve("cohort-drivers.svg")).replace('_', ' ');
    assertThat(plot).contains(">" + ranked.get(0).substring(1)).contains("n = 5", "effect on the ");
    assertThat(ranked).allMatch(plot::contains);
    for (int i = 1; i < ranked.size(); i++) {
      assertThat(plot.indexOf(ranked.get(i))).isGreaterThan(plot.indexOf(ranked.get(i - 1)));
    }
    // Of four of them nothing is said.
    Fixture.write(
        f.cohort, String.join("\n", more.toString().lines().toList().subList(0, 4)) + "\n");
    assertThat(f.explain("--method", "ig", "--overwrite", "--plots", svg).code()).isZero();
    assertThat(svg.resolve("cohort-drivers.svg")).doesNotExist();
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
    assertThat(files).hasSize(3 + 3 * 3).containsAll(COHORT);
    final String whole = Fixture.read(svg.resolve("cohort-gap.svg"));
    assertThat(Fixture.read(svg.resolve("patient-1-waterfall.svg")))
        .contains("../&lt;b&gt;&amp;\\u0007: from the reference");
    Fixture.write(f.out, Fixture.lines(f.out).get(0) + "\n");
    assertThat(f.explain("--resume", "--plots", svg).code()).isZero();
    assertThat(names(svg)).isEqualTo(files);
    assertThat(Fixture.read(svg.resolve("cohort-gap.svg"))).isEqualTo(whole);
  }

  /** Plots of codes, which earlier versions drew, are replaced, too; the names are not enough. */
  @Test
  void aPlotOfAnotherProgramIsNotReplaced() throws IOException {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Path svg = temp.resolve("svg");
    assertThat(f.explain("--plots", svg).code()).isZero();
    Path plot = svg.resolve("cohort-theta.svg");
    Fixture.write(svg.resolve("cohort-codes.svg"), Fixture.read(plot));
    assertThat(f.explain("--overwrite", "--plots", svg).code()).isZero();
    assertThat(svg.resolve("cohort-codes.svg")).doesNotExist();
    String other = Fixture.read(plot).replaceAll("<!--[^-]*gsig-->", "");
    assertThat(other).contains("<svg").doesNotContain("gsig-->");
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
    assertThat(names(svg))
        .contains("patient-1-waterfall.svg")
        .doesNotContain("patient-1-theta.svg");
  }

  @Test
  void refusals() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    for (Object[] wrong :
        new Object[][] {
          {"--plots", f.cohort},
          {"--plots", temp.resolve("svg"), "--plot-patients", "-1"},
          {"--plot-patients", "5"},
          {"--plot-width", "89"},
          {"--plots", temp.resolve("svg"), "--plot-width", "100"},
        }) {
      Cli.Outcome run = f.explain(wrong);
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.errLines()).singleElement().asString().startsWith("gsig: ");
      assertThat(f.out).doesNotExist();
    }
  }
}
