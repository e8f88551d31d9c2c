package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with a sigmoid a label, through every command that explains or shows it. */
class MultiLabelTest {
  private static final List<String> NAMES = List.of("diabetes", "ckd", "copd");

  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline("multi-label-named", temp);
  }

  private Cli.Outcome explain(Object... options) {
    Cli.Outcome outcome = fixture.explain(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private List<JsonObject> results() {
    return Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "a result")).toList();
  }

  private static String run(Object... args) {
    Cli.Outcome outcome = Cli.run(args);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome.out();
  }

  @Test
  void theMostProbableLabelIsExplainedByDefaultAndSaid() {
    Cli.Outcome outcome = explain("--target", "probability");

    for (JsonObject result : results()) {
      JsonObject prediction = result.object("prediction");
      List<JsonObject> labels = prediction.objects("labels");
      assertThat(labels).extracting(l -> l.string("name")).isEqualTo(NAMES);
      assertThat(labels).extracting(l -> l.integer("class")).containsExactly(0, 1, 2);
      JsonObject most =
          labels.stream().max(Comparator.comparingDouble(l -> l.number("probability"))).get();
      assertThat(prediction.integer("class")).isEqualTo(most.integer("class"));
      assertThat(prediction.string("class_name")).isEqualTo(most.string("name"));
      assertThat(prediction.number("probability")).isEqualTo(most.number("probability"));
      assertThat(result.integer("explained_class")).isEqualTo(most.integer("class"));
      assertThat(result.string("explained_class_name")).isEqualTo(most.string("name"));
      assertThat(result.number("score")).isEqualTo(most.number("probability"));
    }
    assertThat(outcome.err())
        .contains("note: what is explained is each patient's most probable label (")
        .contains("--class CLASS explains one for all");
  }

  @Test
  void aLabelByNumberAndByName() {
    explain("--class", "2", "--target", "probability");
    String byNumber = Fixture.read(fixture.out);
    Cli.Outcome named = explain("--class", "copd", "--target", "probability", "--overwrite");

    assertThat(Fixture.read(fixture.out)).isEqualTo(byNumber);
    assertThat(named.err()).doesNotContain("most probable");
    for (JsonObject result : results()) {
      JsonObject third = result.object("prediction").objects("labels").get(2);
      assertThat(result.number("score")).isEqualTo(third.number("probability"));
    }
    assertThat(run("verify", fixture.out)).startsWith("verified: ");
    Cli.Outcome unknown = fixture.explain("--class", "asthma", "--overwrite");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.errLines())
        .containsExactly(
            "gsig: class \"asthma\" does not exist; the model has the classes 0 (diabetes), 1"
                + " (ckd), 2 (copd)");
  }

  @Test
  void infoTellsTheLabels() {
    assertThat(run("info", "--model", fixture.model))
        .contains("3 labels, a sigmoid each", "0 diabetes, 1 ckd, 2 copd");
    JsonObject json = Json.object(run("info", "--json", "--model", fixture.model), "info");
    assertThat(json.string("problem_type")).isEqualTo("multi_label_classification");
    assertThat(json.strings("class_names")).isEqualTo(NAMES);
  }

  @Test
  void exportTellsTheLabels() {
    explain();
    List<String> labels =
        run("export", "--in", fixture.out, "--out", "-", "--rows", "labels").lines().toList();
    assertThat(labels).hasSize(1 + 3 * results().size());
    assertThat(labels.get(0)).isEqualTo("subject_id,label,name,probability");
    double first =
        results().get(0).object("prediction").objects("labels").get(1).number("probability");
    assertThat(labels.get(2)).isEqualTo("p0,1,ckd," + first);
    assertThat(
            run("export", "--in", fixture.out, "--out", "-", "--rows", "patients")
                .lines()
                .toList()
                .get(0))
        .contains(",predicted_class_name,explained_class_name,");
  }

  /** The measured probability is that of the explained label, which nothing else enters. */
  @Test
  void evaluateAndStudyMeasureTheExplainedLabel() throws Exception {
    Path out = temp.resolve("evaluation");
    String other =
        run(
            "evaluate",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--methods",
            "ig",
            "--baselines",
            "zero",
            "--steps",
            4,
            "--class",
            "diabetes",
            "--out",
            out);
    assertThat(other).contains("explained: label 0 (diabetes), whose probability is measured");
    String diabetes = Files.readString(out.resolve("evaluation-patients.csv"));
    run(
        "evaluate",
        "--model",
        fixture.model,
        "--cohort",
        fixture.cohort,
        "--methods",
        "ig",
        "--baselines",
        "zero",
        "--steps",
        4,
        "--class",
        "copd",
        "--out",
        out,
        "--overwrite");
    assertThat(Files.readString(out.resolve("evaluation-patients.csv"))).isNotEqualTo(diabetes);
    assertThat(
            run(
                "study",
                "--model",
                fixture.model,
                "--cohort",
                fixture.cohort,
                "--baseline",
                "zero",
                "--steps",
                "4",
                "--class",
                "copd"))
        .contains("explained: label 2 (copd), whose probability is measured");
  }
}
