package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose head multiplies by 0: every patient has the score of every baseline. */
class IgnoredCodesTest {
  @TempDir Path temp;

  private Fixture fixture;

  @BeforeEach
  void deafModel() {
    fixture = Fixture.copy(Fixture.SEQUENCE_ONLY, temp);
    Map<String, NamedTensor> weights = new LinkedHashMap<>();
    try (Safetensors tensors = Safetensors.open(fixture.weights())) {
      for (String name : tensors.names()) {
        double[] values = tensors.read(name);
        if (name.startsWith("classifier.") && name.endsWith(".weight")) {
          values = new double[values.length];
        }
        int[] shape = tensors.info(name).shape().stream().mapToInt(Math::toIntExact).toArray();
        weights.put(name, NamedTensor.f32(values, shape));
      }
    }
    SafetensorsWriter.write(fixture.weights(), Map.of(), weights);
    assertThat(Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.validation).code())
        .isZero();
  }

  @Test
  void anExplanationSaysThatThereIsNothingToExplain() {
    Cli.Outcome run = fixture.explain("--max-completeness-gap", "0.05");
    assertThat(run.code()).as(run.err()).isZero();
    int patients = Fixture.lines(fixture.out).size();
    assertThat(run.err())
        .contains("the score equals the baseline's for " + Text.count(patients, "patient"))
        .doesNotContain("no theta within");
    for (String line : Fixture.lines(fixture.out)) {
      var result = Json.object(line, "line");
      assertThat(result.raw("score_equals_baseline")).isEqualTo(true);
      assertThat(result.raw("no_theta_within_gap")).isEqualTo(false);
      assertThat(result.raw("completeness_gap_relative")).isNull();
    }
  }

  @Test
  void anEvaluationSaysSoInPlaceOfZeros() {
    Path out = temp.resolve("evaluation");
    Cli.Outcome run =
        Cli.run(
            "evaluate",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--methods",
            "ig,random",
            "--steps",
            4,
            "--out",
            out);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("The model makes no use of the codes")
        .doesNotContain("Codes ranked by");
    assertThat(Json.read(out.resolve("evaluation.json")).raw("model_ignores_codes"))
        .isEqualTo(true);
  }

  @Test
  void aStudySaysSoInPlaceOfZeros() {
    Path out = temp.resolve("study");
    Cli.Outcome run = study(fixture, out);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("The model makes no use of the codes")
        .doesNotContain("At the theta")
        .doesNotContain("NaN");
    assertThat(Json.read(out.resolve("study.json")).raw("model_ignores_codes")).isEqualTo(true);
  }

  private static Cli.Outcome study(Fixture of, Path out) {
    return Cli.run("study", "--model", of.model, "--cohort", of.cohort, "--steps", 4, "--out", out);
  }

  @Test
  void aModelThatReadsItsCodesIsStudied() {
    Fixture reads = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp.resolve("studied"));
    Path out = temp.resolve("study-of-reads");
    assertThat(study(reads, out).out())
        .contains("At the theta")
        .doesNotContain("makes no use of the codes");
    assertThat(Json.read(out.resolve("study.json")).raw("model_ignores_codes")).isEqualTo(false);
  }

  @Test
  void aModelThatReadsItsCodesIsCompared() {
    Fixture reads = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp.resolve("reads"));
    Path out = temp.resolve("evaluation-of-reads");
    Cli.Outcome run =
        Cli.run(
            "evaluate",
            "--model",
            reads.model,
            "--cohort",
            reads.cohort,
            "--methods",
            "ig",
            "--steps",
            4,
            "--out",
            out);
    assertThat(run.out()).contains("Codes ranked by").doesNotContain("makes no use of the codes");
    assertThat(Json.read(out.resolve("evaluation.json")).raw("model_ignores_codes"))
        .isEqualTo(false);
  }
}
