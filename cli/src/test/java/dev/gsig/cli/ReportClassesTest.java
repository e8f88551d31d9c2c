package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of several classes or labels, and their names, in the report, in a real browser. */
class ReportClassesTest extends InABrowser {
  private static final String HOSTILE = "<img src=x onerror=window.broken=1>";

  @TempDir Path temp;

  @AfterEach
  void nothingFromTheDataRan() {
    assertThat(browser.ask("return window.broken")).isNull();
  }

  /** Results of the model's two patients, as {@code explain} writes them. */
  private static List<String> explained(Fixture fixture, Object... options) {
    Cli.Outcome outcome = fixture.explain(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return Fixture.lines(fixture.out);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  @Test
  void everyLabelIsListedTheMostProbableFirst() {
    Fixture fixture = Fixture.withBaseline("multi-label-named", temp);
    String config = Fixture.read(fixture.model.resolve("config.json"));
    assertThat(config).contains("\"ckd\"");
    Fixture.write(
        fixture.model.resolve("config.json"), config.replace("\"ckd\"", Json.quote(HOSTILE)));
    List<String> lines = explained(fixture, "--class", "diabetes");
    Path page = report(temp, lines);

    for (int i = 0; i < lines.size(); i++) {
      browser.openUnfolded(page, "#patient-" + (i + 1));
      List<JsonObject> labels =
          Json.object(lines.get(i), "a result").object("prediction").objects("labels").stream()
              .sorted(Comparator.comparingDouble(label -> -label.number("probability")))
              .toList();
      assertThat(browser.texts(".labels th[scope=row] bdi"))
          .isEqualTo(labels.stream().map(label -> label.string("name")).toList())
          .contains(HOSTILE, "diabetes", "copd");
      List<Double> probabilities = labels.stream().map(l -> l.number("probability")).toList();
      assertThat(browser.values(".labels td.number data")).isEqualTo(probabilities);
      assertThat(browser.texts(".labels td.number"))
          .isEqualTo(probabilities.stream().map(ReportClassesTest::percent).toList());
      assertThat(
              browser.texts(".labels th[scope=row]").stream().filter(t -> t.endsWith(" explained")))
          .containsExactly("diabetes explained");
      assertThat(browser.one(".outcome").getText())
          .isEqualTo("predicted probability of label diabetes");
      JsonObject result = Json.object(lines.get(i), "a result");
      assertThat(browser.values(".probability data"))
          .containsExactly(result.number("explained_probability"));
      String best = labels.get(0).string("name");
      assertThat(browser.texts(".who-is .about"))
          .filteredOn(text -> text.startsWith("The model predicts label " + best))
          .hasSize(best.equals("diabetes") ? 0 : 1);
    }
    browser.picture(Path.of("target", "report", "labels.png"));
    browser.open(page, "");
    assertThat(browser.texts("main .warning")).noneMatch(text -> text.contains("Not all patients"));
  }

  /** Of the model's words where its configuration has none. */
  @Test
  void labelsAndClassesAreCalledByTheModelsWords() {
    Fixture fixture = Fixture.withBaseline("multi-label", temp);
    Fixture.write(
        fixture.model.resolve("display.json"),
        "{\"classes\":{\"0\":\"diabetes\",\"1\":\"kidney disease\",\"2\":\"copd\"}}");
    Path page = report(temp, explained(fixture, "--class", "1"), "--model", fixture.model);
    browser.open(page, "#patient-1");
    assertThat(browser.one(".outcome").getText())
        .isEqualTo("predicted probability of label kidney disease");
    assertThat(browser.texts(".labels th[scope=row] bdi"))
        .contains("diabetes", "kidney disease", "copd");
    assertThat(browser.texts(".who-is .about"))
        .noneMatch(text -> text.matches("The model predicts label \\d.*"));
  }

  @Test
  void differentLabelsExplainedAreSaid() {
    Fixture fixture = Fixture.withBaseline("multi-label-named", temp);
    String ckd = explained(fixture, "--class", "ckd").get(0);
    String copd = explained(fixture, "--class", "copd", "--overwrite").get(1);

    browser.open(report(temp, List.of(ckd, copd)), "");

    assertThat(browser.texts("main .warning"))
        .contains(
            "Not all patients have the same label explained: ckd (1 patient), copd (1 patient)."
                + " The figures over codes mix them. For one label: gsig explain --class.");
  }

  @Test
  void classesHaveTheirNamesAndDifferentOnesExplainedAreSaid() {
    Fixture fixture = Fixture.withBaseline("multi-class-named", temp);
    List<String> lines = explained(fixture);
    Path page = report(temp, lines, "--model", fixture.model);

    for (int i = 0; i < lines.size(); i++) {
      String name = Json.object(lines.get(i), "a result").string("explained_class_name");
      browser.openUnfolded(page, "#patient-" + (i + 1));
      assertThat(browser.one(".outcome").getText())
          .isEqualTo("predicted probability of class " + name);
      assertThat(browser.all(".labels")).isEmpty();
      assertThat(browser.texts(".classes th[scope=row]").get(0))
          .isEqualTo(name + " explained \u00b7 predicted");
    }
    browser.open(page, "");
    assertThat(browser.texts("main .warning"))
        .contains(
            "Not all patients have the same class explained: ward (1 patient), icu (1 patient)."
                + " The figures over codes mix them. For one class: gsig explain --class.");
  }

  /**
   * Fault 6 of the first page: the probability on top was of the class predicted, not explained.
   */
  @Test
  void theExplainedClassLeadsAndAllBarsAddUp() {
    Fixture fixture = Fixture.withBaseline("multi-class-named", temp);
    List<String> lines = explained(fixture, "--class", "icu");
    Path page = report(temp, lines, "--model", fixture.model, "--cohort", fixture.cohort);
    for (int i = 0; i < lines.size(); i++) {
      JsonObject result = Json.object(lines.get(i), "a result");
      JsonObject prediction = result.object("prediction");
      browser.open(page, "#patient-" + (i + 1));
      assertThat(browser.values(".probability data"))
          .containsExactly(result.number("explained_probability"));
      assertThat(browser.texts(".classes th[scope=row]").get(0)).startsWith("icu explained");
      List<JsonObject> others =
          prediction.objects("classes").stream()
              .filter(c -> c.integer("class") != result.integer("explained_class"))
              .sorted(Comparator.comparingDouble(c -> -c.number("probability")))
              .toList();
      List<Double> bars = browser.values(".classes td.number data");
      assertThat(bars.get(0)).isEqualTo(result.number("explained_probability"));
      assertThat(bars.subList(1, bars.size()))
          .isEqualTo(others.stream().map(c -> c.number("probability")).toList());
      assertThat(bars.stream().mapToDouble(x -> x).sum()).isCloseTo(1, within(1e-5));
      assertThat(browser.texts(".classes th[scope=row] bdi"))
          .containsExactlyInAnyOrder("home", "ward", "icu");
      for (int k = 0; k < others.size(); k++) {
        boolean best = prediction.integer("class") == others.get(k).integer("class");
        assertThat(browser.texts(".classes th[scope=row]").get(1 + k))
            .startsWith(others.get(k).string("name") + (best ? " predicted" : ""));
      }
    }
    browser.picture(Path.of("target", "report", "classes.png"));
  }

  /** Of very many classes, and in results of earlier versions, what is not told is one bar. */
  @Test
  void classesThatResultsDoNotTellAreOneBar() {
    Fixture fixture = Fixture.withBaseline("multi-class-named", temp);
    List<String> lines =
        explained(fixture, "--class", "icu").stream()
            .map(line -> line.replaceAll(",\"classes\":\\[[^]]*]", ""))
            .toList();
    assertThat(lines).noneMatch(line -> line.contains("classes"));
    Path page = report(temp, lines, "--model", fixture.model);
    for (int i = 0; i < lines.size(); i++) {
      JsonObject result = Json.object(lines.get(i), "a result");
      boolean same = result.object("prediction").integer("class") == 2;
      browser.open(page, "#patient-" + (i + 1));
      List<Double> bars = browser.values(".classes td.number data");
      assertThat(bars).hasSize(same ? 2 : 3).startsWith(result.number("explained_probability"));
      assertThat(bars.stream().mapToDouble(x -> x).sum()).isCloseTo(1, within(1e-5));
      if (same) {
        assertThat(browser.texts(".classes th[scope=row]").get(1))
            .isEqualTo("2 other classes together");
      }
    }
  }

  /** What a model predicts is class 1; the probability of class 0 is not that of the outcome. */
  @Test
  void theOutcomeIsThatOfClassOneAlone() {
    Path model = MadeUpResults.model(temp.resolve("told"), "none");
    Fixture.write(model.resolve("display.json"), "{\"outcome\":\"death within a year\"}");
    String other =
        MadeUpResults.patient(2).replace("\"explained_class\":1", "\"explained_class\":0");
    Path page = report(temp, List.of(MadeUpResults.patient(1), other), "--model", model);

    browser.open(page, "#patient-1");
    assertThat(browser.texts(".outcome")).containsExactly("predicted risk of death within a year");
    browser.open(page, "#patient-2");
    assertThat(browser.texts(".outcome")).containsExactly("predicted probability of class 0");
  }

  /** Classes without names go by their numbers, the most frequent first; no more than six. */
  @Test
  void ofManyClassesTheMostFrequentAreNamed() {
    List<String> lines =
        IntStream.range(0, 11)
            .mapToObj(
                i ->
                    MadeUpResults.patient(i)
                        .replace("\"explained_class\":1", "\"explained_class\":" + i % 8))
            .toList();

    browser.open(report(temp, lines), "");

    assertThat(browser.texts("main .warning"))
        .contains(
            "Not all patients have the same class explained: 0 (2 patients), 1 (2 patients),"
                + " 2 (2 patients), 3 (1 patient), 4 (1 patient), 5 (1 patient) and 2 more."
                + " The figures over codes mix them. For one class: gsig explain --class.");
  }
}
