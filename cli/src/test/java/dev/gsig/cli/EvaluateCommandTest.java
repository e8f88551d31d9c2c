package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
  @TempDir Path temp;

  private Cli.Outcome evaluate(Fixture f, Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("evaluate", "--model", f.model, "--cohort", f.cohort));
    if (!List.of(options).contains("--steps")) {
      args.addAll(List.of("--steps", 6));
    }
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  private static void assertRefused(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errLines().get(outcome.errLines().size() - 1))
        .startsWith("gsig: ")
        .contains(parts);
  }

  @Test
  void labelsThatAreNoClassesOfTheModelAreRefused() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    String sound = Fixture.read(f.cohort);
    Fixture.write(f.cohort, sound.replaceFirst("\"label\": 1", "\"label\": 7"));
    for (String command : List.of("evaluate", "study")) {
      Cli.assertRefused(
          Cli.run(command, "--model", f.model, "--cohort", f.cohort, "--steps", 2),
          "patient \"p1\" has the label 7, but the model's classes are 0 to 1");
    }
    Fixture.write(f.cohort, sound.replace("\"label\": 1", "\"other\": 1"));
    Cli.assertRefused(
        Cli.run("evaluate", "--model", f.model, "--cohort", f.cohort, "--steps", 2),
        "every patient with a label (1) has the label 0");
  }

  @Test
  void nothingIsReplacedWhereNothingIsWritten() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    for (String command : List.of("evaluate", "study")) {
      Cli.assertRefused(
          Cli.run(command, "--model", f.model, "--cohort", f.cohort, "--overwrite"),
          "--overwrite is for --out DIR; leave it out");
    }
  }

  @Test
  void everyBaselineEveryMethodAndTheControls() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path out = temp.resolve("evaluation");
    Cli.Outcome run =
        evaluate(f, "--references", f.validation, "--out", out, "--threads", 2, "--plots", out);
    assertThat(run.code()).as(run.err()).isZero();
    for (Metric metric : Metric.measured(new SampledMetrics(1, 0, 0.1))) {
      String name = metric.label().replace('_', '-');
      assertThat(Fixture.read(out.resolve("evaluation-" + name + ".svg")))
          .contains("<title>" + metric.title() + "</title")
          .doesNotContain("NaN");
    }
    assertThat(run.out())
        .contains("3 patients (label 0: 1, label 1: 2)", "3 references")
        .contains("removal rule delete, k = 1, 5, 10, 20, 50% of the codes, at least one")
        .contains("Difference from IG, right Riemann, on the zero baseline");
    assertThat(run.err()).contains("note: 1% is less than one code in 3 patients");
    JsonObject json = Json.read(out.resolve("evaluation.json"));
    assertThat(json.integer("patients")).isEqualTo(3);
    List<JsonObject> rows = json.objects("rows");
    assertThat(rows).hasSize(6 * 6 + 4);
    for (JsonObject row : rows) {
      JsonObject difference = row.object("comprehensiveness_l2").object("difference_to_ig_zero");
      if ("ig".equals(row.string("method")) && "zero".equals(row.raw("baseline"))) {
        assertThat(difference.raw("mean")).isEqualTo(0.0);
      }
      if ("random".equals(row.string("method"))) {
        assertThat(row.object("l21").raw("mean")).isNull();
      }
      if ("bounded-measure".equals(row.string("method"))
          && Long.valueOf(0).equals(row.raw("constraint_not_met"))) {
        assertThat((double) row.object("completeness_gap_relative").raw("high")).isLessThan(1e-9);
      }
    }
    // header, then a line for each method and metric, or patient and method
    assertThat(Fixture.lines(out.resolve("evaluation.csv"))).hasSize(1 + 40 * 10);
    List<String> patients = Fixture.lines(out.resolve("evaluation-patients.csv"));
    assertThat(patients).hasSize(1 + 40 * 3);
    assertThat(patients.get(1)).startsWith("p0,4,");
  }

  @Test
  void theMethodsOfOthersOnDemand() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path out = temp.resolve("evaluation");
    Cli.Outcome run = evaluate(f, "--comparators", "--baselines", "zero", "--out", out);
    assertThat(run.code()).as(run.err()).isZero();
    List<JsonObject> rows = Json.read(out.resolve("evaluation.json")).objects("rows");
    assertThat(rows)
        .extracting(row -> row.string("method"))
        .contains("idgi", "guided-ig", "dig", "shapley")
        .hasSize(6 + 4 + 3);
    for (JsonObject row : rows) {
      if (List.of("idgi", "shapley").contains(row.string("method"))) {
        JsonObject gap = row.object("completeness_gap_relative");
        assertThat((double) gap.raw("high")).isLessThan(1e-4);
      }
    }
    Cli.assertRefused(
        evaluate(f, "--comparators", "--methods", "ig"),
        "--comparators adds to the default; name them in --methods");
  }

  /** Where attributions are not taken at the code embedding. */
  @Test
  void digIsLeftOutUnlessItIsAskedForByName() {
    Fixture f = Fixture.withBaseline("bigru-last-real", temp);
    Cli.Outcome run = evaluate(f, "--comparators", "--baselines", "zero");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("note: the method dig is left out");
    assertThat(run.out()).contains("Guided IG").doesNotContain("DIG");
    assertRefused(
        evaluate(f, "--methods", "dig", "--baselines", "zero"),
        "the method dig leads from code to code");
  }

  /** The mean of what is written for each patient is what the summary says. */
  @Test
  void theSummaryIsTheMeanOfThePatients() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path out = temp.resolve("evaluation");
    evaluate(f, "--methods", "gsig", "--baselines", "pad", "--out", out);
    List<String[]> patients =
        Fixture.lines(out.resolve("evaluation-patients.csv")).stream()
            .skip(1)
            .map(line -> line.split(",", -1))
            .toList();
    double mean =
        patients.stream().mapToDouble(cells -> Double.parseDouble(cells[5])).average().orElse(0);
    String[] summary = Fixture.lines(out.resolve("evaluation.csv")).get(1).split(",", -1);
    assertThat(Arrays.asList(summary).subList(0, 4))
        .containsExactly("pad", "gsig", "comprehensiveness_l2", "3");
    assertThat(Double.parseDouble(summary[4]))
        .isCloseTo(mean, org.assertj.core.api.Assertions.within(1e-5));
    assertThat(summary[9]).isEmpty(); // IG on the zero baseline was not asked for
  }

  @Test
  void allButTheTimesIsTheSameAgain() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Path one = temp.resolve("one");
    Path two = temp.resolve("two");
    evaluate(f, "--references", f.validation, "--out", one, "--threads", 1);
    evaluate(f, "--references", f.validation, "--out", two, "--threads", 3);
    assertThat(withoutTimes(two)).isEqualTo(withoutTimes(one));
  }

  private static List<String> withoutTimes(Path folder) {
    return Fixture.lines(folder.resolve("evaluation.csv")).stream()
        .filter(line -> !line.contains("milliseconds"))
        .toList();
  }

  @Test
  void smallMovesAndRandomWeights() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    List<String> outputs = new ArrayList<>();
    for (int threads : new int[] {1, 3}) {
      Path out = temp.resolve("evaluation" + threads);
      Cli.Outcome run =
          evaluate(
              f,
              "--methods",
              "ig,random",
              "--baselines",
              "zero",
              "--metrics",
              "infidelity,max-sensitivity",
              "--infidelity-draws",
              "7",
              "--sensitivity-draws",
              "2",
              "--sensitivity-radius",
              "0.1",
              "--sanity-check",
              "--threads",
              threads,
              "--out",
              out);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out())
          .contains("infidelity  infidelity normalised", "max sensitivity")
          .contains("Scores under random weights, from the classifier down to each part")
          .containsPattern("random scores +1.00, 1.00 +1.00, 1.00");
      JsonObject json = Json.read(out.resolve("evaluation.json"));
      assertThat(json.integer("infidelity_draws")).isEqualTo(7);
      assertThat(json.integer("sensitivity_draws")).isEqualTo(2);
      assertThat(json.raw("sensitivity_radius")).isEqualTo(0.1);
      JsonObject ig = json.objects("rows").get(0);
      assertThat((double) ig.object("max_sensitivity").raw("mean")).isBetween(1e-3, 10.0);
      List<JsonObject> steps = ig.objects("sanity_check");
      assertThat(steps.get(0).string("random_down_to")).isEqualTo("classifier");
      JsonObject last = steps.get(steps.size() - 1);
      assertThat(last.string("random_down_to")).isEqualTo("embeddings");
      assertThat((double) last.object("rank_correlation_signed").raw("mean"))
          .isStrictlyBetween(-0.9, 0.9);
      JsonObject random = json.objects("rows").get(1);
      assertThat(random.object("max_sensitivity").raw("mean")).isNull();
      for (JsonObject step : random.objects("sanity_check")) {
        assertThat(step.object("rank_correlation_absolute").raw("mean")).isEqualTo(1.0);
      }
      outputs.add(
          Fixture.read(out.resolve("evaluation.json"))
              .replaceAll("\"milliseconds\":\\{[^}]*}[^}]*}", "")
              .replaceAll("\"threads\":\\d+", ""));
    }
    assertThat(outputs.get(1).equals(outputs.get(0))).isTrue();
  }

  @Test
  void onlyTheMetricsThatAreAskedFor() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Path out = temp.resolve("evaluation");
    Cli.Outcome run =
        evaluate(f, "--methods", "random", "--metrics", "max-sensitivity", "--out", out);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("max sensitivity").doesNotContain("infidelity");
    assertThat(Fixture.read(out.resolve("evaluation.json")))
        .contains("\"max_sensitivity\"")
        .doesNotContain("infidelity", "sanity_check");
    assertThat(Fixture.lines(out.resolve("evaluation-patients.csv")).get(0))
        .endsWith("milliseconds,max_sensitivity");
  }

  @Test
  void existingFilesAreKeptUnlessAskedOtherwise() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Path out = temp.resolve("evaluation");
    Object[] few = {"--methods", "random", "--out", out};
    assertThat(evaluate(f, few).code()).isZero();
    assertRefused(evaluate(f, few), "evaluation-patients.csv", "--overwrite");
    Object[] again = Arrays.copyOf(few, few.length + 1);
    again[few.length] = "--overwrite";
    assertThat(evaluate(f, again).code()).isZero();
  }

  @Test
  void modelsWithoutMask() {
    Fixture f = Fixture.withBaseline("no-sep-no-mask", temp);
    Cli.Outcome run = evaluate(f, "--methods", "ig");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains("the baseline 'mask' is left out: the model's config.json has no mask_token_id");
    assertThat(run.out()).doesNotContain("mask ");
    assertRefused(
        evaluate(f, "--baselines", "zero,mask"),
        "the baseline 'mask' needs a mask_token_id in the model's config.json");
    assertRefused(
        evaluate(f, "--baselines", "zero", "--removal", "mask"),
        "the removal rule 'mask' needs a mask_token_id in the model's config.json");
  }

  @Test
  void badCohorts() {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    List<String> lines = Fixture.lines(f.cohort);
    Fixture.write(f.cohort, "\n");
    assertRefused(evaluate(f), "cohort.jsonl", "the cohort is empty");
    Fixture.write(f.cohort, lines.get(1) + "\n" + lines.get(2) + "\n");
    assertRefused(evaluate(f), "every patient has the label 1", "both classes");
    Fixture.write(f.cohort, lines.get(1).replaceAll(", \"label\": \\d", "") + "\n");
    Cli.Outcome unlabelled = evaluate(f, "--methods", "random,occlusion");
    assertThat(unlabelled.code()).as(unlabelled.err()).isZero();
    assertThat(unlabelled.out()).startsWith("1 patient, 6 steps");
  }

  @Test
  void badOptions() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    assertRefused(evaluate(f, "--k", "0,5"), "above 0 and at most 100 percent");
    assertRefused(evaluate(f, "--k", "five"), "'five' is not a list of percentages");
    assertRefused(
        evaluate(f, "--removal", "zap"), "'zap' is not one of delete, pad, mask, baseline");
    assertRefused(evaluate(f, "--methods", "lime"), "'lime' is not one of ig, ig-gauss-legendre");
    assertRefused(evaluate(f, "--baselines", "references"), "'references' is not one of");
    assertRefused(evaluate(f, "--methods", "expected-gradients"), "needs --references");
    assertRefused(
        evaluate(f, "--methods", "ig", "--references", f.validation),
        "--references is for the method expected-gradients");
    assertRefused(evaluate(f, "--reference-count", "3"), "--reference-count is for --references");
    assertRefused(
        evaluate(f, "--methods", "random", "--baselines", "zero"), "no method that is asked for");
    assertRefused(
        evaluate(f, "--removal-baseline", "zero"), "--removal-baseline is for --removal baseline");
    assertRefused(
        evaluate(f, "--metrics", "lipschitz"), "'lipschitz' is not one of infidelity, max-sensit");
    assertRefused(evaluate(f, "--infidelity-draws", "0"), "--infidelity-draws must be at least 1");
    assertRefused(
        evaluate(f, "--sensitivity-draws", "5"), "--sensitivity-draws is for --metrics max-sens");
    assertRefused(
        evaluate(f, "--metrics", "max-sensitivity", "--infidelity-draws", "5"),
        "--infidelity-draws is for --metrics infidelity; leave it out");
    assertRefused(
        evaluate(f, "--metrics", "max-sensitivity", "--sensitivity-radius", "2"),
        "the radius must be above 0 and at most 1, but is 2");
    assertRefused(evaluate(f, "--steps", "0"), "steps must be 1 to 1000000");
    assertRefused(evaluate(f, "--threads", "0"), "--threads must be at least 1");
    assertRefused(
        evaluate(f, "--references", f.validation, "--reference-count", "0"),
        "--reference-count must be at least 1");
    Fixture bare = Fixture.copy(Fixture.SEQUENCE_ONLY, temp.resolve("bare"));
    assertRefused(evaluate(bare), "no such file", "--baselines zero");
  }

  @Test
  void everyRemovalRule() {
    Fixture f = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    for (String rule : List.of("delete", "pad", "mask", "baseline")) {
      Cli.Outcome run =
          evaluate(f, "--removal", rule, "--methods", "ig,occlusion", "--baselines", "zero");
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("removal rule " + rule);
    }
  }
}
