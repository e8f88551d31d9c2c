package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gsig predict}: what {@code explain} says of patients, without explaining them. */
class PredictCommandTest {
  private static final Path DEMO = Path.of("..", "demo");

  @TempDir Path temp;

  private List<String> table(Fixture fixture) {
    Path table = temp.resolve("predictions.csv");
    Cli.succeeds("predict", "--model", fixture.model, "--cohort", fixture.cohort, "--out", table);
    return Fixture.lines(table);
  }

  private static List<JsonObject> explained(Fixture fixture, Object... options) {
    Cli.Outcome outcome = fixture.explain(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "a result")).toList();
  }

  @Test
  void oneLogitHasTheProbabilityOfClassOne() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);

    List<String> lines = table(fixture);

    assertThat(lines.get(0)).isEqualTo("subject_id,label,predicted_class,probability");
    List<JsonObject> results = explained(fixture);
    assertThat(lines).hasSize(results.size() + 1);
    for (int i = 0; i < results.size(); i++) {
      JsonObject prediction = results.get(i).object("prediction");
      String[] cells = lines.get(i + 1).split(",", -1);
      assertThat(cells[0]).isEqualTo(results.get(i).string("subject_id"));
      assertThat(cells[2]).isEqualTo(Integer.toString(prediction.integer("class")));
      assertThat(Double.parseDouble(cells[3])).isEqualTo(prediction.number("probability"));
    }
  }

  @Test
  void severalLogitsHaveAProbabilityEach() {
    Fixture fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);

    List<String> lines = table(fixture);

    assertThat(lines.get(0))
        .isEqualTo("subject_id,label,predicted_class,probability_0,probability_1");
    List<JsonObject> results = explained(fixture);
    for (int i = 0; i < results.size(); i++) {
      JsonObject prediction = results.get(i).object("prediction");
      String[] cells = lines.get(i + 1).split(",", -1);
      double ofPredicted = Double.parseDouble(cells[3 + prediction.integer("class")]);
      assertThat(ofPredicted).isEqualTo(prediction.number("probability"));
      assertThat(Double.parseDouble(cells[3]) + Double.parseDouble(cells[4]))
          .isCloseTo(1, within(2e-6));
    }
  }

  @Test
  void labelsOfAMultiLabelModelAreListedAndToldApart() {
    Fixture fixture = Fixture.withBaseline("multi-label-named", temp);
    List<String> patients = Fixture.lines(fixture.cohort);
    String labelled = patients.get(0).replaceFirst("\\[\\d, \\d, \\d\\]", "[1, 0, 1]");
    String unlabelled = patients.get(1).replaceFirst(", \"labels\": \\[\\d, \\d, \\d\\]", "");
    Fixture.write(fixture.cohort, labelled + "\n" + unlabelled + "\n");

    Cli.Outcome outcome =
        Cli.succeeds("predict", "--model", fixture.model, "--cohort", fixture.cohort);
    List<String> lines = table(fixture);

    assertThat(outcome.outLines().get(0)).isEqualTo("2 patients, 1 with a label");
    assertThat(outcome.out())
        .contains("label 0 (diabetes), 1 of 1 patient (100.0%; ")
        .contains("label 1 (ckd), 0 of 1 patient (0.0%; ")
        .contains("no AUROC; Brier ");
    assertThat(lines.get(1).split(",", -1)[1]).isEqualTo("0;2");
    assertThat(lines.get(2).split(",", -1)[1]).isEmpty();
    List<JsonObject> labels = explained(fixture).get(0).object("prediction").objects("labels");
    for (int k = 0; k < labels.size(); k++) {
      assertThat(Double.parseDouble(lines.get(1).split(",", -1)[3 + k]))
          .isEqualTo(labels.get(k).number("probability"));
    }
  }

  @Test
  void howWellTheDemoIsToldIsThatOfItsTable() {
    Path table = temp.resolve("predictions.csv");

    Cli.Outcome outcome =
        Cli.succeeds(
            "predict",
            "--model",
            DEMO.resolve("model"),
            "--cohort",
            DEMO.resolve("test.jsonl"),
            "--out",
            table);

    List<String[]> rows =
        Fixture.lines(table).stream().skip(1).map(line -> line.split(",", -1)).toList();
    double pairs = 0;
    double won = 0;
    double squares = 0;
    double sum = 0;
    for (String[] row : rows) {
      double p = Double.parseDouble(row[3]);
      sum += p;
      squares += Math.pow(p - Integer.parseInt(row[1]), 2);
      for (String[] other : rows) {
        if (row[1].equals("1") && other[1].equals("0")) {
          double q = Double.parseDouble(other[3]);
          pairs++;
          won += p > q ? 1 : p == q ? 0.5 : 0;
        }
      }
    }
    long positives = rows.stream().filter(row -> row[1].equals("1")).count();
    assertThat(outcome.outLines())
        .hasSize(2)
        .last()
        .asString()
        .startsWith(positives + " of " + rows.size() + " patients")
        .contains(
            String.format(Locale.ROOT, "mean probability %.1f%%", 100 * sum / rows.size()),
            String.format(Locale.ROOT, "AUROC %.3f [95%% interval ", won / pairs),
            String.format(Locale.ROOT, "Brier %.4f", squares / rows.size()));
  }

  @Test
  void aLabelThatTheModelDoesNotHaveIsRefused() {
    Fixture fixture = Fixture.copy(Fixture.SEQUENCE_ONLY, temp);
    List<String> patients = Fixture.lines(fixture.cohort);
    Fixture.write(
        fixture.cohort, patients.get(0).replaceFirst("\"label\": \\d", "\"label\": 7") + "\n");

    Cli.assertRefused(
        Cli.run("predict", "--model", fixture.model, "--cohort", fixture.cohort),
        "has the label 7, but the model's classes are 0 to 1; correct the label");
  }

  @Test
  void noThreadIsRefused() {
    Cli.assertRefused(
        Cli.run(
            "predict",
            "--model",
            DEMO.resolve("model"),
            "--cohort",
            DEMO.resolve("test.jsonl"),
            "--threads",
            0),
        "--threads must be at least 1, but is 0");
  }
}
