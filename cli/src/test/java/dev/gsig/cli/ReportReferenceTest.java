package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of a baseline that stands for no usual patient, in a real browser. */
@Tag("process")
class ReportReferenceTest {
  private static Path page;
  private static Browser browser;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    browser = Browser.start();
    String probabilities = "\"baseline_probability\":[^,]*,\"explained_probability\":[^,]*,";
    String[] others = {
      "\"baseline_probability\":0.79,\"explained_probability\":0.35,",
      "\"baseline_probability\":0.62,\"explained_probability\":0.9,",
      "\"baseline_probability\":0.03,\"explained_probability\":0.01,",
      "\"baseline_probability\":0.5,\"explained_probability\":0.5,",
      "", // of an earlier version
    };
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < others.length; i++) {
      lines
          .append(MadeUpResults.patient(6 * i).replaceFirst(probabilities, others[i]))
          .append('\n');
    }
    Path file = temp.resolve("results.jsonl");
    Fixture.write(file, lines.toString());
    page = temp.resolve("report.html");
    Cli.Outcome made = Cli.run("report", "--in", file, "--out", page);
    assertThat(made.code()).as(made.err()).isZero();
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
  void oneAboveHalfIsAWarning() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.texts(".warning.reference"))
        .singleElement()
        .asString()
        .contains("above this patient\u2019s", "79.0% there and 35.0% here", "why it is lower");
    browser.picture(Path.of("target", "report", "reference.png"));

    browser.openUnfolded(page, "#patient-2");
    assertThat(browser.texts(".warning.reference"))
        .singleElement()
        .asString()
        .contains("above 50%", "62.0% there and 90.0% here", "only what it is higher by");
  }

  @Test
  void oneAboveAPatientOfLittleRiskIsANote() {
    browser.openUnfolded(page, "#patient-3");
    assertThat(browser.all(".warning.reference")).isEmpty();
    assertThat(browser.texts(".note.reference"))
        .singleElement()
        .asString()
        .contains("3.0% there and 1.0% here");
  }

  @Test
  void anotherIsNotSpokenOf() {
    browser.openUnfolded(page, "#patient-4");
    assertThat(browser.all(".reference")).isEmpty();
    assertThat(browser.one(".sums .about").getText()).contains("50.0% at the baseline, 50.0% here");
  }

  @Test
  void resultsOfAnEarlierVersionDoNotTell() {
    browser.openUnfolded(page, "#patient-5");
    assertThat(browser.all(".reference")).isEmpty();
    assertThat(browser.one(".sums .about").getText()).doesNotContain("Probability");
  }
}
