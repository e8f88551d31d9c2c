package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gsig import} and what other commands make of models of other origin. */
class ImportCommandTest {
  private static final Path CASES = Path.of("..", "gsig", "src", "test", "resources", "import");
  private static final Path TORCH = Path.of("..", "importer", "src", "test", "resources", "torch");

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void setUp() {
    out = folder.resolve("model");
  }

  private static Path file(String name, String file) {
    return CASES.resolve(name).resolve(file);
  }

  private Cli.Outcome importCase(String name, String input, Object... more) {
    List<Object> args =
        new java.util.ArrayList<>(
            List.of(
                "import",
                "--input",
                file(name, input),
                "--out",
                out,
                "--config",
                file(name, "said.json"),
                "--vocab",
                file(name, "vocab.json")));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @Test
  void aCheckpointBecomesAModelFolderThatExplains() {
    Cli.Outcome imported = importCase("behrt", "checkpoint.pt");
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.outLines())
        .contains("family     BEHRT")
        .contains(
            "matched    embeddings.word_embeddings.weight  <-  "
                + "bert.embeddings.word_embeddings.weight")
        .anyMatch(line -> line.startsWith("assumed    age_rows_per_year 12"));
    assertThat(imported.errLines()).hasSize(1);
    Cli.Outcome explained =
        Cli.run(
            "explain",
            "--model",
            out,
            "--cohort",
            file("behrt", "cohort.jsonl"),
            "--out",
            folder.resolve("out.jsonl"),
            "--steps",
            4,
            "--baseline",
            "zero");
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(Fixture.lines(folder.resolve("out.jsonl"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "bert-folder"})
  void aHuggingFaceFolderIsAModel(String name) {
    Cli.Outcome info = Cli.run("info", "--model", file(name, "folder"));
    assertThat(info.code()).as(info.err()).isZero();
    assertThat(info.outLines())
        .contains("family        Hugging Face BERT")
        .contains("dtype         F32, F64")
        .contains("special       PAD 0, CLS 1, SEP 2, MASK 3, UNK 4")
        .contains("attribution   at the code embedding")
        .anyMatch(line -> line.startsWith("padding       inert"))
        .anyMatch(line -> line.matches("weights +SHA-256 [0-9a-f]{64}"));
    Cli.Outcome explained =
        Cli.run(
            "explain",
            "--model",
            file(name, "folder"),
            "--cohort",
            file(name, "cohort.jsonl"),
            "--out",
            folder.resolve("out.jsonl"),
            "--steps",
            4,
            "--baseline",
            "zero");
    assertThat(explained.code()).as(explained.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "evaluate", "study", "baseline"})
  void whatIsAssumedOfAFolderThatIsUsedAsItStandsIsSaid(String command) throws IOException {
    Path model = file("bert-folder", "folder");
    String patients = Files.readString(file("bert-folder", "cohort.jsonl"));
    Path cohort = folder.resolve("unlabelled.jsonl");
    Files.writeString(cohort, patients.replaceAll(", *\"label\": *\\d", ""));
    List<Object> args =
        new ArrayList<>(
            List.of(command, "--model", model, "--cohort", cohort, "--out", folder.resolve("out")));
    if (!command.equals("baseline")) {
      args.addAll(
          List.of(command.equals("evaluate") ? "--baselines" : "--baseline", "zero", "--steps", 4));
    }
    Cli.Outcome run = Cli.run(args.toArray());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .containsOnlyOnce("bert-folder/folder leaves open, and it is assumed: ")
        .contains("import.token_type zero, ", "problem_type single_label_classification");
    assertThat(Cli.run("info", model).out())
        .contains(
            "assumed       import.token_type zero (as in Hugging Face where none is given); ");
  }

  @Test
  void infoTellsWhatACheckpointTells() {
    Cli.Outcome info = Cli.run("info", "--model", file("torch-encoder", "model.pt"), "--json");
    assertThat(info.code()).as(info.err()).isZero();
    JsonObject json = Json.object(info.out(), "info");
    assertThat(json.string("family")).isEqualTo("torch.nn.TransformerEncoder");
    assertThat(json.object("config").integer("hidden_size")).isEqualTo(12);
    assertThat(json.object("not_told").keys())
        .contains("num_attention_heads", "hidden_act", "norm_first", "pooling", "pad_token_id");
    assertThat(Cli.run("info", "--model", file("torch-encoder", "model.pt")).out())
        .contains("not told")
        .contains("nhead of the encoder layer")
        .contains("padding       not known before pooling is told")
        .contains("attribution   at the code embedding");
    Cli.Outcome whole =
        Cli.run(
            "info",
            "--model",
            file("torch-encoder", "model.pt"),
            "--config",
            file("torch-encoder", "said.json"),
            "--vocab",
            file("torch-encoder", "vocab.json"));
    assertThat(whole.out()).contains("encoder       2 layers, width 12, 4 heads of 3");
  }

  @Test
  void whatTheWeightsDoNotTellIsAskedForByName() {
    Cli.Outcome asked =
        Cli.run("import", "--input", file("torch-encoder", "model.pt"), "--out", out);
    assertRefused(
        asked,
        "the weights do not tell",
        "num_attention_heads (nhead",
        "embedding_scale",
        "--vocab");
    Cli.Outcome told =
        Cli.run(
            "import",
            "--input",
            file("torch-encoder", "model.pt"),
            "--out",
            out,
            "--vocab",
            file("torch-encoder", "vocab.json"),
            "--set",
            "num_attention_heads=4",
            "--set",
            "hidden_act=gelu",
            "--set",
            "norm_first=false",
            "--set",
            "pooling=cls",
            "--set",
            "embedding_scale=1");
    assertThat(told.code()).as(told.err()).isZero();
  }

  @Test
  void tabularValuesAreAskedFor() {
    Cli.Outcome asked =
        Cli.run(
            "import",
            "--input",
            file("too-bert", "model.pt"),
            "--out",
            out,
            "--vocab",
            file("too-bert", "vocab.json"));
    assertRefused(
        asked,
        "tabular.features (names of the 3 tabular values",
        "import.tabular_first (false if",
        "import.sinusoid (of the visits' waves");
    Cli.Outcome told =
        Cli.run(
            "import",
            "--input",
            file("too-bert", "model.pt"),
            "--out",
            out,
            "--vocab",
            file("too-bert", "vocab.json"),
            "--set",
            "tabular.features=[\"a\",\"b\",\"c\"]",
            "--set",
            "import.tabular_first=false",
            "--set",
            "import.sinusoid=standard");
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(Json.read(out.resolve("config.json")).integer("max_position_embeddings"))
        .isEqualTo(200);
  }

  @Test
  void namesThatDoNotFitAreReportedWithSuggestions() throws IOException {
    String names =
        Fixture.read(file("mapped-names", "names.json"))
            .replaceAll("\"encoder.layer.\\{n\\}.output.dense.bias\": [^\n]*\n", "");
    Path map = Files.writeString(folder.resolve("names.json"), names);
    Cli.Outcome partly = importCase("mapped-names", "model.pt", "--map", map);
    assertRefused(partly, "2 missing", "encoder.layer.0.output.dense.bias", "2 left over");
    assertThat(partly.outLines())
        .contains("left over  h.0.down.bias", "left over  h.1.down.bias")
        .anyMatch(
            line ->
                line.matches(
                    "missing +encoder.layer.0.output.dense.bias \\[12\\].*"
                        + "perhaps.*h.0.down.bias.*"));
    Files.writeString(map, "{\"embeddings.word_embeddings.weight\": \"wt.weight\"}");
    Cli.Outcome wrong = importCase("mapped-names", "model.pt", "--map", map);
    assertRefused(wrong, "\"wt.weight\"", "nearest are wte.weight");
  }

  @Test
  void theHeadMayBeInAFileOfItsOwn() {
    Cli.Outcome noHead = importCase("bert-separate-head", "encoder.pt");
    assertRefused(noHead, "classifier.layers.0.weight");
    Path head = file("bert-separate-head", "head.pt");
    Cli.Outcome both =
        importCase("bert-separate-head", "encoder.pt", "--head", head, "--set", "pooler=false");
    assertThat(both.code()).as(both.err()).isZero();
  }

  @Test
  void leftOverWeightsAreRefusedUnlessPassedOver() {
    Cli.Outcome refused = importCase("bert", "model.pth", "--set", "num_hidden_layers=1");
    assertRefused(refused, "16 left over", "--ignore-left-over");
    Cli.Outcome passed =
        importCase("bert", "model.pth", "--set", "num_hidden_layers=1", "--ignore-left-over");
    assertThat(passed.code()).as(passed.err()).isZero();
  }

  @Test
  void theCheckComparesWithPyTorch() {
    for (String name : List.of("behrt", "exmed-bert-gru", "too-bert-late-tabular")) {
      String input = name.equals("behrt") ? "checkpoint.pt" : "model.safetensors";
      Cli.Outcome checked =
          importCase(name, input, "--check", file(name, "check.npz"), "--overwrite");
      assertThat(checked.code()).as(checked.err()).isZero();
      assertThat(checked.err()).contains("check of 2 sequences: largest difference");
    }
  }

  @Test
  void theCheckMayBeSafetensors() {
    Model model = Model.load(file("bert", "folder"));
    Tokenizer tokenizer = model.config().tokenizer(model.vocabulary());
    Trajectory patient = CohortReader.readAll(file("bert", "cohort.jsonl")).get(0);
    double[] ids =
        Arrays.stream(tokenizer.tokenize(patient).inputIds()).mapToDouble(i -> i).toArray();
    try (Safetensors expected = Safetensors.open(file("bert", "expected.safetensors"))) {
      double[] logits = expected.read("p0.logits");
      Path check = folder.resolve("check.safetensors");
      SafetensorsWriter.write(
          check,
          Map.of(),
          Map.of(
              "input_ids", NamedTensor.f64(ids, 1, ids.length),
              "logits", NamedTensor.f64(logits, 1, logits.length)));
      Cli.Outcome checked = importCase("bert", "model.pth", "--check", check);
      assertThat(checked.code()).as(checked.err()).isZero();
      assertThat(checked.err()).contains("check of 1 sequences");
    }
  }

  @Test
  void aFailedCheckWritesNothing() {
    Cli.Outcome failed =
        importCase(
            "torch-encoder",
            "model.pt",
            "--check",
            file("torch-encoder", "check.npz"),
            "--set",
            "hidden_act=relu");
    assertRefused(failed, "more than 1.0E-4", "in PyTorch", "it agrees with --set hidden_act=gelu");
    Cli.Outcome none =
        importCase("torch-encoder", "model.pt", "--check", file("torch-encoder", "vocab.json"));
    assertRefused(none, "no archive of numpy.savez");
  }

  @Test
  void hostileFilesAreRefused() {
    for (String name : List.of("numpy-bias.pt", "legacy.pt", "script.pt")) {
      assertRefused(Cli.run("import", "--input", TORCH.resolve(name), "--out", out), name);
      assertRefused(Cli.run("info", "--model", TORCH.resolve(name)), name);
    }
    Cli.Outcome module = Cli.run("import", "--input", TORCH.resolve("module.pt"), "--out", out);
    assertThat(module.code()).isEqualTo(2);
    assertThat(module.errLines()).hasSize(3);
    assertThat(module.errLines().get(1)).startsWith("  model = torch.load(");
    assertThat(module.errLines().get(2))
        .isEqualTo("  torch.save(model.state_dict(), \"state_dict.pt\")");
    assertThat(out).doesNotExist();
  }

  @Test
  void theInputIsNotOverwritten() {
    Path input = file("bert", "folder");
    Cli.Outcome refused = Cli.run("import", "--input", input, "--out", input);
    assertRefused(refused, "is also an input");
    Path weights = file("behrt", "checkpoint.pt");
    assertRefused(
        Cli.run("import", "--input", weights, "--out", weights.getParent()), "holds the input");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../secret.safetensors",
        "/etc/passwd",
        "sub/shard.safetensors",
        "..",
        "",
        "shard\\u0000.bin",
        "two\\nlines.bin",
        "other.safetensors.index.json"
      })
  void shardsMustLieBesideTheirIndex(String shard) throws IOException {
    Path index =
        Files.writeString(
            folder.resolve("model.safetensors.index.json"),
            "{\"weight_map\": {\"a\": \"" + shard + "\"}}");
    assertRefused(
        Cli.run("import", "--input", index, "--out", out), "must be a file beside the index");
  }

  private void assertRefused(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).contains(parts);
    assertThat(out).doesNotExist();
  }
}
