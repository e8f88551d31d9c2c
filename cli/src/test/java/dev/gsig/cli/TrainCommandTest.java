package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.Display;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.train.ClassWeighting;
import dev.gsig.train.EpochReport;
import dev.gsig.train.ModelSize;
import dev.gsig.train.ModelTraining;
import dev.gsig.train.Optimizer;
import dev.gsig.train.TrainListener;
import dev.gsig.train.TrainOptions;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.Pooling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gsig train}: the folder that it makes, and what it refuses. */
class TrainCommandTest {
  @TempDir Path temp;
  private Path cohort;
  private Path out;

  @BeforeEach
  void makeCohort() throws IOException {
    cohort = Files.createDirectory(temp.resolve("cohort"));
    out = temp.resolve("model");
    StringBuilder vocabulary = new StringBuilder();
    String[] special = {"[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"};
    for (int id = 0; id < 15; id++) {
      String code = id < special.length ? special[id] : "d_" + id;
      vocabulary.append(id == 0 ? "{" : ",").append("\"" + code + "\":" + id);
    }
    write("vocab.json", vocabulary + "}\n");
    write("descriptions.json", "{\"d_5\":\"what the label hangs on\"}\n");
    write("train.jsonl", patients(60, 1));
    write("validation.jsonl", patients(30, 2));
    write("test.jsonl", patients(40, 3));
  }

  /**
   * Patients, others for each seed, whose label is whether they have d_5, and who know their age.
   */
  private static String patients(int n, long seed) {
    String name = seed == 1 ? "p" : "p" + seed + "_";
    Random random = new Random(seed);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < n; i++) {
      boolean ill = random.nextInt(3) == 0;
      List<String> codes = new ArrayList<>();
      for (int c = 0; c < 4; c++) {
        codes.add("\"d_" + (6 + random.nextInt(9)) + "\"");
      }
      if (ill) {
        codes.set(random.nextInt(4), "\"d_5\"");
      }
      lines.append(
          "{\"subject_id\":\"%s%d\",\"visits\":[{\"codes\":[%s]},{\"codes\":[%s]}],"
                  .formatted(
                      name,
                      i,
                      String.join(",", codes.subList(0, 2)),
                      String.join(",", codes.subList(2, 4)))
              + "\"tabular\":{\"age\":%d},\"label\":%d}%n"
                  .formatted(50 + random.nextInt(20), ill ? 1 : 0));
    }
    return lines.toString().replace("\r", "");
  }

  private void write(String name, String text) {
    try {
      Files.writeString(cohort.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a part lacks altogether shows only where parts are looked at one by one. */
  @Test
  void whatIsAmissInOnePartIsNamedWithItsFile() {
    write("validation.jsonl", patients(30, 2).replace("\"age\"", "\"AGE\""));
    write("test.jsonl", patients(40, 3).replaceFirst("d_[0-9]+", "x_1"));
    Cli.Outcome outcome = train("--epochs", 1, "--pretrain-epochs", 0);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.errLines())
        .filteredOn(line -> line.contains("warning: "))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .contains("validation.jsonl: 30 missing tabular values in 30 patients")
                    .contains("(\"age\" in every patient)", "\"AGE\" (is it \"age\"?)"),
            line -> assertThat(line).contains("test.jsonl: 1 of 160 codes (0.6%)"));
  }

  @Test
  void aClassThatNoFigureSpeaksOfIsNamed() {
    write("train.jsonl", patients(60, 1).replaceFirst("\"label\":0", "\"label\":2"));
    Cli.Outcome outcome = train("--epochs", 1, "--pretrain-epochs", 0);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    for (String file : List.of("validation.jsonl", "test.jsonl")) {
      assertThat(outcome.err())
          .contains(
              "warning: " + file + ": no patient has the label 2, one of the model's 3 classes");
    }
  }

  @Test
  void valuesThatHaveNoMeanAreRefused() {
    write("train.jsonl", patients(60, 1).replaceFirst("\"age\":[0-9]+", "\"age\":1e300"));
    Cli.assertRefused(train(), "values of \"age\" are too large for a mean", "(up to 1.0E300)");
    assertThat(out).doesNotExist();
  }

  @Test
  void descriptionsAreReadBeforeTheyAreCopied() {
    write("descriptions.json", "[\"d_5\"]");
    Cli.assertRefused(train(), "descriptions.json: must hold a JSON object");
    assertThat(out).doesNotExist();
  }

  @Test
  void aVocabularyWithoutCodesSaysSo() {
    write("vocab.json", "{\"[PAD]\":0,\"[CLS]\":1,\"[SEP]\":2,\"[MASK]\":3,\"[UNK]\":4}");
    Cli.assertRefused(train(), "the model's vocabulary has no codes but special tokens");
    assertThat(out).doesNotExist();
  }

  /** What Ctrl-C does, but where a shell had it ignored. */
  @Tag("process")
  @EnabledOnOs(OS.LINUX) // the signal
  @Test
  void interruptedItNamesItsCheckpoint() throws Exception {
    List<String> command = new ArrayList<>(Child.java(Main.class, List.of()));
    Stream.of("train", "--cohort", cohort, "--out", out, "--hidden-size", 8, "--layers", 1)
        .map(String::valueOf)
        .forEach(command::add);
    command.addAll(List.of("--heads", "2", "--pretrain-epochs", "0", "--batch-size", "4"));
    command.addAll(List.of("--epochs", "100000", "--patience", "100000"));
    Path log = temp.resolve("log");
    Path checkpoint = out.resolve("checkpoint.safetensors");
    Process run = Child.start(log, command);
    for (int i = 0; i < 6000 && run.isAlive() && !Files.exists(checkpoint); i++) {
      Thread.sleep(10);
    }
    assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(run.pid())).start().waitFor())
        .isZero();
    assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();

    assertThat(run.exitValue()).as(Files.readString(log)).isEqualTo(143);
    assertThat(Files.readString(log))
        .contains(
            "gsig: interrupted; the checkpoint is "
                + checkpoint
                + "; the same command with --resume goes on from there");
    assertThat(hidden(out)).isEmpty();

    // What a run leaves that cannot even say so, is gone with the next.
    Files.writeString(out.resolve(".checkpoint.safetensors.0123abcd.gsig-new"), "half");
    Cli.Outcome again = train("--resume");
    assertThat(again.code()).as(again.err()).isEqualTo(2);
    assertThat(again.err()).contains("checkpoint.safetensors: was made with another ");
    assertThat(hidden(out)).isEmpty();
  }

  private static List<Path> hidden(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
    }
  }

  private Cli.Outcome train(Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("--hidden-size", 16, "--layers", 1, "--max-length", 16));
    args.addAll(List.of("--head-size", 8));
    args.addAll(List.of(options));
    return trainAsTold(args.toArray());
  }

  private Cli.Outcome trainAsTold(Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("train", "--cohort", cohort, "--out", out, "--batch-size", 10));
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  private void assertNothingMade(Cli.Outcome outcome, String... parts) {
    Cli.assertRefused(outcome, parts);
    assertThat(out).doesNotExist();
  }

  @Test
  void whatItMakesIsExplainedAndEvaluated() throws IOException {
    Cli.Outcome outcome =
        train("--epochs", 12, "--pretrain-epochs", 2, "--learning-rate", "5e-3", "--dropout", 0);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("pretraining epoch 2/2: loss", "epoch 1/12", "Brier");
    assertThat(outcome.out())
        .containsPattern(
            "test AUROC [0-9.]+ \\[95% interval [0-9.]+ to [0-9.]+\\], AUPRC [0-9.]+, Brier [0-9.]+\n");
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json",
              "model.safetensors",
              "vocab.json",
              "descriptions.json",
              "display.json",
              "training.json");
    }
    assertThat(Display.in(out).test().auroc()).isGreaterThan(0.95);
    assertThat(Display.in(out).calibrated()).isFalse();
    JsonObject report = Json.read(out.resolve("training.json"));
    assertThat(report.object("test").number("auroc")).isGreaterThan(0.95);
    assertThat(report.list("epochs")).hasSizeGreaterThan(4);
    Path validation = cohort.resolve("validation.jsonl");
    assertThat(Cli.run("baseline", "--model", out, "--cohort", validation).code()).isZero();
    Path results = temp.resolve("results.jsonl");
    Path test = cohort.resolve("test.jsonl");
    Cli.Outcome explained =
        Cli.run("explain", "--model", out, "--cohort", test, "--out", results, "--steps", 16);
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(Files.readAllLines(results)).hasSize(40);
    Cli.Outcome evaluated =
        Cli.run("evaluate", "--model", out, "--cohort", test, "--steps", 8, "--methods", "ig");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
  }

  /**
   * The first label is that of {@link #patients}, the second whether they are 60, the last none's.
   */
  private static String labelled(int n, long seed) {
    StringBuilder lines = new StringBuilder();
    for (String line : patients(n, seed).lines().toList()) {
      int old = line.contains("\"age\":6") ? 1 : 0;
      lines.append(line.replaceAll("\"label\":([01])", "\"labels\":[$1," + old + ",0]"));
      lines.append('\n');
    }
    return lines.toString();
  }

  @Test
  void severalLabelsAreLearntAtOnce() throws IOException {
    write("train.jsonl", labelled(60, 1));
    write("validation.jsonl", labelled(30, 2));
    write("test.jsonl", labelled(40, 3));

    Cli.Outcome outcome =
        train(
            "--epochs",
            40,
            "--patience",
            40,
            "--pretrain-epochs",
            2,
            "--learning-rate",
            "5e-3",
            "--dropout",
            0);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains(", means over the labels\n", "  label 2, 0 of 40 patients: no AUROC; Brier ")
        .containsPattern("  label 0, \\d+ of 40 patients: AUROC [0-9.]+ \\[95% interval ");
    JsonObject config = Json.read(out.resolve("config.json"));
    assertThat(config.string("problem_type")).isEqualTo("multi_label_classification");
    assertThat(config.object("classifier").integer("num_labels")).isEqualTo(3);
    JsonObject test = Json.read(out.resolve("training.json")).object("test");
    List<JsonObject> labels = test.objects("labels");
    assertThat(labels.get(0).number("auroc")).isGreaterThan(0.95);
    assertThat(labels.get(1).number("auroc")).isGreaterThan(0.95);
    assertThat(labels.get(2).has("auroc")).isFalse();
    assertThat(test.number("auroc"))
        .isEqualTo((labels.get(0).number("auroc") + labels.get(1).number("auroc")) / 2);
    Path results = temp.resolve("results.jsonl");
    Path patients = cohort.resolve("test.jsonl");
    Cli.Outcome explained =
        Cli.run(
            "explain",
            "--model",
            out,
            "--cohort",
            patients,
            "--out",
            results,
            "--steps",
            8,
            "--baseline",
            "zero",
            "--tabular-baseline",
            "zero",
            "--class",
            0);
    assertThat(explained.code()).as(explained.err()).isZero();
    JsonObject first = Json.object(Files.readAllLines(results).get(0), "a result");
    assertThat(first.object("prediction").objects("labels")).hasSize(3);
    Cli.Outcome evaluated =
        Cli.run(
            "evaluate",
            "--model",
            out,
            "--cohort",
            patients,
            "--steps",
            4,
            "--methods",
            "ig",
            "--baselines",
            "zero",
            "--tabular-baseline",
            "zero",
            "--class",
            1);
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
  }

  @Test
  void labelsThatCannotBeLearntAreRefused() {
    write("train.jsonl", labelled(60, 1));
    Object[] once = {"--epochs", 1, "--pretrain-epochs", 0};
    assertNothingMade(
        train(once), "validation.jsonl: patient p2_0 has no \"labels\", but the model has 3; give");
    write("validation.jsonl", labelled(30, 2).replaceAll(",0]}", "]}"));
    assertNothingMade(train(once), "patient p2_0 has 2 labels, but the model has 3");
    write("validation.jsonl", labelled(30, 2).replaceAll("\\[[01],[01],0]}", "[0,1,0]}"));
    assertNothingMade(train(once), "every label holds for all 30 patients, or for none");
    write("validation.jsonl", labelled(30, 2).replaceAll("\\[[01],[01],0]}", "[0,2,0]}"));
    assertNothingMade(train(once), "\"labels[1]\" must be 0 or 1, but is 2");
    write("validation.jsonl", labelled(30, 2).replaceAll("\"labels\"", "\"label\""));
    assertNothingMade(train(once), "\"label\" is a list", "call a list of 0 and 1 \"labels\"");
    write("train.jsonl", patients(60, 1));
    write("validation.jsonl", labelled(30, 2));
    assertNothingMade(
        train(once), "patient p2_0 has no label", "set problem_type to multi_label_classification");
  }

  @Test
  void aFolderThatHoldsSomethingIsKeptUnlessAskedOtherwise() throws IOException {
    String[] brief = {"--epochs", "1", "--pretrain-epochs", "0"};
    assertThat(train((Object[]) brief).code()).isZero();
    byte[] weights = Files.readAllBytes(out.resolve("model.safetensors"));
    Cli.assertRefused(train((Object[]) brief), out + ": exists already", "--overwrite");
    Cli.assertRefused(train("--resume"), "has no checkpoint.safetensors", "complete");
    Cli.assertRefused(train("--resume", "--overwrite"), "exclude each other");
    assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(weights);
    assertThat(train("--epochs", 1, "--pretrain-epochs", 0, "--overwrite", "--seed", 2).code())
        .isZero();
    assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isNotEqualTo(weights);
  }

  @Test
  void anInterruptedRunGoesOnAsItWasBegun() throws IOException {
    Object[] begun = {"--epochs", 3, "--pretrain-epochs", 0};
    assertThat(train(begun).code()).isZero();
    byte[] whole = Files.readAllBytes(out.resolve("model.safetensors"));
    byte[] report = Files.readAllBytes(out.resolve("training.json"));
    out = temp.resolve("interrupted");
    TrainListener interrupts =
        new TrainListener() {
          @Override
          public void epoch(EpochReport done) {
            if (done.epoch() == 2) {
              throw new CancellationException();
            }
          }
        };
    assertThatThrownBy(
            () ->
                ModelTraining.of(
                        cohort,
                        out,
                        null,
                        new ModelSize(
                            ModelSize.Kind.ENCODER,
                            16,
                            1,
                            4,
                            32,
                            16,
                            8,
                            Set.of(EmbeddingInput.POSITION, EmbeddingInput.VISIT),
                            Pooling.CLS,
                            null),
                        defaults(),
                        "simd",
                        ModelTraining.Existing.REFUSE)
                    .run(interrupts))
        .isInstanceOf(CancellationException.class);
    assertThat(out.resolve("model.safetensors")).doesNotExist();
    Cli.assertRefused(train(begun), "exists already; go on with --resume");
    Cli.assertRefused(
        train("--resume", "--epochs", 3, "--pretrain-epochs", 0, "--seed", 2),
        "another --seed (1, not 2)");
    Cli.assertRefused(
        train("--resume", "--epochs", 3, "--pretrain-epochs", 0, "--heads", 2),
        "another configuration");
    Files.writeString(cohort.resolve("train.jsonl"), patients(60, 9));
    Cli.assertRefused(
        train("--resume", "--epochs", 3, "--pretrain-epochs", 0), "another training set");
    Files.writeString(cohort.resolve("train.jsonl"), patients(60, 1));
    assertThat(train("--resume", "--epochs", 3, "--pretrain-epochs", 0).code()).isZero();
    assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(whole);
    assertThat(Files.readAllBytes(out.resolve("training.json"))).isEqualTo(report);
    assertThat(out.resolve("checkpoint.safetensors")).doesNotExist();
  }

  /** The options that {@link #train} gives and those that it leaves at their defaults. */
  private static TrainOptions defaults() {
    return new TrainOptions(
        null,
        0,
        3,
        10,
        1e-3,
        Optimizer.ADAMW,
        0.01,
        0.2,
        0.1,
        ClassWeighting.parse("none"),
        1,
        4,
        1,
        1,
        60);
  }

  @Test
  void aConfigurationIsTakenAsItStands() throws IOException {
    Path config = temp.resolve("my.json");
    String text =
        """
        {"vocab_size": 15, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
         "intermediate_size": 16, "hidden_act": "relu", "layer_norm_eps": 1e-12,
         "max_position_embeddings": 12, "pad_token_id": 0, "cls_token_id": 1, "sep_token_id": 2,
         "unk_token_id": 4, "pooling": "mean"}
        """;
    Files.writeString(config, text);
    assertNothingMade(
        trainAsTold("--config", config, "--layers", 2),
        "--layers is for a model without --config; leave it out");
    assertNothingMade(trainAsTold("--config", config), "mask_token_id", "--pretrain-epochs 0");
    assertThat(trainAsTold("--config", config, "--pretrain-epochs", 0, "--epochs", 1).code())
        .isZero();
    assertThat(out.resolve("config.json")).content().isEqualTo(text);
    assertThat(Cli.run("info", "--model", out).code()).isZero();
  }

  @Test
  void patientsThatCannotBeLearntFromAreRefused() throws IOException {
    String train = Files.readString(cohort.resolve("train.jsonl"));
    write("train.jsonl", train.replaceFirst(",\"label\":\\d", ""));
    assertNothingMade(train(), "train.jsonl: patient p0 has no label");
    write("train.jsonl", train.replace("\"label\":1", "\"label\":0"));
    assertNothingMade(train(), "train.jsonl: all 60 labels are 0");
    write("train.jsonl", train);
    String validation = Files.readString(cohort.resolve("validation.jsonl"));
    write("validation.jsonl", validation.replace("\"label\":0", "\"label\":1"));
    assertNothingMade(train(), "validation.jsonl: all 30 labels are 1");
    write("validation.jsonl", validation.replaceFirst("\"label\":1", "\"label\":2"));
    assertNothingMade(train(), "has the label 2", "classes are 0 to 1");
    write("validation.jsonl", "\n");
    assertNothingMade(train(), "validation.jsonl: the cohort is empty");
    Files.delete(cohort.resolve("validation.jsonl"));
    assertNothingMade(train(), "validation.jsonl");
  }

  @ParameterizedTest
  @CsvSource({"train, validation", "train, test", "validation, test"})
  void noPatientIsInTwoParts(String one, String other) throws IOException {
    String first = Files.readAllLines(cohort.resolve(one + ".jsonl")).get(0);
    String subject = first.replaceAll(".*\"subject_id\":\"([^\"]*)\".*", "$1");
    String again = first.replace(subject, subject + "@2150-01-01T00:00:00");
    write(other + ".jsonl", Files.readString(cohort.resolve(other + ".jsonl")) + again + "\n");

    assertNothingMade(
        train(),
        other + ".jsonl: patient " + subject + "@2150-01-01T00:00:00 is in ",
        one + ".jsonl too; each patient belongs to one part");
  }

  @Test
  void anotherVocabularyIsRefused() {
    write(
        "vocab.json",
        "{\"[PAD]\":0,\"[CLS]\":1,\"[SEP]\":2,\"[MASK]\":3,\"[UNK]\":4,\"m_1\":5,\"m_2\":6}");
    assertNothingMade(train(), "240 of 240 codes (100.0%) are not in the model's vocabulary");
    write("vocab.json", "{\"[PAD]\":0,\"d_5\":1}");
    assertNothingMade(train(), "gsig: " + cohort.resolve("vocab.json") + ": has no [CLS]");
  }

  private static final String DECODER =
      """
      {"vocab_size": 15, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
       "intermediate_size": 16, "hidden_act": "silu", "layer_norm_eps": 1e-6,
       "max_position_embeddings": 12, "pad_token_id": 0, "cls_token_id": 1, "sep_token_id": 2,
       "mask_token_id": 3, "unk_token_id": 4, "causal": true, "norm_first": true,
       "norm": "rms_norm", "rotary": {"theta": 100}, "embedding_inputs": {}, "pooling": "last"}
      """;

  @Test
  void aDecoderMayTellLabelsAtItsLastToken() {
    Cli.Outcome outcome =
        trainAsTold(
            "--architecture",
            "decoder-classifier",
            "--hidden-size",
            16,
            "--layers",
            1,
            "--epochs",
            2,
            "--pretrain-epochs",
            1);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("pretraining epoch 1/1: ").contains("validation AUROC ");
    assertThat(Fixture.read(out.resolve("config.json")))
        .contains("\"causal\":true", "\"pooling\":\"last\"", "\"classifier\":{")
        .doesNotContain("next_token", "tie_word_embeddings");
  }

  @Test
  void aDecoderNeedsNoLabels() throws IOException {
    for (String part : List.of("train", "validation", "test")) {
      String lines = Files.readString(cohort.resolve(part + ".jsonl"));
      write(part + ".jsonl", lines.replaceAll(",\"label\":\\d", ""));
    }
    Object[] decoder = {"--architecture", "decoder", "--hidden-size", 16, "--layers", 1};
    assertNothingMade(
        trainAsTold(with(decoder, "--head-size", 8)),
        "--head-size is for a model that tells labels; leave it out");
    assertNothingMade(
        trainAsTold(with(decoder, "--heads", 16)), "an odd width, but positions turn pairs");
    assertNothingMade(
        trainAsTold(with(decoder, "--pretrain-epochs", 1)),
        "--pretrain-epochs is for a model that learns labels; leave it out");
    assertNothingMade(
        trainAsTold(with(decoder, "--pretrain", "next")), "--pretrain is for a model that learns");

    Cli.Outcome outcome = trainAsTold(with(decoder, "--epochs", 2, "--max-length", 16));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err())
        .containsPattern("epoch 2/2: loss [0-9.]+; validation loss [0-9.]+ a token \\(perplexity")
        .doesNotContain("pretraining", "no patient has the label");
    assertThat(outcome.out())
        .containsPattern("how often each token occurs gives loss [0-9.]+ a token")
        .containsPattern("\ntest loss [0-9.]+ a token \\(perplexity [0-9.]+\\)\n");
    JsonObject report = Json.read(out.resolve("training.json"));
    assertThat(report.number("validation_unigram_loss")).isBetween(1.0, 3.0);
    JsonObject test = report.object("test");
    assertThat(test.number("perplexity")).isEqualTo(StrictMath.exp(test.number("loss")));
    // of each patient 4 codes and the SEP of each visit
    assertThat(test.integer("tokens")).isEqualTo(40 * 6);
    assertThat(report.object("settings").keys()).doesNotContain("--pretrain-epochs");
    Cli.Outcome explained =
        Cli.run(
            "explain",
            "--model",
            out,
            "--cohort",
            cohort.resolve("test.jsonl"),
            "--out",
            temp.resolve("results.jsonl"),
            "--target",
            "next:d_5",
            "--method",
            "ig",
            "--baseline",
            "mask");
    assertThat(explained.code()).as(explained.err()).isZero();
  }

  private static Object[] with(Object[] options, Object... more) {
    return Stream.concat(Stream.of(options), Stream.of(more)).toArray();
  }

  @Test
  void whatIsLearntBeforeLabelsFitsTheLayers() throws IOException {
    Path config = Files.writeString(temp.resolve("my.json"), DECODER);
    Object[] brief = {"--config", config, "--epochs", 1};
    assertNothingMade(
        trainAsTold(with(brief, "--pretrain", "masked")),
        "causal layers see only what is before; use --pretrain next");
    assertNothingMade(
        train("--pretrain", "next"), "layers that are not causal see it; use --pretrain masked");
    assertNothingMade(train("--pretrain", "next", "--pretrain-epochs", 0), "leave one of them out");
    assertNothingMade(train("--pretrain", "last"), "--pretrain: 'last' is not one of masked, next");

    Cli.Outcome outcome = trainAsTold(with(brief, "--pretrain-epochs", 1));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("pretraining epoch 1/1: loss");
    byte[] weights = Files.readAllBytes(out.resolve("model.safetensors"));
    Cli.Outcome same =
        trainAsTold(with(brief, "--pretrain-epochs", 1, "--overwrite", "--pretrain", "next"));
    assertThat(same.code()).as(same.err()).isZero();
    assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(weights);
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    Cli.assertRefused(train("--epochs", 0), "--epochs must be at least 1");
    Cli.assertRefused(train("--dropout", 1), "--dropout must be from 0 to below 1");
    Cli.assertRefused(train("--learning-rate", "NaN"), "--learning-rate must be above 0");
    Cli.assertRefused(train("--class-weight", "heavy"), "class weight 'heavy'");
    Cli.assertRefused(train("--class-weight", "1,2,3"), "gives 3 weights", "2 classes");
    Cli.assertRefused(train("--optimizer", "sgd"), "--optimizer: 'sgd' is not one of adam, adamw");
    Cli.assertRefused(train("--backend", "cuda"), "--backend: 'cuda' is not one of simd, ejml");
    Cli.assertRefused(train("--heads", 3), "--hidden-size 16 is not a multiple of --heads 3");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                   | {\"position\":\"learned\",\"visit\":\"learned\"}",
        "visit              | {\"visit\":\"learned\"}",
        "visit,position     | {\"position\":\"learned\",\"visit\":\"learned\"}",
        "none               | {}"
      })
  void anEncoderAddsWhatIsAskedFor(String inputs, String written) throws IOException {
    Object[] brief = {"--epochs", 1, "--pretrain-epochs", 0};
    Cli.Outcome outcome = train(inputs == null ? brief : with(brief, "--inputs", inputs));

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readString(out.resolve("config.json")))
        .contains("\"embedding_inputs\":" + written + ",");
  }

  @Test
  void anEncoderPoolsAsItIsAskedTo() throws IOException {
    Cli.Outcome outcome = train("--epochs", 1, "--pretrain-epochs", 0, "--pooling", "mean");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readString(out.resolve("config.json"))).contains("\"pooling\":\"mean\",");
  }

  @Test
  void poolingThatAModelDoesNotHaveIsRefused() {
    assertNothingMade(train("--pooling", "last"), "--pooling: 'last' is not one of cls, mean");
    assertNothingMade(
        trainAsTold("--architecture", "decoder-classifier", "--pooling", "mean"),
        "--pooling is for encoders: a decoder tells labels from its last token; leave it out");
  }

  @Test
  void inputsThatAModelDoesNotHaveAreRefused() {
    assertNothingMade(
        train("--inputs", "visit,time"), "--inputs: 'time' is not one of position, visit, age");
    assertNothingMade(
        trainAsTold("--architecture", "decoder", "--inputs", "visit"),
        "--inputs is for encoders: a decoder's positions are rotary; leave it out");
    assertNothingMade(
        train("--value-embedding", "linear"), "--value-embedding is for --values; leave it out");
    assertNothingMade(
        train("--values", "--value-embedding", "mlp"),
        "--value-embedding: 'mlp' is not one of linear, code_vector");
  }
}
