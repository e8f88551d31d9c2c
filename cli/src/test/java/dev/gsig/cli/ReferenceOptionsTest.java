package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A patient or a group of one's own choice as the reference: where paths start. */
class ReferenceOptionsTest {
  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void model() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private Cli.Outcome explain(Object... options) {
    List<Object> args = new ArrayList<>(List.of("--method", "ig", "--backend", "ejml"));
    args.addAll(List.of(options));
    return fixture.explain(args.toArray());
  }

  private List<JsonObject> explained(Object... options) {
    Cli.Outcome outcome = explain(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  private static String checksum(Path file) {
    return FileHash.sha256(file).substring(0, 12);
  }

  /** From themself to themself there is nothing to explain; to all others there is. */
  @Test
  void thePathStartsAtThePatient() {
    Fixture.write(fixture.cohort, Fixture.read(fixture.validation));
    List<JsonObject> results =
        explained("--reference-patient", "v1", "--references", fixture.validation);

    assertThat(results).hasSizeGreaterThan(2);
    for (JsonObject result : results) {
      String label = "patient:v1@" + checksum(fixture.validation);
      assertThat(result.string("baseline")).isEqualTo(label);
      assertThat(result.string("tabular_baseline")).isEqualTo(label);
      boolean self = result.string("subject_id").equals("v1");
      assertThat(result.bool("score_equals_baseline", false)).isEqualTo(self);
      assertThat(result.number("l21") == 0).isEqualTo(self);
      assertThat(result.objects("tabular").get(0).number("signed") == 0).isEqualTo(self);
    }
  }

  /** The mean that {@code gsig baseline} makes of the same patients, by another way. */
  @Test
  void theGroupIsTheManifoldMeanOfItsPatients() {
    Path group = temp.resolve("controls.jsonl");
    Fixture.write(group, String.join("\n", Fixture.lines(fixture.validation).subList(0, 2)) + "\n");
    Path means = temp.resolve("controls.safetensors");
    Cli.Outcome made =
        Cli.run("baseline", "--model", fixture.model, "--cohort", group, "--out", means);
    assertThat(made.code()).as(made.err()).isZero();
    List<JsonObject> known =
        explained("--baseline", "manifold-mean-unpadded", "--baseline-file", means);
    List<JsonObject> found = explained("--baseline", "group:" + group, "--overwrite");

    String label = "group:controls.jsonl@" + checksum(group);
    for (int i = 0; i < known.size(); i++) {
      assertThat(found.get(i).string("baseline")).isEqualTo(label);
      assertThat(found.get(i).string("tabular_baseline")).isEqualTo(label);
      for (String key : List.of("score", "baseline_score", "baseline_probability", "l21")) {
        // the file was made on simd, in float32
        assertThat(found.get(i).number(key)).isCloseTo(known.get(i).number(key), within(1e-5));
      }
    }
  }

  @Test
  void theValuesMayStartElsewhere() {
    JsonObject result =
        explained("--baseline", "group:" + fixture.validation, "--tabular-baseline", "self").get(0);
    assertThat(result.string("tabular_baseline")).isEqualTo("self");
    assertThat(result.objects("tabular")).allMatch(value -> value.number("signed") == 0);

    Cli.assertRefused(
        explain("--baseline", "group:" + fixture.validation, "--tabular-baseline", "mean"),
        "leave it out, and the values start from them, too");
  }

  @Test
  void resultsAreVerifiedAndContinuedWithTheSameReference() {
    Path group = temp.resolve("group.jsonl");
    Fixture.write(group, Fixture.read(fixture.validation));
    explained("--baseline", "group:" + group);
    assertVerified();
    Cli.assertRefused(
        explain("--baseline", "zero", "--tabular-baseline", "zero", "--resume"),
        "resume with what they were made with");

    Fixture.write(group, String.join("\n", Fixture.lines(group).subList(0, 2)) + "\n");
    Cli.assertRefused(Cli.run("verify", fixture.out), "is not what the results were made with");
    Cli.assertRefused(explain("--baseline", "group:" + group, "--resume"), "the results were made");

    explained("--reference-patient", "v2", "--references", fixture.validation, "--overwrite");
    assertVerified();
    Path moved = temp.resolve("moved.jsonl");
    assertThat(fixture.validation.toFile().renameTo(moved.toFile())).isTrue();
    Cli.assertRefused(Cli.run("verify", fixture.out), "validation.jsonl");
    assertVerified("--baseline-file", moved);
  }

  private void assertVerified(Object... options) {
    List<Object> args = new ArrayList<>(List.of("verify", fixture.out));
    args.addAll(List.of(options));
    Cli.Outcome outcome = Cli.run(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  @Test
  void whatCannotBeIsSaidInOneLine() {
    Path validation = fixture.validation;
    Cli.assertRefused(
        explain("--reference-patient", "nobody", "--references", validation),
        "validation.jsonl: has no patient \"nobody\"");
    Cli.assertRefused(
        explain("--reference-patient", "v1"), "--reference-patient needs --references");
    Cli.assertRefused(
        explain("--reference-patient", "v1", "--references", validation, "--baseline", "zero"),
        "in place of --baseline");
    Cli.assertRefused(explain("--baseline", "group:"), "name the group's cohort, group:FILE");
    Cli.assertRefused(explain("--baseline", "group:" + temp.resolve("none")), "none");
    Cli.assertRefused(explain("--baseline", "group:" + temp), "is a folder");
    Cli.assertRefused(
        explain("--baseline", "group:" + validation, "--baseline-file", fixture.baseline()),
        "--baseline-file is for baselines that start from the means in it");
    Cli.assertRefused(
        explain("--reference-patient", "v1", "--references", validation, "--fixed", "sequence"),
        "leaves that input without one");
    Cli.assertRefused(
        explain("--references", validation), "--references is for --method expected-gradients");
  }

  @Test
  void theyAreEvaluatedBesideTheOthers() {
    Path out = temp.resolve("evaluation");
    Cli.Outcome outcome =
        Cli.run(
            "evaluate",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--methods",
            "ig",
            "--baselines",
            "zero,group:" + fixture.validation,
            "--reference-patient",
            "v0",
            "--references",
            fixture.validation,
            "--steps",
            4,
            "--out",
            out);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    String of = "@" + checksum(fixture.validation);
    assertThat(Fixture.lines(out.resolve("evaluation-patients.csv")).stream().skip(1))
        .extracting(line -> line.split(",", -1)[3].replace("\"", ""))
        .contains("zero", "group:validation.jsonl" + of, "patient:v0" + of);

    Cli.assertRefused(
        Cli.run(
            "evaluate",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--reference-patient",
            "v0"),
        "--reference-patient needs --references");
  }

  private Cli.Outcome study(Object... options) {
    List<Object> args =
        new ArrayList<>(
            List.of("study", "--model", fixture.model, "--cohort", fixture.cohort, "--steps", 4));
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  /** The patient alone in a group is the same reference. */
  @Test
  void aStudyStartsThereToo() {
    Path out = temp.resolve("study");
    Path references = fixture.validation;
    Cli.Outcome outcome =
        study("--reference-patient", "v0", "--references", references, "--out", out);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("baseline patient:v0@" + checksum(references));

    Path alone = temp.resolve("alone.jsonl");
    Fixture.write(alone, Fixture.lines(references).get(0) + "\n");
    Path group = temp.resolve("group");
    outcome = study("--baseline", "group:" + alone, "--out", group);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("baseline group:alone.jsonl@" + checksum(alone));
    String surfaces = Fixture.read(out.resolve("study.csv"));
    assertThat(Fixture.read(group.resolve("study.csv"))).isEqualTo(surfaces);

    Path mean = temp.resolve("mean");
    assertThat(study("--out", mean).code()).isZero();
    assertThat(Fixture.read(mean.resolve("study.csv"))).isNotEqualTo(surfaces);

    Cli.assertRefused(study("--reference-patient", "v0"), "--reference-patient needs --references");
    Cli.assertRefused(study("--references", references), "--references is for --reference-patient");
    Cli.assertRefused(
        study("--reference-patient", "v0", "--references", references, "--baseline", "zero"),
        "in place of --baseline");
    Cli.assertRefused(
        study("--reference-patient", "nobody", "--references", references), "has no patient");
  }
}
