package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of a baseline that stands for no usual patient, in a real browser. */
class ReportReferenceTest extends InABrowser {
  private static Path page;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    String probabilities = "\"baseline_probability\":[^,]*,\"explained_probability\":[^,]*,";
    String[] others = {
      "\"baseline_probability\":0.79,\"explained_probability\":0.35,",
      "\"baseline_probability\":0.62,\"explained_probability\":0.9,",
      "\"baseline_probability\":0.03,\"explained_probability\":0.01,",
      "\"baseline_probability\":0.5,\"explained_probability\":0.5,",
      "", // of an earlier version
    };
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < others.length; i++) {
      lines.add(MadeUpResults.patient(6 * i).replaceFirst(probabilities, others[i]));
    }
    page = report(temp, lines);
  }

  @Test
  void oneAboveHalfIsAWarning() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.texts(".warning.reference"))
        .singleElement()
        .asString()
        .contains("above this patient", "79.0% there and 35.0% here", "risk is lower");
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
