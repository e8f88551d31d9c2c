package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is accepted with a counted warning. */
class AcceptedInputTest {
  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Fixture.write(
        fixture.cohort,
        """
        {"subject_id":"a","visits":[{"codes":["x_1","l_011","x_2"]}],"tabular":{"age":60,"sex":1}}
        {"subject_id":"b","visits":[{"codes":["x_3","l_011"]}],"tabular":{"age":60}}
        {"subject_id":"c","visits":[{"codes":["l_011","p_026","d_028","m_029","m_017","l_019"]},\
        {"codes":["m_005","l_007","l_011"]}],"tabular":{}}
        """);
  }

  private List<JsonObject> results() {
    return Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  @Test
  void eachKindIsCountedOnce() {
    Cli.Outcome outcome = fixture.explain();

    assertThat(outcome.code()).isZero();
    assertThat(outcome.errLines())
        .filteredOn(line -> line.startsWith("gsig: warning: "))
        .hasSize(4)
        .anyMatch(
            line ->
                line.contains(
                    "3 of 14 codes (21.4%), in 2 patients, not in the model's vocabulary"))
        .anyMatch(line -> line.contains("3 tokens cut in 1 patient"))
        .anyMatch(line -> line.contains("above 50% at the baseline for 3;"))
        .anyMatch(
            line ->
                line.contains(
                    "3 missing tabular values in 2 patients (\"sex\" in 2, \"age\" in 1)"));
  }

  @Test
  void nothingIsSaidOfSoundInput() {
    Fixture.write(
        fixture.cohort,
        """
        {"subject_id":"a","visits":[{"codes":["l_011"]}],"tabular":{"age":60,"sex":1}}
        """);
    assertThat(fixture.explain().err()).doesNotContain("warning");
  }

  /** A value that is spelt otherwise than the model's is missing in every patient. */
  @Test
  void aValueThatNobodyHasNamesThoseThatTheModelDoesNotRead() {
    Fixture.write(
        fixture.cohort,
        """
        {"subject_id":"a","visits":[{"codes":["l_011"]}],"tabular":{"Age":60,"sex":1,"bmi":20}}
        {"subject_id":"b","visits":[{"codes":["l_011"]}],"tabular":{"Age":61,"sex":0,"bmi":22}}
        {"subject_id":"c","visits":[{"codes":["l_011"]}],"tabular":{"sex":0,"bmi":22}}
        """);
    String said =
        "3 missing tabular values in 3 patients (\"age\" in every patient); the training mean"
            + " stands for each. The cohort has values that the model does not read: \"Age\" (is it"
            + " \"age\"?), \"bmi\"; name them as the model does";
    Object[] model = {"--model", fixture.model, "--cohort", fixture.cohort};

    assertThat(fixture.explain().err()).contains(said);
    assertThat(Cli.run("baseline", model[0], model[1], model[2], model[3]).err()).contains(said);
    assertThat(Cli.run("evaluate", model[0], model[1], model[2], model[3], "--steps", 2).err())
        .contains(said);

    Fixture.write(
        fixture.cohort,
        "{\"subject_id\":\"a\",\"visits\":[{\"codes\":[\"l_011\"]}],\"tabular\":{\"sex\":1}}\n");
    assertThat(fixture.explain("--overwrite").err())
        .contains("(\"age\" in every patient); the training mean stands for each\n");
  }

  @Test
  void unknownCodesKeepTheirNamesAndTheNewestTokensAreKept() {
    fixture.explain();

    assertThat(results().get(0).objects("tokens"))
        .extracting(token -> token.string("code"))
        .containsExactly("x_1", "l_011", "x_2");
    assertThat(results().get(0).objects("tokens"))
        .extracting(token -> token.raw("known"))
        .containsExactly(false, true, false);
    assertThat(results())
        .extracting(result -> result.integer("unknown_codes"))
        .containsExactly(2, 1, 0);
    assertThat(results())
        .extracting(result -> result.integer("truncated_tokens"))
        .containsExactly(0, 0, 3);
    assertThat(results())
        .extracting(result -> result.integer("missing_tabular"))
        .containsExactly(0, 1, 2);
    assertThat(results().get(2).objects("tokens"))
        .last()
        .satisfies(token -> assertThat(token.string("code")).isEqualTo("l_011"))
        .satisfies(token -> assertThat(token.integer("visit")).isEqualTo(1));
  }

  @Test
  void aMissingValueIsNull() {
    fixture.explain();

    JsonObject sex = results().get(1).objects("tabular").get(1);
    assertThat(sex.string("name")).isEqualTo("sex");
    assertThat(sex.keys()).contains("value");
    assertThat(sex.has("value")).isFalse();
  }

  @Test
  void aBoundThatNoThetaMeetsIsAWarning() {
    Cli.Outcome outcome = fixture.explain("--max-completeness-gap", "1e-12");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.err())
        .contains("warning: no theta within the completeness gap for 3 patients");
  }

  @Test
  void theBaselineCountsItsCohortToo() {
    Cli.Outcome outcome = Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.cohort);

    assertThat(outcome.code()).isZero();
    assertThat(outcome.err())
        .contains("3 of 14 codes (21.4%), in 2 patients, not in the model's vocabulary")
        .contains("3 tokens cut in 1 patient")
        .contains("3 missing tabular values in 2 patients (\"sex\" in 2, \"age\" in 1)")
        .contains("gsig: means of 3 validation patients in ");
  }
}
