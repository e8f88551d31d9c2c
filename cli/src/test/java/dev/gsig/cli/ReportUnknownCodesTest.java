package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Codes that the model does not know, in the report, in a real browser. */
class ReportUnknownCodesTest extends InABrowser {
  private static Path page;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    String some =
        MadeUpResults.patient(3)
            .replaceFirst("\"known\":true,\"l2\":[^,]*,", "\"known\":false,\"l2\":99.0,")
            .replaceFirst("\"code\":\"[^\"]*\"", "\"code\":\"x_1\"")
            .replace(
                "\"unknown_codes\":0,\"truncated_tokens\":0",
                "\"unknown_codes\":1,\"truncated_tokens\":12")
            .replace("\"empty_visits\":0", "\"empty_visits\":2");
    String none =
        MadeUpResults.patient(4)
            .replace("\"known\":true", "\"known\":false")
            .replaceAll("\"code\":\"d_", "\"code\":\"y_")
            .replace("\"unknown_codes\":0", "\"unknown_codes\":9");
    String earlier =
        MadeUpResults.patient(5)
            .replace("\"known\":true,", "")
            .replaceFirst(",\"unknown_codes\".*", "}");
    page = report(temp, List.of(some, none, earlier));
  }

  @Test
  void theyAreMarkedAndNotAmongTheStrongest() {
    browser.openUnfolded(page, "#patient-1");

    assertThat(browser.texts(".chip.unknown .text")).containsExactly("x_1");
    assertThat(browser.texts(".chip .mark")).containsExactly("? unknown to the model");
    assertThat(browser.texts(".falls th[scope=row] bdi")).isNotEmpty().doesNotContain("x_1");
    assertThat(browser.texts(".falls th[scope=row]")).contains("1 code unknown to the model");
    List<String> notes = browser.texts(".note.record li");
    assertThat(notes).hasSize(4);
    assertThat(notes.get(0)).startsWith("1 code not in the model\u2019s vocabulary.");
    assertThat(notes.get(1)).startsWith("12 tokens cut");
    assertThat(notes.get(2))
        .startsWith("1 value missing")
        .endsWith("; the training mean stands for each.");
    assertThat(notes.get(3)).startsWith("2 visits without codes");
  }

  @Test
  void aPatientOfNothingElseIsAWarning() {
    browser.openUnfolded(page, "#patient-2");

    assertThat(browser.one(".warning.record").getText())
        .contains("The model knows none of this patient\u2019s codes.");
    assertThat(browser.all(".chip:not(.unknown)")).isEmpty();
    assertThat(browser.texts(".falls th[scope=row] bdi")).doesNotContain("y_1");
    browser.picture(Path.of("target", "report", "unknown-codes.png"));
  }

  @Test
  void theCohortDoesNotListThem() {
    browser.openUnfolded(page, "#cohort");

    assertThat(browser.texts(".codes-table th[scope=row]"))
        .isNotEmpty()
        .noneMatch(text -> text.startsWith("x_") || text.startsWith("y_"));
    assertThat(browser.one(".unknown-codes").getText())
        .contains("different codes not in the model\u2019s vocabulary left out");
    assertThat(browser.texts("main > .keys-row .key"))
        .anyMatch(text -> text.contains("of the codes unknown to the model"));
  }

  @Test
  void resultsOfAnEarlierVersionSayThatTheyDoNotTell() {
    browser.openUnfolded(page, "#patient-3");

    assertThat(browser.texts(".note")).anyMatch(text -> text.startsWith("An earlier version"));
    assertThat(browser.all(".chip.unknown")).isEmpty();
  }
}
