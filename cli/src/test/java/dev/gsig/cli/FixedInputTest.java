package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --fixed}: inputs that keep the patient's own values all along the path. */
class FixedInputTest {
  @TempDir Path temp;

  private static List<JsonObject> explained(Fixture fixture, Object... options) {
    Cli.Outcome outcome = fixture.explain(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return Fixture.lines(fixture.out).stream()
        .map(line -> JsonObject.of("a result", (Map<?, ?>) Json.parse(line, "a result")))
        .toList();
  }

  /** The path of tabular values that starts where it ends is the same as none. */
  @Test
  void heldTabularValuesAreThoseWhosePathStartsAtThePatientsOwn() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    explained(fixture, "--tabular-baseline", "self");
    List<String> self = Fixture.lines(fixture.out);
    explained(fixture, "--fixed", "tabular", "--overwrite");
    assertThat(Fixture.lines(fixture.out)).isEqualTo(self);
    assertThat(Json.read(fixture.provenance()).object("inputs").strings("fixed"))
        .containsExactly("tabular");
  }

  /** Then the tabular values alone explain the change of the score; no means of rows are needed. */
  @Test
  void aHeldSequenceLeavesAllToTheTabularValues() {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, temp);
    for (JsonObject patient :
        explained(
            fixture,
            "--fixed",
            "sequence",
            "--tabular-baseline",
            "zero",
            "--method",
            "ig",
            "--quadrature",
            "gauss-legendre",
            "--steps",
            400,
            "--backend",
            "ejml")) {
      assertThat(patient.objects("tokens"))
          .isNotEmpty()
          .allMatch(token -> token.number("l2") == 0 && token.number("signed") == 0);
      double all =
          patient.objects("tabular").stream().mapToDouble(value -> value.number("signed")).sum();
      double change = patient.number("score") - patient.number("baseline_score");
      assertThat(Math.abs(change)).isGreaterThan(1e-3);
      double gap = patient.number("completeness_gap"); // of a ReLU
      assertThat(gap).isLessThan(1e-2 * Math.abs(change));
      assertThat(Math.abs(all - change)).isCloseTo(gap, within(1e-9));
      assertThat(patient.string("baseline")).isEqualTo("self");
      assertThat(patient.string("tabular_baseline")).isEqualTo("zero");
    }
  }

  @Test
  void referencesAreNoneForWhatIsHeld() {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, temp);
    for (JsonObject patient :
        explained(
            fixture,
            "--fixed",
            "tabular",
            "--method",
            "expected-gradients",
            "--references",
            fixture.validation)) {
      assertThat(patient.string("baseline")).isEqualTo("references");
      assertThat(patient.string("tabular_baseline")).isEqualTo("self");
      assertThat(patient.objects("tabular")).allMatch(value -> value.number("signed") == 0);
    }
  }

  /** The choice of theta weighs codes alone; where they are held there is none to make. */
  @Test
  void aHeldSequenceTakesThetaOne() {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, temp);
    for (JsonObject patient :
        explained(fixture, "--fixed", "sequence", "--tabular-baseline", "zero")) {
      assertThat(patient.number("theta")).isEqualTo(1);
      assertThat(patient.number("l21")).isZero();
    }
  }

  /** Expected Gradients, whose paths start at the references' tabular values, holds them, too. */
  @Test
  void anEvaluationHoldsWhatAnExplanationHolds() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    double held = meanL21OfExpectedGradients(fixture, "--fixed", "tabular");
    assertThat(meanL21OfExpectedGradients(fixture, "--overwrite"))
        .isNotCloseTo(held, within(1e-4 * held));
    Path out = temp.resolve("evaluation");
    Cli.Outcome run =
        Cli.run(
            "evaluate",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--fixed",
            "tabular",
            "--methods",
            "expected-gradients",
            "--references",
            fixture.validation,
            "--out",
            out);
    assertThat(run.code()).as(run.err()).isZero();
    JsonObject json = Json.read(out.resolve("evaluation.json"));
    assertThat(json.strings("fixed")).containsExactly("tabular");
    assertThat(json.string("tabular_baseline")).isEqualTo("self");
    assertThat((double) json.objects("rows").get(0).object("l21").raw("mean"))
        .isCloseTo(held, within(1e-5 * held)); // of six digits
  }

  private static double meanL21OfExpectedGradients(Fixture fixture, Object... more) {
    List<Object> options = new ArrayList<>();
    options.addAll(List.of("--method", "expected-gradients", "--references", fixture.validation));
    options.addAll(List.of("--quadrature", "gauss-legendre", "--steps", 8));
    options.addAll(List.of(more));
    return explained(fixture, options.toArray()).stream()
        .mapToDouble(patient -> patient.number("l21"))
        .average()
        .orElseThrow();
  }

  @Test
  void aStudyHoldsTabularValues() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    assertThat(studied(fixture, "--fixed", "tabular"))
        .isEqualTo(studied(fixture, "--tabular-baseline", "self"))
        .isNotEqualTo(studied(fixture, "--tabular-baseline", "zero"));
  }

  private String studied(Fixture fixture, String option, String value) {
    Path out = temp.resolve(value);
    Cli.Outcome run =
        Cli.run(
            "study",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--steps",
            4,
            option,
            value,
            "--out",
            out);
    assertThat(run.code()).as(run.err()).isZero();
    return Fixture.read(out.resolve("study.csv"));
  }

  @Test
  void whatCannotBeHeldIsRefused() {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, temp.resolve("a"));
    Fixture codesOnly = Fixture.copy(Fixture.SEQUENCE_ONLY, temp.resolve("b"));
    Cli.assertRefused(
        fixture.explain("--fixed", "ages"), "--fixed: 'ages' is not one of sequence, tabular");
    Cli.assertRefused(
        fixture.explain("--fixed", "tabular,sequence"),
        "has the inputs [sequence, tabular]",
        "[sequence, tabular] are to be held: name some of them, and not all");
    Cli.assertRefused(
        fixture.explain("--fixed", "sequence", "--baseline", "zero"),
        "--baseline says where a path starts",
        "--fixed sequence");
    Cli.assertRefused(
        fixture.explain("--fixed", "tabular", "--tabular-baseline", "self"),
        "--tabular-baseline says where a path starts");
    Cli.assertRefused(
        codesOnly.explain("--fixed", "tabular", "--baseline", "zero"),
        "has the inputs [sequence]",
        "[tabular] are to be held");
    assertThat(Files.exists(fixture.out)).isFalse();
    for (String command : List.of("evaluate", "study")) {
      Cli.assertRefused(
          Cli.run(
              command, "--model", fixture.model, "--cohort", fixture.cohort, "--fixed", "sequence"),
          "--fixed sequence leaves nothing to rank");
    }
  }
}
