package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names, roles, order and contrast, by axe-core's rules of WCAG 2 A and AA, in a real browser. */
class ReportAccessTest extends ReportPage {
  private static final String RULES =
      "const done = arguments[0];"
          + "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
          + ".then(found => done(found.violations.map(rule => rule.id + ': '"
          + " + rule.nodes.map(node => node.html.slice(0, 160)).slice(0, 3).join(' | '))),"
          + " error => done([String(error)]))";

  private static String axe() throws IOException {
    try (InputStream in = ReportAccessTest.class.getResourceAsStream("/axe.min.js")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void assertAccessible(String what) throws IOException {
    browser.ask(axe());
    assertThat((List<?>) browser.askLater(RULES)).as(what).isEmpty();
    List<String> levels =
        browser.contents("h1, h2, h3, h4").isEmpty()
            ? List.of()
            : ((List<?>)
                    browser.ask(
                        "return [...document.querySelectorAll('h1, h2, h3, h4')]"
                            + ".filter(h => h.checkVisibility()).map(h => h.tagName[1])"))
                .stream().map(String::valueOf).toList();
    assertThat(levels).as(what).startsWith("1").containsOnlyOnce("1");
    for (int i = 1; i < levels.size(); i++) {
      assertThat(Integer.parseInt(levels.get(i)))
          .as(what)
          .isLessThanOrEqualTo(Integer.parseInt(levels.get(i - 1)) + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"1600, light", "1600, dark", "360, light", "360, dark"})
  void thereIsNothingInTheWayOfAnybody(int width, String scheme) throws IOException {
    browser.size(width, 900);
    browser.look(scheme, "screen");
    for (String view : List.of("#cohort", "#patient-3", "#patient-40")) {
      browser.openUnfolded(page, view);
      assertAccessible(view + " " + width + " " + scheme);
    }
    browser.open(page, "#patients");
    browser.ask(axe());
    assertThat((List<?>) browser.askLater(RULES)).as("list").isEmpty();
  }

  @Test
  void norOfOutcomesAndLabels(@TempDir Path temp) throws IOException {
    Path cohort = temp.resolve("cohort.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < PATIENTS - 1; i++) {
      lines.append(MadeUpResults.ofCohort(i, i % 2));
    }
    Fixture.write(cohort, lines.toString());
    Path told =
        report(page.resolveSibling("results.jsonl"), temp.resolve("told.html"), "--cohort", cohort);
    for (String view : List.of("#cohort", "#patient-1")) {
      browser.openUnfolded(told, view);
      assertAccessible(view);
    }
  }
}
