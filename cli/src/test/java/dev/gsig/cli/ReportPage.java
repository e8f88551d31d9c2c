package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tests of the report in a browser share: a report on 40 made-up patients, the last of whom
 * tries to break out of the page. After each test the console must be empty, nothing but the page
 * itself have been requested, and nothing from the data have run.
 */
abstract class ReportPage extends InABrowser {
  static final int PATIENTS = 40;
  static final String HOSTILE_ID = "<script>window.broken=1</script>\"'&lt;";
  static final String HOSTILE_CODE = "</script><img src=x onerror=window.broken=1>\"'`&";

  static Path page;
  static List<JsonObject> results;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < PATIENTS - 1; i++) {
      lines.add(MadeUpResults.patient(i));
    }
    lines.add(MadeUpResults.patient(PATIENTS - 1, HOSTILE_ID, HOSTILE_CODE));
    results = lines.stream().map(line -> Json.object(line, "made up")).toList();
    Path model = MadeUpResults.model(temp.resolve("model"), HOSTILE_CODE);
    page = report(temp, lines, "--model", model);
  }

  @BeforeEach
  void onAScreen() {
    browser.size(1600, 1000);
    browser.look("light", "screen");
  }

  @AfterEach
  void nothingWentWrong() {
    assertThat(browser.requests()).isNotEmpty().allMatch(url -> browser.isOpened(url));
    assertThat(browser.ask("return window.broken")).isNull();
  }

  static void openPatient(int number) {
    browser.openUnfolded(page, "#patient-" + (number + 1));
  }

  static List<Double> numbers(List<JsonObject> list, String key) {
    return list.stream().map(entry -> entry.number(key)).toList();
  }

  /** Scores and their sums, as the page holds them: to five digits of a patient's largest. */
  static void assertScores(List<Double> shown, List<Double> values) {
    assertThat(shown).hasSameSizeAs(values);
    for (int i = 0; i < values.size(); i++) {
      assertThat(shown.get(i)).isCloseTo(values.get(i), within(2e-4));
    }
  }

  /** What is shown is the value, rounded, and rounded again to what is shown, with its sign. */
  static void assertShows(List<String> shown, List<Double> values) {
    assertThat(shown).hasSameSizeAs(values);
    for (int i = 0; i < values.size(); i++) {
      String text = shown.get(i).replace('\u2212', '-').replace("+", "");
      int digits = text.contains(".") ? text.length() - text.indexOf('.') - 1 : 0;
      assertThat(Double.parseDouble(text))
          .as(shown.get(i))
          .isCloseTo(values.get(i), within(0.7 * Math.pow(10, -digits)));
    }
  }
}
