package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the model says of changed records, from the command line to its results. */
class WhatIfCommandTest {
  @TempDir Path temp;

  private Fixture f;
  private List<Trajectory> patients;
  private String code;

  @BeforeEach
  void model() {
    f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    patients = CohortReader.readAll(f.cohort);
    code = patients.get(0).visits().get(0).codes().get(0);
  }

  private static List<JsonObject> results(Path file) {
    return Fixture.lines(file).stream().map(line -> Json.object(line, "result")).toList();
  }

  private List<JsonObject> asked(Object... options) {
    Cli.Outcome run = f.explain(options);
    assertThat(run.code()).as(run.err()).isZero();
    return results(f.out);
  }

  private static Trajectory without(String code, Trajectory patient) {
    List<Visit> visits = new ArrayList<>();
    for (Visit visit : patient.visits()) {
      List<String> codes = visit.codes().stream().filter(c -> !c.equals(code)).toList();
      visits.add(new Visit(visit.time(), codes, visit.age(), visit.tokenType()));
    }
    return new Trajectory(patient.subjectId(), visits, patient.tabular(), null);
  }

  private static long count(String code, Trajectory patient) {
    return patient.visits().stream().flatMap(v -> v.codes().stream()).filter(code::equals).count();
  }

  /** Against the model's own word on records that are written without the code. */
  @Test
  void theNumbersAreThoseOfARecordWithoutTheCode() {
    List<JsonObject> results = asked("--without", code, "--method", "gsig,ig");
    try (Model model = Model.load(f.model)) {
      for (int i = 0; i < patients.size(); i++) {
        JsonObject result = results.get(i);
        JsonObject answer = result.objects("what_if").get(0);
        assertThat(answer.strings("without")).containsExactly(code);
        assertThat(answer.integer("occurrences")).isEqualTo((int) count(code, patients.get(i)));
        if (answer.integer("occurrences") == 0) {
          assertThat(answer.keys()).containsExactly("without", "occurrences");
          continue;
        }
        double before = model.logits(patients.get(i))[0];
        double after = model.logits(without(code, patients.get(i)))[0];
        assertThat(answer.number("score")).isCloseTo(after, within(1e-5));
        assertThat(answer.number("probability"))
            .isCloseTo(1 / (1 + Math.exp(-after)), within(1e-5));
        assertThat(answer.number("score_change")).isCloseTo(after - before, within(1e-5));
        assertThat(answer.number("log_odds_change")).isEqualTo(answer.number("score_change"));
        for (String method : List.of("gsig", "ig")) {
          JsonObject led = ResultReadings.ledBy(result, method);
          JsonObject said = led.objects("what_if").get(0);
          double signed =
              led.objects("tokens").stream()
                  .filter(token -> token.string("code").equals(code))
                  .mapToDouble(token -> token.number("signed"))
                  .sum();
          assertThat(said.number("attributed")).isCloseTo(signed, within(1e-5));
          assertThat(said.number("difference")).isCloseTo(before - after - signed, within(2e-5));
        }
      }
    }
  }

  @Test
  void aValueIsReplacedAndTheTerminalHasALineEach() {
    String name = patients.get(1).tabular().keySet().iterator().next();
    Cli.Outcome run = f.explain("--with", name + "=12.5", "--without", code + "," + name);
    assertThat(run.code()).as(run.err()).isZero();
    JsonObject result = results(f.out).get(1);
    List<JsonObject> answers = result.objects("what_if");
    Map<String, Double> tabular = new LinkedHashMap<>(patients.get(1).tabular());
    tabular.put(name, 12.5);
    Trajectory changed = new Trajectory("changed", patients.get(1).visits(), tabular, null);
    try (Model model = Model.load(f.model)) {
      assertThat(answers.get(1).string("with")).isEqualTo(name);
      assertThat(answers.get(1).number("value")).isEqualTo(12.5);
      assertThat(answers.get(1).keys()).doesNotContain("difference");
      assertThat(answers.get(1).number("score")).isCloseTo(model.logits(changed)[0], within(1e-5));
    }
    assertThat(answers.get(0).strings("without")).containsExactly(code, name);
    assertThat(run.errLines())
        .anyMatch(
            line ->
                line.matches(
                    "gsig: \\S+ with .* 12\\.5: [\\d.]+% -> [\\d.]+%, log-odds [+-]\\d+\\.\\d\\d;"
                        + " IG gives what is there [+-]\\d+\\.\\d\\d"));
    assertThat(run.errLines().stream().filter(line -> line.contains(" -> "))).hasSizeGreaterThan(3);
  }

  @Test
  void theStrongestOfEveryReadingAreTakenAway() {
    for (JsonObject result : asked("--what-if", 2, "--method", "gsig,ig")) {
      List<JsonObject> answers = result.objects("what_if");
      assertThat(answers).hasSizeBetween(2, 4);
      String first = ReportResult.of(result, "ig").drivers().get(0).name();
      assertThat(answers).anyMatch(answer -> answer.strings("without").contains(first));
    }
    assertThat(f.explain("--overwrite").code()).isZero();
    assertThat(Fixture.read(f.out)).doesNotContain("what_if");
  }

  @Test
  void aRunWithQuestionsIsResumedAndVerified() {
    asked("--without", code, "--what-if", 3);
    String whole = Fixture.read(f.out);
    Cli.Outcome verified = Cli.run("verify", f.out);
    assertThat(verified.code()).as(verified.err()).isZero();
    Fixture.write(f.out, whole.substring(0, whole.indexOf('\n') + 30));
    Cli.Outcome resumed = f.explain("--resume", "--without", code);
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(Fixture.read(f.out).equals(whole)).isTrue();
    Cli.Outcome other = f.explain("--resume");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.errLines()).singleElement().asString().contains("made with what_if");
    Fixture.write(f.out, whole.replaceFirst("\"score_change\":", "\"score_change\":1"));
    assertThat(Cli.run("verify", f.out).code()).isEqualTo(3);
  }

  @Test
  void whatNobodyHasOrTheModelDoesNotKnowIsOneLine() {
    Cli.assertRefused(
        f.explain("--without", code + "x"), "--without", "knows no code", "nearest to it", code);
    assertThat(f.out).doesNotExist();
    Cli.assertRefused(f.explain("--with", code + "=3"), "reads no numbers beside codes");
    Cli.assertRefused(f.explain("--with", "age"), "NAME=VALUE");
    Cli.assertRefused(f.explain("--with", "age=x"), "NAME=VALUE");
    Cli.assertRefused(f.explain("--what-if", -1), "--what-if must be at least 0, but is -1");
    String nobodys;
    try (Model model = Model.load(f.model)) {
      nobodys =
          model.vocabulary().codes().stream()
              .filter(each -> patients.stream().allMatch(p -> count(each, p) == 0))
              .filter(each -> !each.startsWith("["))
              .findFirst()
              .orElseThrow();
    }
    Cli.Outcome run = f.explain("--without", nobodys);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no patient has \"" + nobodys + "\"", "has no " + nobodys);
    assertThat(results(f.out)).hasSameSizeAs(patients);
  }
}
