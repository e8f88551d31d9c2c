package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A report on many patients stays a file that can be mailed. How long it takes to open is printed,
 * not asserted: it depends on the machine.
 */
@Tag("process")
class ReportSizeTest {
  private static final int PATIENTS = 5000;

  @TempDir Path temp;

  @Test
  void fiveThousandPatientsAreAtMostEightMegabytes() throws Exception {
    Path results = temp.resolve("results.jsonl");
    Path report = temp.resolve("report.html");
    try (Writer out = Files.newBufferedWriter(results)) {
      for (int i = 0; i < PATIENTS; i++) {
        out.write(MadeUpResults.usualPatient(i) + "\n");
      }
    }
    assertThat(Cli.run("report", "--in", results, "--out", report).code()).isZero();
    assertThat(Files.size(report)).isLessThan(8_000_000);

    try (Browser browser = Browser.start()) {
      browser.size(1600, 1000);
      browser.open(report, "#cohort");
      System.out.printf(
          "report of %d patients, %.1f MB: first paint after %.0f ms, cohort shown after %.0f ms%n",
          PATIENTS,
          Files.size(report) / 1e6,
          time(browser, "first-contentful-paint"),
          time(browser, "shown"));
      assertThat(browser.texts("#found")).containsExactly("5,000 patients");
      assertThat(browser.all(".swarms circle")).hasSizeBetween(1000, 4000);
      browser.one("#more").click();
      assertThat(browser.all("#list li")).hasSize(PATIENTS);
      browser.open(report, "#patient-5000");
      assertThat(browser.texts(".patient-head h1 bdi")).containsExactly("patient-4999");
      assertThat(browser.all(".event")).hasSizeGreaterThan(20);
      assertThat(browser.problems()).isEmpty();
    }
  }

  private static double time(Browser browser, String event) {
    String script = "return performance.getEntriesByName(arguments[0])[0].startTime";
    return ((Number) browser.ask(script, event)).doubleValue();
  }

  /** Without the browser's own unpacking there is one line, and no other. */
  @Test
  void aBrowserThatCannotUnpackIsTold() {
    Fixture.write(temp.resolve("results.jsonl"), MadeUpResults.patient(0) + "\n");
    Path report = InABrowser.report(temp.resolve("results.jsonl"), temp.resolve("report.html"));
    try (Browser browser = Browser.start()) {
      browser.before("delete window.DecompressionStream");
      browser.open(report, "#patient-1");
      assertThat(browser.texts("main"))
          .containsExactly(
              "This browser cannot unpack the report. Please open it in a newer one:"
                  + " Chrome or Edge 80, Firefox 113, Safari 16.4, or later.");
      assertThat(browser.problems()).isEmpty();
    }
  }
}
