package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of an integral to a tolerance, in a real browser. */
class ReportToleranceTest extends InABrowser {
  private static Path page;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    String[] how = {
      "\"gradients\":9,\"tolerance\":0.01,\"error_estimate\":0.0042,\"tolerance_reached\":true,"
          + "\"steep_end\":null,",
      "\"gradients\":129,\"tolerance\":0.01,\"error_estimate\":0.23,\"tolerance_reached\":false,"
          + "\"steep_end\":null,",
      "\"gradients\":31,\"tolerance\":0.01,\"error_estimate\":0.9,\"tolerance_reached\":false,"
          + "\"steep_end\":\"start\",",
      "",
    };
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < how.length; i++) {
      String result = MadeUpResults.patient(6 * i);
      lines.add(result.replaceFirst("\"tokens\":", how[i] + "\"tokens\":"));
    }
    // OneRun tells runs apart by the tolerance: the fourth is of a run without.
    page = report(temp, lines.subList(0, 3));
    Path other = temp.resolve("other.jsonl");
    Fixture.write(other, lines.get(0) + "\n" + lines.get(3) + "\n");
    Cli.Outcome refused = Cli.run("report", "--in", other, "--out", temp.resolve("no.html"));
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("is of another run", "tolerance null in place of 0.01");
  }

  @Test
  void theEstimatedErrorStandsBesideTheGap() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.all(".warning.tolerance")).isEmpty();
    assertThat(browser.texts(".sums .about"))
        .anyMatch(t -> t.contains("Estimated error of the contributions: 0.42%, with 9 gradients"));
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
