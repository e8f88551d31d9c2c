package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** What moves a cohort's risk, a dot for each patient, in a real browser. */
class ReportSwarmTest extends ReportPage {
  @TempDir Path temp;

  /** Of each code and value by its name the effects by patient. */
  private static Map<String, Map<String, Double>> effects() {
    Map<String, Map<String, Double>> effects = new LinkedHashMap<>();
    for (JsonObject result : results) {
      String id = result.string("subject_id");
      for (JsonObject token : result.objects("tokens")) {
        effects
            .computeIfAbsent(MadeUpResults.text(token.string("code")), c -> new LinkedHashMap<>())
            .merge(id, token.number("signed"), Double::sum);
      }
      for (JsonObject value : result.objects("tabular")) {
        effects
            .computeIfAbsent(value.string("name"), c -> new LinkedHashMap<>())
            .put(id, value.number("signed"));
      }
    }
    return effects;
  }

  private static double mean(Map<String, Double> effects) {
    return effects.values().stream().mapToDouble(Math::abs).sum() / results.size();
  }

  /** Fault 7 of the first page: values stood apart, on a scale of their own. */
  @Test
  void codesAndValuesAreOneRankingByTheMeanEffect() {
    browser.open(page, "#cohort");
    List<Map.Entry<String, Map<String, Double>>> ranked =
        effects().entrySet().stream()
            .filter(e -> e.getValue().size() >= 5)
            .sorted(Comparator.comparingDouble(e -> -mean(e.getValue())))
            .limit(20)
            .toList();
    assertThat(browser.texts(".swarms tbody th bdi"))
        .isEqualTo(ranked.stream().map(Map.Entry::getKey).toList())
        .contains("age")
        .doesNotContain(HOSTILE_CODE);
    List<Double> means = browser.values(".swarms .mean");
    for (int i = 0; i < means.size(); i++) {
      assertThat(means.get(i)).isCloseTo(mean(ranked.get(i).getValue()), within(1e-5));
    }
    assertThat(browser.one(".swarm-card .about").getText())
        .contains("what fewer than 5 patients have is left out");
    assertThat(browser.all(".swarms tbody tr:first-child circle"))
        .hasSameSizeAs(ranked.get(0).getValue().entrySet());
    browser.picture(Path.of("target", "report", "swarm.png"));
  }

  /** Each dot stands at its effect: equal distances are equal effects. */
  @Test
  void dotsStandAtTheirEffects() {
    browser.open(page, "#cohort");
    Object worst =
        browser.ask(
            "const dots = [...document.querySelectorAll('.swarms circle')].map(dot =>"
                + "  [parseFloat(dot.getAttribute('cx')), Number(dot.dataset.effect)]);"
                + "dots.sort((a, b) => a[1] - b[1]);"
                + "const [first, last] = [dots[0], dots[dots.length - 1]];"
                + "const slope = (last[0] - first[0]) / (last[1] - first[1]);"
                + "return Math.max(...dots.map(d =>"
                + "  Math.abs(d[0] - first[0] - slope * (d[1] - first[1]))))");
    assertThat(((Number) worst).doubleValue()).isLessThan(0.02);
    assertThat(browser.all(".swarms circle.lowers, .swarms circle.raises"))
        .hasSameSizeAs(browser.all(".swarms circle"));
  }

  @Test
  void aNameShowsItsPatientsTheLargestEffectFirst() {
    browser.open(page, "#cohort");
    String name = browser.texts(".swarms tbody th bdi").get(1);
    Map<String, Double> of = effects().get(name);
    browser.all(".swarms button").get(1).click();
    browser.until("document.activeElement.id === 'search'");

    List<String> expected =
        of.entrySet().stream()
            .sorted(Comparator.comparingDouble(e -> -Math.abs(e.getValue())))
            .map(Map.Entry::getKey)
            .toList();
    assertThat(browser.texts("#list .who bdi")).isEqualTo(expected);
    assertThat(browser.values("#list .note-on data"))
        .hasSize(of.size())
        .isSortedAccordingTo(Comparator.comparingDouble(x -> -Math.abs(x)));
    assertThat(browser.texts("#chosen")).containsExactly("With " + name + " All patients");
    assertThat(browser.texts("#found")).containsExactly(of.size() + " of 40 patients");

    // n goes along them
    browser.ask("document.querySelector('#content').focus()");
    browser.press("n");
    browser.until("document.querySelector('main h1 bdi').innerText === '" + expected.get(0) + "'");
    browser.ask("document.querySelector('#search').focus()");
    browser.press(Keys.ESCAPE);
    assertThat(browser.all("#list li")).hasSize(PATIENTS);
    assertThat(browser.one("#chosen").isDisplayed()).isFalse();
  }

  @Test
  void aDotOpensItsPatient() {
    browser.open(page, "#cohort");
    Object number =
        browser.ask(
            "const dot = document.querySelector('.swarms circle');"
                + "dot.dispatchEvent(new MouseEvent('click', {bubbles: true}));"
                + "return Number(dot.dataset.patient)");
    browser.until("document.body.dataset.view === 'patient'");
    String id = results.get(((Number) number).intValue()).string("subject_id");
    assertThat(browser.texts("main h1 bdi")).containsExactly(id);
  }

  /** Each row says in words what its picture shows. */
  @Test
  void rowsSayWhatTheirDotsShow() {
    browser.open(page, "#cohort");
    Map<String, Map<String, Double>> effects = effects();
    List<?> labels =
        (List<?>)
            browser.ask(
                "return [...document.querySelectorAll('.swarms tbody svg')]"
                    + ".map(svg => svg.getAttribute('aria-label'))");
    List<String> names = browser.texts(".swarms tbody th bdi");
    assertThat(labels).hasSameSizeAs(names);
    for (int i = 0; i < names.size(); i++) {
      assertThat((String) labels.get(i))
          .startsWith(
              names.get(i) + ": " + effects.get(names.get(i)).size() + " patients, effects from ");
    }
  }

  @Test
  void ofFewPatientsWhatOneHasCountsAndThisIsSaid() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      lines.add(MadeUpResults.patient(i));
    }
    browser.open(report(temp, lines), "#cohort");
    assertThat(browser.one(".swarm-card .about").getText())
        .contains("Of so few patients, what a single one has counts, too");
    assertThat(browser.texts(".swarms tbody td:last-child")).contains("1");
  }

  @Test
  void groupsHaveARankingOfTheirOwn() {
    Path groups = temp.resolve("groups.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 10; i++) {
      lines.append("{\"code\":\"d_" + i + "\",\"group\":\"group " + i % 2 + "\"}\n");
    }
    Fixture.write(groups, lines.toString());
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(MadeUpResults.longPatient(i));
    }
    browser.open(report(temp, all, "--groups", groups), "#cohort");
    assertThat(browser.texts(".swarm-groups tbody th"))
        .containsExactlyInAnyOrder("group 0", "group 1");
    assertThat(browser.values(".swarm-groups .mean"))
        .isSortedAccordingTo(Comparator.reverseOrder());
    browser.open(page, "#cohort");
    assertThat(browser.all(".swarm-groups")).isEmpty();
  }
}
