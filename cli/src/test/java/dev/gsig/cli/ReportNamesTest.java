package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Driver;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What things are called on a patient's page: risk of what, of whom, in which unit. */
class ReportNamesTest extends InABrowser {
  private static final String LONG =
      "Transthoracic echocardiography with contrast-enhanced hypercholesterolaemia assessment";

  private static Path model;
  private static Path page;
  private static List<JsonObject> results;

  @BeforeAll
  static void makeTheReport(@TempDir Path temp) {
    model = MadeUpResults.model(temp.resolve("model"), "none");
    Fixture.write(
        model.resolve("display.json"),
        "{\"outcome\":\"death within a year\",\"tabular\":{\"age\":{\"unit\":\"years\"},"
            + "\"sex\":{\"values\":{\"0\":\"female\",\"1\":\"male\"}},"
            + "\"systolic_bp\":{\"name\":\"systolic blood pressure\",\"unit\":\"mmHg\"}}}");
    Fixture.write(model.resolve("descriptions.json"), "{\"d_7\":" + Json.quote(LONG) + "}");
    List<String> lines =
        IntStream.range(0, 8)
            .mapToObj(MadeUpResults::patient)
            .map(
                line ->
                    line.replace(
                        "{\"name\":\"bmi\",\"value\":null,\"signed\":0.0}",
                        "{\"name\":\"sex\",\"value\":1.0,\"signed\":0.9},"
                            + "{\"name\":\"systolic_bp\",\"value\":6087.366937454251,\"signed\":0.8}"))
            .toList();
    results = lines.stream().map(line -> Json.object(line, "made up")).toList();
    page = report(temp, lines, "--model", model);
  }

  @BeforeEach
  void onAScreen() {
    browser.size(1280, 900);
  }

  @Test
  void theTopSaysRiskOfWhatInWordsAndNoClassNumber() {
    browser.open(page, "#patient-1");
    assertThat(browser.one(".outcome").getText())
        .isEqualTo("predicted risk of death within a year");
    assertThat(browser.one(".patient-head").getText()).doesNotContain("class 1");
  }

  @Test
  void sexIsAWordAndValuesHaveTheirUnits() {
    browser.open(page, "#patient-1");
    assertThat(browser.one(".patient-head h1 small").getText()).isEqualTo("61 years, male");
    assertThat(browser.texts(".falls tbody th"))
        .contains("sex male", "systolic blood pressure 6087 mmHg");
  }

  /** The whole number is in the results; what is read has four digits. */
  @Test
  void noNumberHasMoreThanFourSignificantDigits() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.one("main").getText()).contains("6087").doesNotContain("6087.3");
  }

  @Test
  void theReferencesRiskStandsOnTopAndWhoItIs() {
    for (int i = 0; i < results.size(); i++) {
      browser.open(page, "#patient-" + (i + 1));
      assertThat(browser.one(".patient-head").getText()).contains("reference 26.9%");
      assertThat(browser.one(".say").getText())
          .startsWith("From 26.9% at the reference (the mean of the validation patients");
      assertThat(browser.texts(".falls tbody th").get(0)).startsWith("Reference");
    }
  }

  /** By the signed effect, codes with all their occurrences, values included. */
  @Test
  void theStrongestIsTheSameOnTheTerminalAndOnThePage() {
    Words words =
        new Words(Descriptions.read(model.resolve("descriptions.json")), Display.in(model));
    for (int i = 0; i < results.size(); i++) {
      Driver strongest = ReportResult.of(results.get(i), null).drivers().get(0);
      browser.open(page, "#patient-" + (i + 1));
      assertThat(browser.texts(".falls tbody th").get(1)).startsWith(words.name(strongest));
    }
  }

  /** Words whose letters stand on several lines. */
  private static final String BROKEN =
      "const broken = [];"
          + "const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);"
          + "while (walk.nextNode()) {"
          + "  if (!walk.currentNode.parentElement.checkVisibility()) continue;"
          + "  for (const word of walk.currentNode.data.matchAll(/[A-Za-z]{2,}/g)) {"
          + "    const range = document.createRange();"
          + "    range.setStart(walk.currentNode, word.index);"
          + "    range.setEnd(walk.currentNode, word.index + word[0].length);"
          + "    const tops = [...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top));"
          + "    if (new Set(tops).size > 1) broken.push(word[0]);"
          + "  }"
          + "}"
          + "return broken;";

  @ParameterizedTest
  @ValueSource(ints = {360, 800, 1280, 1600, 2560})
  void longNamesBreakBetweenWordsAndNothingScrollsSideways(int width) {
    browser.size(width, 900);
    for (int i = -1; i < results.size(); i++) {
      browser.openUnfolded(page, i < 0 ? "#cohort" : "#patient-" + (i + 1));
      assertThat(browser.ask(BROKEN)).isEqualTo(List.of());
      assertThat(browser.ask("return document.documentElement.scrollWidth"))
          .isEqualTo(browser.ask("return document.documentElement.clientWidth"));
      assertThat(browser.ask("return innerWidth")).isEqualTo((long) width);
    }
  }
}
