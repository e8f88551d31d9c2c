package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What became of the patients, in the report, in a real browser. */
class ReportOutcomesTest extends InABrowser {
  private static final int PATIENTS = 30;

  private static Path page;
  private static List<JsonObject> results;

  /** Every third patient has no label; of the others those with an even number have the outcome. */
  private static Integer label(int patient) {
    return patient % 3 == 2 ? null : Integer.valueOf(1 - patient % 2);
  }

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    List<String> lines = new ArrayList<>();
    StringBuilder cohort = new StringBuilder();
    for (int i = 0; i < PATIENTS; i++) {
      lines.add(MadeUpResults.patient(i));
      cohort.append(MadeUpResults.ofCohort(i, label(i)));
    }
    results = lines.stream().map(line -> Json.object(line, "made up")).toList();
    Path model = MadeUpResults.model(temp.resolve("model"), "none");
    Fixture.write(
        model.resolve("display.json"),
        "{\"outcome\":\"death within a year\",\"classes\":{\"0\":\"survived\",\"1\":\"died\"},"
            + "\"test\":{\"auroc\":0.81234,\"patients\":77}}");
    Fixture.write(
        model.resolve("training.json"),
        "{\"training_patients\":1234,\"settings\":{},\"epochs\":[]}");
    Fixture.write(temp.resolve("cohort.jsonl"), cohort.toString());
    page = report(temp, lines, "--model", model, "--cohort", temp.resolve("cohort.jsonl"));
  }

  @Test
  void theCohortsPageHasWhoHadTheOutcome() {
    browser.open(page, "#cohort");
    List<JsonObject> byRisk =
        results.stream()
            .sorted(Comparator.comparingDouble(r -> -r.number("explained_probability")))
            .limit(10)
            .toList();
    assertThat(browser.texts(".highest tbody th bdi"))
        .isEqualTo(byRisk.stream().map(r -> r.string("subject_id")).toList());
    List<String> outcomes =
        byRisk.stream()
            .map(r -> Integer.parseInt(r.string("subject_id").substring(8)))
            .map(i -> i % 3 == 2 ? "\u2013" : i % 2 == 0 ? "\u25cf yes" : "no")
            .toList();
    assertThat(browser.texts(".highest tbody td:nth-child(4)")).isEqualTo(outcomes);
    assertThat(browser.all("#list .came-true")).hasSize(10);
    assertThat(browser.texts("main > header .outcome"))
        .containsExactly("predicted risk of death within a year");
    assertThat(browser.texts(".risks figcaption"))
        .anyMatch(t -> t.contains("The stronger colour: those"));
    browser.picture(Path.of("target", "report", "outcomes.png"));
  }

  /** Labels of a cohort are of its task, and no numbers of tokens. */
  @Test
  void aTokenHasNoOutcome(@TempDir Path temp) {
    Path model = Path.of("..", "gsig", "src", "test", "resources", "families", "llama");
    Path cohort = model.resolve("cohort.jsonl");
    assertThat(Fixture.read(cohort)).contains("\"label\": 0", "\"label\": 1");
    Path explained = temp.resolve("results.jsonl");
    Path report = temp.resolve("report.html");
    List<Object> explain =
        new ArrayList<>(List.of("explain", "--model", model, "--cohort", cohort));
    explain.addAll(List.of("--out", explained, "--report", report, "--target", "next:d_020"));
    explain.addAll(List.of("--baseline", "zero", "--method", "ig", "--steps", 3));
    Cli.succeeds(explain.toArray());

    browser.open(report, "#cohort");
    assertThat(browser.all(".calibration, .became, .came-true")).isEmpty();
    browser.openUnfolded(report, "#patient-1");
    assertThat(browser.all(".became")).isEmpty();
    assertThat(browser.texts(".patient-head .outcome"))
        .containsExactly("predicted probability of d_020 as the next token");
    Cli.assertRefused(
        Cli.run("report", "--in", explained, "--cohort", cohort, "--out", report),
        cohort.toString(),
        "labels say nothing; leave --cohort out");
  }

  @Test
  void bandsOfRiskHaveTheirCountsAndTheAurocItsInterval() {
    browser.open(page, "#cohort");
    List<Integer> known = new ArrayList<>();
    for (int i = 0; i < PATIENTS; i++) {
      if (i % 3 != 2) {
        known.add(i);
      }
    }
    int pairs = 0;
    double right = 0;
    for (int with : known) {
      for (int without : known) {
        if (with % 2 == 0 && without % 2 == 1) {
          pairs++;
          double difference =
              results.get(with).number("explained_probability")
                  - results.get(without).number("explained_probability");
          right += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
        }
      }
    }
    assertThat(browser.values(".calibration .auroc").get(0))
        .isCloseTo(right / pairs, org.assertj.core.api.Assertions.within(1e-5));
    assertThat(browser.one(".calibration .about").getText())
        .contains("Of 20 patients with a known outcome it came true in 10 (50.0%)")
        .containsPattern("AUROC [0-9.]+ \\[[0-9.]+, [0-9.]+]");
    List<Double> counts = browser.values(".bands tbody td:nth-child(2) data");
    assertThat(counts.stream().mapToDouble(x -> x).sum()).isEqualTo(20);
    List<Double> events = browser.values(".bands tbody td:nth-child(4) data");
    assertThat(events.stream().mapToDouble(x -> x).sum()).isEqualTo(10);
    assertThat(browser.all(".bands tbody circle")).hasSameSizeAs(counts);
  }

  @Test
  void thePatientsPageSaysWhatBecameOfThem() {
    browser.open(page, "#patient-1");
    assertThat(browser.texts(".became")).containsExactly("What happened: died");
    browser.open(page, "#patient-2");
    assertThat(browser.texts(".became")).containsExactly("What happened: survived");
    browser.open(page, "#patient-3");
    assertThat(browser.all(".became")).isEmpty();
  }

  @Test
  void theModelsCardIsFolded() {
    browser.open(page, "#patient-1");
    assertThat(browser.one(".model").isDisplayed()).isFalse();
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.texts(".model tr"))
        .anyMatch(row -> row.contains("death within a year"))
        .anyMatch(row -> row.contains("0.8123 on 77 test patients"))
        .anyMatch(row -> row.contains("1,234 patients"));
  }

  @Test
  void referencesRiskierThanTheirPatientsAreCountedAndNamed() {
    browser.open(page, "#cohort");
    List<String> above =
        results.stream()
            .filter(r -> r.number("baseline_probability") > r.number("explained_probability"))
            .map(r -> r.string("subject_id"))
            .toList();
    assertThat(above).hasSizeBetween(1, PATIENTS - 1);
    assertThat(browser.values(".references > .about data")).containsExactly((double) above.size());
    assertThat(above).containsAll(browser.texts(".references a bdi"));
    assertThat(browser.texts(".references a")).hasSize(Math.min(10, above.size()));
  }

  @Test
  void withoutACohortThereAreNoOutcomes(@TempDir Path temp) {
    browser.open(report(temp, List.of(MadeUpResults.patient(0), MadeUpResults.patient(1))), "");
    assertThat(browser.all(".calibration, .became, .came-true")).isEmpty();
    assertThat(browser.texts(".highest thead th"))
        .containsExactly("Patient", "Risk", "Strongest reason");
  }
}
