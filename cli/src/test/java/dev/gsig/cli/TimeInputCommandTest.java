package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that reads the times of visits, from import on through every command. */
class TimeInputCommandTest {
  private static final Path CASE =
      Path.of("..", "gsig", "src", "test", "resources", "import", "torch-timed");

  @TempDir Path temp;

  private Object[] importing(String... more) {
    List<Object> args = new ArrayList<>(List.of("import", "--input", CASE.resolve("model.pt")));
    args.addAll(List.of("--vocab", CASE.resolve("vocab.json"), "--out", temp.resolve("model")));
    args.addAll(List.of("--check", CASE.resolve("check.npz")));
    for (String set :
        List.of("num_attention_heads=3", "hidden_act=gelu", "norm_first=true", "pooling=cls")) {
      args.addAll(List.of("--set", set));
    }
    for (String set : more) {
      args.addAll(List.of("--set", set));
    }
    return args.toArray();
  }

  /** The check computes with the numbers of its file, so that it could not tell what they are. */
  @Test
  void whatTheNumberIsIsAskedForEvenWithACheck() {
    Cli.Outcome asked = Cli.run(importing());
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.errLines()).hasSize(1);
    assertThat(asked.err())
        .contains(
            "time_span (time_proj.weight is a linear layer of one number",
            "time_unit",
            "time_transform",
            "time_special_tokens");
    Object[] told =
        importing(
            "time_span=since_previous_visit",
            "time_unit=days",
            "time_transform=log1p",
            "time_special_tokens=zero");
    assertThat(Cli.succeeds(told).out()).contains("embeddings.time_embeddings.weight");
  }

  @Test
  void aCheckWithOtherSpecialTokensIsRefused() {
    Cli.Outcome refused =
        Cli.run(
            importing(
                "time_span=since_previous_visit",
                "time_unit=365",
                "time_transform=log1p",
                "time_special_tokens=visit"));
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err())
        .contains("check.npz: row ", "holds SEP and has the time 0.0, but with", "visit it reads");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gsig", "ig", "bounded-measure", "expected-gradients"})
  void isExplainedByEveryMethod(String method) {
    Fixture fixture = Fixture.withBaseline("time-since-previous", temp);
    List<Object> options = new ArrayList<>(List.of("--method", method));
    if (method.equals("expected-gradients")) {
      options.addAll(List.of("--references", fixture.validation));
    }
    Cli.Outcome explained = fixture.explain(options.toArray());
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(Cli.succeeds("verify", fixture.out).out()).startsWith("verified: ");
  }

  @Test
  void infoTellsWhatTheTimeIs() {
    Fixture fixture = Fixture.copy("time-since-previous", temp);
    assertThat(Cli.succeeds("info", "--model", fixture.model).out())
        .contains("code + position (learned) + time (linear)")
        .contains("since_previous_visit in days, log1p; special tokens read 0");
    JsonObject json =
        Json.object(Cli.succeeds("info", "--json", "--model", fixture.model).out(), "info");
    assertThat(json.object("time_input").number("unit_seconds")).isEqualTo(86_400);
    Fixture other = Fixture.copy("time-until-last", temp.resolve("other"));
    assertThat(Cli.succeeds("info", "--model", other.model).out())
        .contains("until_last_visit in 730.5 days; special tokens read that of their visit");
  }

  @Test
  void isEvaluatedAndTrained() throws Exception {
    Fixture fixture = Fixture.withBaseline("time-until-last", temp);
    ofBothClasses(fixture.cohort);
    ofBothClasses(fixture.validation);
    Cli.succeeds(
        "evaluate",
        "--model",
        fixture.model,
        "--cohort",
        fixture.cohort,
        "--methods",
        "ig",
        "--steps",
        4,
        "--out",
        temp.resolve("evaluation"));
    Path cohort = Files.createDirectory(temp.resolve("training"));
    Files.copy(fixture.cohort, cohort.resolve("train.jsonl"));
    Files.copy(fixture.validation, cohort.resolve("validation.jsonl"));
    Files.copy(fixture.model.resolve("vocab.json"), cohort.resolve("vocab.json"));
    Path trained = temp.resolve("trained");
    Path config = fixture.model.resolve("config.json");
    Cli.succeeds(
        "train",
        "--cohort",
        cohort,
        "--config",
        config,
        "--pretrain-epochs",
        1,
        "--epochs",
        1,
        "--out",
        trained);
    assertThat(Files.readString(trained.resolve("config.json"))).contains("until_last_visit");
    Cli.succeeds("info", "--model", trained);
  }

  private static void ofBothClasses(Path cohort) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(cohort));
    for (int i = 0; i < lines.size(); i++) {
      lines.set(i, lines.get(i).replaceAll("\"label\": \\d", "\"label\": " + i % 2));
    }
    Files.write(cohort, lines);
  }

  /** Nothing is explained on a guess; {@code --skip-invalid} counts who is left out. */
  @Test
  void aPatientWithoutTimesIsRefused() throws Exception {
    Fixture fixture = Fixture.withBaseline("time-since-previous", temp);
    List<String> lines = new ArrayList<>(Files.readAllLines(fixture.cohort));
    lines.set(0, lines.get(0).replaceAll("\"time\": \"[^\"]*\", ", ""));
    Files.write(fixture.cohort, lines);
    Cli.Outcome refused = fixture.explain();
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("visit 1: the model reads times; give the visit a \"time\"");
    Cli.Outcome skipped = fixture.explain("--skip-invalid", "--overwrite");
    assertThat(skipped.code()).as(skipped.err()).isZero();
    assertThat(Arrays.asList(Files.readString(fixture.out).split("\n"))).hasSize(lines.size() - 1);
  }
}
