package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** A patient's page, in a real browser. */
class ReportPatientTest extends ReportPage {
  private static final String CLASSES =
      "return [...document.querySelectorAll('.chip')].map(e => e.className)";
  private static final String COLOURS =
      "return [...document.querySelectorAll('.chip')]"
          + ".map(e => getComputedStyle(e).backgroundColor)";

  @ParameterizedTest
  @ValueSource(ints = {0, 7, PATIENTS - 1})
  void theNumbersOfAPatientAreThoseOfTheResults(int number) {
    openPatient(number);
    JsonObject result = results.get(number);
    double probability = result.object("prediction").number("probability");
    List<JsonObject> tokens = newestFirst(result);
    List<JsonObject> visits = reversed(result.objects("visits"));

    assertThat(browser.texts(".patient-head h1 bdi")).containsExactly(result.string("subject_id"));
    assertThat(browser.values(".probability data")).containsExactly(probability);
    assertThat(browser.texts(".probability"))
        .containsExactly(String.format(Locale.ROOT, "%.1f%%", 100 * probability));
    assertThat(browser.texts(".chip .text"))
        .containsExactlyElementsOf(
            tokens.stream().map(t -> MadeUpResults.text(t.string("code"))).toList());
    assertScores(browser.values(".chip data"), numbers(tokens, "signed"));
    assertShows(browser.texts(".chip data"), numbers(tokens, "signed"));
    assertScores(browser.values(".total .signed"), numbers(visits, "signed"));
    assertScores(browser.values(".total .l2"), numbers(visits, "l2"));
    assertShows(browser.texts(".total .signed"), numbers(visits, "signed"));
    assertShows(browser.texts(".total .l2"), numbers(visits, "l2"));
  }

  private static List<JsonObject> reversed(List<JsonObject> list) {
    List<JsonObject> reversed = new ArrayList<>(list);
    Collections.reverse(reversed);
    return reversed;
  }

  /** The codes visit by visit, as the page shows them. */
  private static List<JsonObject> newestFirst(JsonObject result) {
    return result.objects("tokens").stream()
        .sorted(Comparator.comparingInt((JsonObject token) -> -token.integer("visit")))
        .toList();
  }

  /** Contributions of codes with all their occurrences and of tabular values, the largest first. */
  private static List<Double> drivers(JsonObject result) {
    Map<String, Double> sums = new LinkedHashMap<>();
    result
        .objects("tokens")
        .forEach(t -> sums.merge("code " + t.string("code"), t.number("signed"), Double::sum));
    result
        .objects("tabular")
        .forEach(t -> sums.put("value " + t.string("name"), t.number("signed")));
    return sums.values().stream()
        .sorted((a, b) -> Double.compare(Math.abs(b), Math.abs(a)))
        .toList();
  }

  @Test
  void whatMovedTheScoreIsRankedCodesAndValuesTogether() {
    openPatient(4);
    JsonObject result = results.get(4);
    List<Double> drivers = drivers(result);
    List<Double> shown = browser.values(".falls tbody .signed");

    assertThat(drivers).hasSizeGreaterThan(8);
    for (int i = 0; i < 8; i++) {
      assertThat(shown.get(i)).isCloseTo(drivers.get(i), within(1e-4));
    }
    double rest = drivers.subList(8, drivers.size()).stream().mapToDouble(x -> x).sum();
    assertThat(shown.get(8)).isCloseTo(rest, within(1e-3));
    assertThat(browser.texts(".falls tbody th").get(9))
        .isEqualTo(
            drivers.size() == 9
                ? "1 other code or value"
                : (drivers.size() - 8) + " other codes and values");
  }

  /** From the reference's score over all rows to the patient's. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 7})
  void theRowsLeadFromTheReferenceToThePatient(int number) {
    openPatient(number);
    JsonObject result = results.get(number);
    double gap = result.number("completeness_gap_relative");

    assertThat(browser.values(".falls .score"))
        .containsExactly(result.number("baseline_score"), result.number("score"));
    assertThat(browser.values(".falls tr.end strong data"))
        .containsExactly(
            result.number("baseline_probability"), result.number("explained_probability"));
    double sum = browser.values(".falls .signed").stream().mapToDouble(x -> x).sum();
    double difference = result.number("score") - result.number("baseline_score");
    // a row that is too small to be seen is left out
    assertThat(sum).isCloseTo(difference, within(0.02));
    List<Double> missing = browser.values(".falls .missing .signed");
    if (gap > 0.05) {
      assertThat(Math.abs(missing.get(0)))
          .isCloseTo(result.number("completeness_gap"), within(1e-3));
      assertThat(browser.texts(".badge.bad")).singleElement().asString().contains("as a ranking");
    } else {
      assertThat(browser.texts(".badge.good")).singleElement().asString().contains("add up");
    }
  }

  @Test
  void theSentenceNamesTheStrongestInBothDirections() {
    openPatient(4);
    JsonObject result = results.get(4);
    String say = browser.one(".say").getText();
    Map<String, Double> sums = new LinkedHashMap<>();
    result
        .objects("tokens")
        .forEach(
            t -> sums.merge(MadeUpResults.text(t.string("code")), t.number("signed"), Double::sum));
    String strongest =
        sums.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    String weakest =
        sums.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
    assertThat(say)
        .contains("the mean of the validation patients", "raised most by", "lowered most by");
    assertThat(say.substring(say.indexOf("raised"), say.indexOf("lowered"))).contains(strongest);
    assertThat(say.substring(say.indexOf("lowered"))).contains(weakest);
  }

  @Test
  void theThetaCurveIsThatOfTheResultsWithTheChosenPoint() {
    openPatient(2);
    JsonObject result = results.get(2);
    List<JsonObject> curve = result.objects("theta_curve");
    List<Double> thetas = numbers(curve, "theta").stream().sorted().toList();
    browser.one(".theta summary").click();

    assertThat(browser.values(".curve-table tbody th data")).isEqualTo(thetas);
    assertThat(browser.values(".curve-table .chosen data")).containsExactly(result.number("theta"));
    assertThat(browser.values(".curve-table td:nth-child(2) data"))
        .containsExactlyInAnyOrderElementsOf(fourDigits(curve, "l21"));
    assertThat(browser.values(".curve-table td:nth-child(3) data"))
        .containsExactlyInAnyOrderElementsOf(fourDigits(curve, "completeness_gap"));
    // Two curves, l21 above the gap, each with one point for each theta and one of them chosen.
    assertThat(browser.all("svg.theta polyline")).hasSize(2);
    assertThat(browser.all("svg.theta circle")).hasSize(2 * thetas.size());
    assertThat(browser.all("svg.theta circle.chosen")).hasSize(2);
    assertThat(browser.texts(".theta .about").get(0)).contains("Chosen: 0.5.");
    assertThat(result.number("theta")).isEqualTo(0.5);
  }

  private static List<Double> fourDigits(List<JsonObject> points, String key) {
    return numbers(points, key).stream()
        .map(x -> Double.valueOf(String.format(Locale.ROOT, "%.4g", x)))
        .toList();
  }

  @Test
  void whatItAddsUpToEndsAtTheScore() {
    openPatient(3);
    JsonObject result = results.get(3);
    List<Double> rows = browser.values(".sums td.number data");

    assertThat(rows.get(0)).isEqualTo(result.number("baseline_score"));
    assertThat(rows.get(rows.size() - 1)).isEqualTo(result.number("score"));
    double sum = rows.subList(0, rows.size() - 1).stream().mapToDouble(x -> x).sum();
    assertThat(sum).isCloseTo(result.number("score"), within(1e-12));
    double gap = result.number("completeness_gap");
    assertThat(Math.abs(rows.get(rows.size() - 2))).isCloseTo(gap, within(1e-3));
  }

  @Test
  void aLargeGapIsPointedOutAndASmallOneIsNot() {
    for (int i = 0; i < 6; i++) {
      openPatient(i);
      double gap = results.get(i).number("completeness_gap_relative");
      assertThat(browser.all("main .warning")).as("gap " + gap).hasSize(gap > 0.05 ? 1 : 0);
      if (gap > 0.05) {
        assertThat(browser.one("main .warning").getText())
            .contains(String.format(Locale.ROOT, "miss %.1f%%", 100 * gap))
            .contains(gap >= 0.5 ? "Do not read" : "with caution");
      }
    }
  }

  @Test
  void aBaselineAboveThePatientIsPointedOutAndOneBelowIsNot() {
    int above = 0;
    List<Boolean> fell = new ArrayList<>();
    List<Boolean> rose = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      openPatient(i);
      double from = results.get(i).number("baseline_probability");
      double here = results.get(i).number("explained_probability");
      assertThat(browser.all("main .note.reference")).hasSize(from > here ? 1 : 0);
      assertThat(browser.values(".sums .about data")).startsWith(from, here);
      if (from > here) {
        above++;
        assertThat(browser.values(".note.reference data")).containsExactly(from, here);
        assertThat(browser.one(".note.reference").getText())
            .contains("above this patient", "risk is lower");
      }
      String say = browser.one(".say").getText();
      if (say.contains("raised") && say.contains("lowered")) {
        (from > here ? fell : rose).add(say.indexOf("lowered") < say.indexOf("raised"));
      }
    }
    assertThat(above).isBetween(1, 5);
    // the sentence begins with what points where the risk went
    assertThat(fell).isNotEmpty().containsOnly(true);
    assertThat(rose).isNotEmpty().containsOnly(false);
  }

  @Test
  void codesAreColouredBySignedScoreOrByWeight() {
    openPatient(1);
    List<JsonObject> tokens = newestFirst(results.get(1));
    List<String> bySign =
        tokens.stream().map(t -> t.number("signed") < 0 ? "chip lowers" : "chip raises").toList();
    assertThat(browser.ask(CLASSES)).isEqualTo(bySign);
    Object signedColours = browser.ask(COLOURS);

    browser.one("#mode label:last-of-type").click();
    assertThat(browser.ask(CLASSES)).isEqualTo(tokens.stream().map(t -> "chip weight").toList());
    assertThat(browser.ask(COLOURS)).isNotEqualTo(signedColours);
    assertScores(browser.values(".chip data"), numbers(tokens, "l2"));
    assertShows(browser.texts(".chip data"), numbers(tokens, "l2"));

    browser.one("#mode label:first-of-type").click();
    assertThat(browser.ask(COLOURS)).isEqualTo(signedColours);
  }

  @Test
  void colourIsNeverTheOnlySign() {
    openPatient(1);
    List<JsonObject> tokens = newestFirst(results.get(1));
    List<String> shown = browser.texts(".chip .value");

    for (int i = 0; i < tokens.size(); i++) {
      assertThat(shown.get(i))
          .startsWith(tokens.get(i).number("signed") < 0 ? "\u25bc \u2212" : "\u25b2 +");
    }
  }

  @Test
  void aDotLeadsToItsVisit() {
    browser.open(page, "#patient-5");
    JsonObject result = results.get(4);
    List<JsonObject> tokens = result.objects("tokens");
    assertThat(browser.all(".event")).hasSameSizeAs(tokens);
    assertThat(browser.texts(".lane-name")).containsExactly("Diagnoses");
    JsonObject strongest =
        tokens.stream()
            .max(Comparator.comparingDouble(t -> Math.abs(t.number("signed"))))
            .orElseThrow();

    browser.ask("document.querySelector('.event').focus()");
    browser.press(Keys.ENTER);
    browser.until("document.activeElement.id === 'visit-" + (strongest.integer("visit") + 1) + "'");
    assertThat(browser.texts(".visit time"))
        .isEqualTo(
            reversed(result.objects("visits")).stream()
                .map(v -> v.string("time").substring(0, 10))
                .toList());
  }
}
