package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of changed records, in a real browser. */
class ReportWhatIfTest extends InABrowser {

  private static Path page;
  private static Path without;
  private static Path model;
  private static String broken;
  private static List<JsonObject> results;

  @BeforeAll
  static void makeTheReports(@TempDir Path temp) {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    model = f.model;
    Fixture.write(
        f.model.resolve("display.json"),
        "{\"tabular\":{\"age\":{\"unit\":\"years\"},"
            + "\"sex\":{\"name\":\"gender\",\"unit\":\"%\",\"values\":{\"0\":\"female\",\"1\":\"male\"}}}}");
    Fixture.write(f.model.resolve("descriptions.json"), "{\"l_007\":\"<b>Lactate</b>\"}");
    Path report = temp.resolve("report.html");
    Cli.Outcome run =
        f.explain(
            "--report", report, "--with", "age=60", "--without", "l_007,sex", "--tolerance", 0.01);
    assertThat(run.code()).as(run.err()).isZero();
    page = report;
    results = Fixture.lines(f.out).stream().map(line -> Json.object(line, "result")).toList();
    broken = Fixture.read(f.out).replaceFirst("\"score_change\":[^,]+", "\"score_change\":\"x\"");
    run = f.explain("--overwrite");
    assertThat(run.code()).as(run.err()).isZero();
    without = report(f.out, temp.resolve("without.html"));
  }

  /** The rows are the answers, by the reading that is shown; removals in its sign. */
  @Test
  void theNumbersAreThoseOfTheResults() {
    for (int number = 0; number < results.size(); number++) {
      browser.openUnfolded(page, "#patient-" + (number + 1));
      for (String method : List.of("ig", "gsig")) {
        browser.one("#reading-" + method).click();
        JsonObject led = ResultReadings.ledBy(results.get(number), method);
        List<Double> expected = new ArrayList<>();
        for (JsonObject answer : led.objects("what_if")) {
          if (answer.has("probability")) {
            expected.add(led.number("explained_probability"));
            expected.add(answer.number("probability"));
            if (answer.has("without")) {
              expected.add(0 - answer.number("score_change"));
            }
            expected.add(answer.number("attributed"));
          }
        }
        assertThat(expected).hasSizeGreaterThanOrEqualTo(4 * 4 + 3);
        assertThat(browser.values(".what-ifs tbody data")).isEqualTo(expected);
      }
    }
  }

  @Test
  void aChangeIsSaidInWords() {
    browser.openUnfolded(page, "#patient-3");
    List<String> rows = browser.texts(".what-ifs tbody th");
    assertThat(rows.get(0)).isEqualTo("without <b>Lactate</b> and gender");
    assertThat(rows.get(1)).isEqualTo("with age 60 years");
    assertThat(rows).anyMatch(row -> row.equals("with age unknown"));
    assertThat(browser.one(".what-if .about").getText()).contains("Two questions");
    assertThat(browser.texts(".what-ifs thead th").get(2)).isEqualTo("removal gives it (log-odds)");
  }

  /** Page and terminal show values alike. */
  @Test
  void wordsAndUnitsAreThoseOfTheTerminal() {
    Words words = new Words(Descriptions.NONE, Display.in(model));
    browser.open(page, "#patient-1");
    for (String name : List.of("age", "sex", "other")) {
      assertThat(words.feature(name)).isEqualTo(browser.ask("return featureName('" + name + "')"));
      for (Double value : Arrays.asList(0.0, 1.0, 61.5, 0.00031234, 123456.7, -3.0, 84.599, null)) {
        Object shown = browser.ask("return featureValue('" + name + "', " + value + ")");
        assertThat(words.value(name, value)).isEqualTo(shown.toString().replace('\u2212', '-'));
      }
    }
  }

  @Test
  void itIsFoldedBelowTheWaterfall() {
    browser.open(page, "#patient-2");
    assertThat(browser.ask("return document.getElementById('fold-what-if').open")).isEqualTo(false);
    assertThat(
            browser.ask(
                "return document.getElementById('fold-what-if').previousElementSibling.className"))
        .isEqualTo("card waterfall");
  }

  @Test
  void itFitsANarrowScreen() {
    browser.size(360, 900);
    try {
      for (int number = 0; number < results.size(); number++) {
        browser.openUnfolded(page, "#patient-" + (number + 1));
        assertThat(browser.ask("return document.documentElement.scrollWidth"))
            .isEqualTo(browser.ask("return document.documentElement.clientWidth"));
      }
    } finally {
      browser.size(1600, 1000);
    }
  }

  @Test
  void resultsWithoutAnswersHaveNoSuchPart() {
    browser.openUnfolded(without, "#patient-2");
    assertThat(browser.texts(".what-if")).isEmpty();
  }

  @Test
  void whatThePageCannotShowIsRefused(@TempDir Path temp) {
    Path file = temp.resolve("results.jsonl");
    Fixture.write(file, broken);
    Cli.assertRefused(
        Cli.run("report", "--in", file, "--out", temp.resolve("no.html")), "score_change");
  }
}
