package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From records of Synthea to an explained decoder: it learns next codes better than how often they
 * occur, is asked for any code of a heart that fails, explained and reported, and verified.
 */
@Tag("cohort")
class NextCodeTrainingTest {
  private static final Path DEMO = Path.of("..", "demo");
  private static final int PATIENTS = 6;

  @TempDir Path temp;

  private Path model;
  private Path validation;

  /** The demo's cohorts, other patients in each part. */
  private Path cohort() throws IOException {
    Path cohort = Files.createDirectory(temp.resolve("cohort"));
    Files.copy(DEMO.resolve("validation.jsonl"), cohort.resolve("train.jsonl"));
    List<String> others = Files.readAllLines(DEMO.resolve("test.jsonl"));
    validation = Files.write(cohort.resolve("validation.jsonl"), others.subList(0, 100));
    Files.write(cohort.resolve("test.jsonl"), others.subList(100, 200));
    for (String name : List.of("vocab.json", "descriptions.json")) {
      Files.copy(DEMO.resolve("model").resolve(name), cohort.resolve(name));
    }
    return cohort;
  }

  @Test
  void aDecoderOfSyntheaIsExplained() throws IOException {
    Path cohort = cohort();
    double untrained = train(cohort, "untrained", 1, 1e-12).number("validation_loss");
    double trained = train(cohort, "trained", 6, 1e-2).number("validation_loss");
    JsonObject report = Json.read(model.resolve("training.json"));
    double unigram = report.number("validation_unigram_loss");
    // a model that knows nothing is as sure of each of 448 tokens
    assertThat(untrained).isBetween(Math.log(448) - 0.5, Math.log(448) + 1);
    assertThat(trained).isLessThan(unigram - 0.2);
    assertThat(report.object("test").number("loss")).isLessThan(unigram - 0.2);

    Path failure = Files.write(temp.resolve("heart-failure.txt"), heartFailure(cohort));
    Path some = temp.resolve("some.jsonl");
    Files.write(some, Files.readAllLines(cohort.resolve("test.jsonl")).subList(0, PATIENTS));
    TrainedRun run = new TrainedRun(temp, model);
    run.explain(validation, some, "--target", "next:" + failure, "--method", "ig");
    List<String> lines = Files.readAllLines(run.results());
    assertThat(lines).hasSize(PATIENTS);
    for (String line : lines) {
      JsonObject result = Json.object(line, "a result");
      assertThat(result.string("explained_class_name")).isEqualTo("next:" + failure);
      assertThat(result.number("score")).isLessThan(0); // the log of a probability
      assertThat(result.number("explained_probability")).isBetween(0.0, 1.0);
    }
    assertThat(run.report()).content().contains("heart-failure.txt");
    assertThat(run.verify()).contains("verified: " + PATIENTS + " results");
  }

  /** Trains a small decoder; returns its best epoch. */
  private JsonObject train(Path cohort, String name, int epochs, double rate) throws IOException {
    model = temp.resolve(name);
    Cli.succeeds(
        "train",
        "--cohort",
        cohort,
        "--out",
        model,
        "--architecture",
        "decoder",
        "--hidden-size",
        32,
        "--layers",
        1,
        "--max-length",
        64,
        "--epochs",
        epochs,
        "--learning-rate",
        rate,
        "--dropout",
        0.1);
    return Json.read(model.resolve("training.json")).objects("epochs").stream()
        .filter(epoch -> epoch.bool("best", false))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  /** Every code that the model knows for heart failure or a disease of the heart. */
  private static List<String> heartFailure(Path cohort) {
    Descriptions descriptions = Descriptions.read(cohort.resolve("descriptions.json"));
    List<String> codes =
        Vocabulary.read(cohort.resolve("vocab.json")).codes().stream()
            .filter(
                code ->
                    String.valueOf(descriptions.of(code)).matches(".*heart (failure|disease).*"))
            .toList();
    assertThat(codes).contains("d_88805009").hasSizeGreaterThan(1);
    return codes;
  }
}
