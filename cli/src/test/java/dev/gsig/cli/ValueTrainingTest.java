package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A planted truth: a risk that depends on a lab's value and not on its being there, and the
 * reverse. A model is trained on such patients, and its explanations must tell which it was.
 */
@Tag("cohort")
class ValueTrainingTest {
  private static final int TRAINING = 1200;
  private static final int OTHERS = 150;
  private static final int EXPLAINED = 60;
  private static final int CODES = 12;
  private static final String LAB = "lab";

  /** What the risk depends on. */
  enum Cause {
    VALUE,
    PRESENCE
  }

  @TempDir Path temp;

  /** A visit of five codes, the lab one of them or none: whoever counts learns nothing. */
  private static List<String> patients(Cause cause, int count, String prefix, Random random) {
    List<String> lines = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      double value = 5 + 2 * random.nextGaussian();
      boolean present = random.nextInt(3) > 0;
      double logit = cause == Cause.PRESENCE ? (present ? 3 : -3) : present ? value - 5 : 0;
      boolean ill = random.nextDouble() < 1 / (1 + Math.exp(-logit));
      List<String> codes = new ArrayList<>();
      List<String> values = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        codes.add("\"c" + random.nextInt(CODES) + "\"");
        values.add("null");
      }
      int at = random.nextInt(5);
      if (present) {
        codes.set(at, '"' + LAB + '"');
        values.set(at, String.format(Locale.ROOT, "%.3f", value));
      }
      lines.add(
          "{\"subject_id\":\"%s%d\",\"visits\":[{\"codes\":%s,\"values\":%s}],\"label\":%d}"
              .formatted(prefix, p, codes, values, ill ? 1 : 0));
    }
    return lines;
  }

  private Path cohort(Cause cause) throws IOException {
    Path cohort = Files.createDirectory(temp.resolve("cohort"));
    Random random = new Random(5);
    Path training =
        Files.write(cohort.resolve("train.jsonl"), patients(cause, TRAINING, "t", random));
    Files.write(cohort.resolve("validation.jsonl"), patients(cause, OTHERS, "v", random));
    Files.write(temp.resolve("some.jsonl"), patients(cause, EXPLAINED, "p", random));
    List<String> names =
        new ArrayList<>(List.of("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]", LAB));
    IntStream.range(0, CODES).forEach(c -> names.add("c" + c));
    StringBuilder vocabulary = new StringBuilder("{");
    names.forEach(name -> vocabulary.append("\"%s\": %d, ".formatted(name, names.indexOf(name))));
    vocabulary.setLength(vocabulary.length() - 2);
    Path file = Files.writeString(cohort.resolve("vocab.json"), vocabulary.append('}'));
    CodeValues.of(CohortReader.readAll(training), Vocabulary.read(file))
        .write(cohort.resolve(CodeValues.FILE_NAME));
    return cohort;
  }

  @ParameterizedTest
  @EnumSource
  void explanationsTellTheValueFromItsPresence(Cause cause) throws IOException {
    Path cohort = cohort(cause);
    Path model = temp.resolve("model");
    Cli.succeeds(
        "train",
        "--cohort",
        cohort,
        "--out",
        model,
        "--values",
        "--hidden-size",
        16,
        "--layers",
        1,
        "--heads",
        2,
        "--max-length",
        8,
        "--epochs",
        8,
        "--learning-rate",
        "1e-2",
        "--dropout",
        "0.1",
        "--threads",
        1);
    assertThat(
            Json.read(model.resolve("training.json")).objects("epochs").stream()
                .filter(epoch -> epoch.has("validation_auroc"))
                .mapToDouble(epoch -> epoch.number("validation_auroc")))
        .anyMatch(auroc -> auroc > 0.7);
    TrainedRun run = new TrainedRun(temp, model);
    run.explain(
        cohort.resolve("validation.jsonl"),
        temp.resolve("some.jsonl"),
        "--method",
        "ig",
        "--baseline",
        "manifold-mean-unpadded");

    double ofValue = 0;
    double ofPresence = 0;
    double presence = 0;
    int patients = 0;
    int agreeing = 0;
    for (String line : Files.readAllLines(run.results())) {
      for (JsonObject token : Json.object(line, "a result").objects("tokens")) {
        if (token.string("code").equals(LAB)) {
          double value = token.number("value_signed");
          ofValue += Math.abs(value);
          presence += token.number("signed") - value;
          ofPresence += Math.abs(token.number("signed") - value);
          patients++;
          assertThat(token.number("value_start")).isBetween(4.0, 6.0);
          agreeing += value > 0 == token.number("value") > 5 ? 1 : 0;
        }
      }
    }
    System.out.printf(
        "%s: mean part of the value %.3f, of its presence %.3f, %d patients%n",
        cause, ofValue / patients, ofPresence / patients, patients);
    if (cause == Cause.VALUE) {
      assertThat((double) agreeing / patients).isGreaterThan(0.9);
      assertThat(ofValue / ofPresence).isGreaterThan(1.5);
      // that it was measured speaks neither for nor against the outcome
      assertThat(Math.abs(presence)).isLessThan(0.2 * ofValue);
    } else {
      assertThat(ofPresence / ofValue).isGreaterThan(10);
      assertThat(presence).isGreaterThan(0.99 * ofPresence);
    }

    assertThat(Files.readString(run.report())).contains("value_signed", "Values of codes");
    run.verify();
    Path table = temp.resolve("events.csv");
    Cli.succeeds("export", "--in", run.results(), "--out", table);
    List<String> rows = Files.readAllLines(table);
    assertThat(rows.get(0)).endsWith("prediction_time,value,value_start,value_signed");
    assertThat(rows).anyMatch(row -> row.contains("," + LAB + ",") && !row.endsWith(",,,"));
  }

  @Test
  void eachCodeMayHaveAVectorOfItsOwn() throws IOException {
    Path cohort = cohort(Cause.VALUE);
    Path model = temp.resolve("model");
    Cli.succeeds(
        "train",
        "--cohort",
        cohort,
        "--out",
        model,
        "--values",
        "--value-embedding",
        "code_vector",
        "--hidden-size",
        16,
        "--layers",
        1,
        "--max-length",
        8,
        "--epochs",
        1,
        "--pretrain-epochs",
        0);

    assertThat(Files.readString(model.resolve("config.json")))
        .contains("\"value\":\"code_vector\"");
    try (Safetensors weights = Safetensors.open(model.resolve("model.safetensors"))) {
      assertThat(weights.shape("embeddings.value_embeddings.weight"))
          .containsExactly(6L + CODES, 16L);
    }
    Cli.succeeds(
        "explain",
        "--model",
        model,
        "--cohort",
        cohort.resolve("validation.jsonl"),
        "--baseline",
        "zero",
        "--out",
        temp.resolve("some.out.jsonl"));
    assertThat(temp.resolve("some.out.jsonl")).content().contains("\"value_signed\":");
  }
}
