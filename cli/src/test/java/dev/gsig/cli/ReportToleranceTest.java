package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of an integral to a tolerance, in a real browser. */
@Tag("process")
class ReportToleranceTest {
  private static Path page;
  private static Browser browser;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    browser = Browser.start();
    String[] how = {
      "\"gradients\":9,\"tolerance\":0.01,\"error_estimate\":0.0042,\"tolerance_reached\":true,"
          + "\"steep_end\":null,",
      "\"gradients\":129,\"tolerance\":0.01,\"error_estimate\":0.23,\"tolerance_reached\":false,"
          + "\"steep_end\":null,",
      "\"gradients\":31,\"tolerance\":0.01,\"error_estimate\":0.9,\"tolerance_reached\":false,"
          + "\"steep_end\":\"start\",",
      "",
    };
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < how.length; i++) {
      String result = MadeUpResults.patient(6 * i);
      lines.append(result.replaceFirst("\"tokens\":", how[i] + "\"tokens\":")).append('\n');
    }
    Path file = temp.resolve("results.jsonl");
    // OneRun tells runs apart by the tolerance: the fourth is of a run without.
    String[] all = lines.toString().split("\n");
    Fixture.write(file, String.join("\n", all[0], all[1], all[2]) + "\n");
    page = temp.resolve("report.html");
    Cli.Outcome made = Cli.run("report", "--in", file, "--out", page);
    assertThat(made.code()).as(made.err()).isZero();
    Path other = temp.resolve("other.jsonl");
    Fixture.write(other, String.join("\n", all[0], all[3]) + "\n");
    Cli.Outcome refused = Cli.run("report", "--in", other, "--out", temp.resolve("no.html"));
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("is of another run", "tolerance null in place of 0.01");
    browser.size(1600, 1000);
  }

  @AfterAll
  static void close() {
    browser.close();
  }

  @AfterEach
  void nothingWentWrong() {
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void theEstimatedErrorStandsBesideTheGap() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.all(".warning.tolerance")).isEmpty();
    assertThat(browser.texts(".sums .about"))
        .anyMatch(t -> t.contains("Estimated error of the contributions: 0.4%, with 9 gradients"));
  }

  @Test
  void oneThatIsNotReachedIsAWarning() {
    browser.openUnfolded(page, "#patient-2");
    assertThat(browser.texts(".warning.tolerance"))
        .singleElement()
        .asString()
        .contains("did not reach its tolerance of 1.0%", "may be off by 23.0%");
  }

  @Test
  void aPathThatIsSteepAtItsStartNeedsAnotherBaseline() {
    browser.openUnfolded(page, "#patient-3");
    assertThat(browser.texts(".warning.tolerance"))
        .singleElement()
        .asString()
        .contains("right at the baseline of the path", "Another baseline is needed");
  }
}
