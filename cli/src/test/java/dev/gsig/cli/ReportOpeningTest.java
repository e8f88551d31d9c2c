package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a report takes to open is printed, not asserted: it depends on the machine. */
@Tag("process")
class ReportOpeningTest {
  private static final int PATIENTS = 500;

  @TempDir Path temp;

  @Test
  void fiveHundredPatients() throws Exception {
    Path results = temp.resolve("results.jsonl");
    Path report = temp.resolve("report.html");
    List<String> lines = IntStream.range(0, PATIENTS).mapToObj(MadeUpResults::longPatient).toList();
    Fixture.write(results, String.join("\n", lines) + "\n");
    assertThat(Cli.run("report", "--in", results, "--out", report).code()).isZero();

    try (Browser browser = Browser.start()) {
      browser.size(1600, 1000);
      for (String view : List.of("#cohort", "#patient-500")) {
        browser.open(report, view);
        double millis =
            ((Number)
                    browser.ask(
                        "return performance.getEntriesByType('navigation')[0].loadEventEnd"))
                .doubleValue();
        System.out.printf(
            Locale.ROOT,
            "report of %d patients, %.1f MB: %s open after %.2f s%n",
            PATIENTS,
            Files.size(report) / 1e6,
            view,
            millis / 1e3);
        assertThat(browser.all("main h1")).hasSize(1);
      }
      assertThat(browser.texts("#found")).containsExactly("500 patients");
      assertThat(browser.texts(".patient-head h1 bdi")).containsExactly("patient-499");
      browser.one("#more").click();
      assertThat(browser.all("#list li")).hasSize(PATIENTS);
      assertThat(browser.problems()).isEmpty();
    }
  }
}
