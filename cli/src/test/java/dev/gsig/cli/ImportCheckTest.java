package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.importer.internal.check.CheckFile;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gsig import --check}: a model that does not agree is told why, if one setting does it. */
class ImportCheckTest {
  private static final Path CASES = Path.of("..", "gsig", "src", "test", "resources", "import");

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void setUp() {
    out = folder.resolve("model");
  }

  private Cli.Outcome importCase(String name, String input, Path check, String... more) {
    Path model = CASES.resolve(name);
    List<Object> args =
        new ArrayList<>(
            List.of(
                "import",
                "--input",
                model.resolve(input),
                "--out",
                out,
                "--config",
                model.resolve("said.json"),
                "--vocab",
                model.resolve("vocab.json"),
                "--check",
                check));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "torch-tutorial, model.pt, embedding_scale=1, embedding_scale=3.4641016151377544",
    "torch-tutorial, model.pt, pooling=cls mean_over=null, 'pooling=mean'",
    "torch-encoder, model.pt, pooling=mean mean_over=real, 'mean_over=null --set pooling=cls'",
    "torch-encoder, model.pt, hidden_act=relu, hidden_act=gelu",
    "torch-encoder, model.pt, num_attention_heads=2, num_attention_heads=4",
    "torch-encoder, model.pt, norm_first=true, norm_first=false",
    "torch-encoder-pre-norm, model.pt, norm_first=false, norm_first=true",
    "torch-multimodal, model.ckpt, classifier.activation=tanh, classifier.activation=relu",
    "torch-multimodal, model.ckpt, tabular.activation=silu, tabular.activation=relu",
    "torch-multimodal, model.ckpt, layer_norm_eps=0.01, layer_norm_eps=1.0E-5",
    "bert-shifted-positions, model.pt, import.position_first_row=0, import.position_first_row=2",
    "bert-shifted-positions, model.pt, import.position_first_row=1, import.position_first_row=2",
    "torch-timed, model.pt, hidden_act=relu, hidden_act=gelu",
    "torch-scaled-sum, model.pt, import.sum_scale=1, import.sum_scale=3.4641016151377544",
    "torch-scaled-positions, model.pt, import.position_scale=1, import.position_scale=3.46410",
    "bert-folder, model.safetensors, pooler=false, pooler=true",
    "too-bert-late-tabular, model.pt, import.tabular_first=false, import.tabular_first=true",
  })
  void theSettingThatFitsIsNamed(String name, String input, String wrong, String right) {
    Path check = CASES.resolve(name).resolve("check.npz");
    String[] sets = ("--set " + wrong.replace(" ", " --set ")).split(" ");
    Cli.Outcome failed = importCase(name, input, check, sets);
    assertThat(failed.code()).as(failed.err()).isEqualTo(2);
    assertThat(failed.errLines()).hasSize(1);
    assertThat(failed.err()).contains("it agrees with").contains("--set " + right);
    assertThat(out).doesNotExist();
  }

  /** The module divides by deviations of its own, which no setting of the engine's can guess. */
  @Test
  void whereNothingFitsTheNearestAndOtherCausesAreNamed() {
    Path check = CASES.resolve("torch-multimodal").resolve("check.npz");
    Cli.Outcome failed =
        importCase(
            "torch-multimodal",
            "model.ckpt",
            check,
            "--set",
            "tabular.features=[\"age\",\"sex\",\"bmi\"]",
            "--set",
            "hidden_act=gelu");
    assertThat(failed.code()).as(failed.err()).isEqualTo(2);
    assertThat(failed.errLines()).hasSize(1);
    assertThat(failed.err())
        .contains("no other value of one that the weights leave open fits; nearest is --set ")
        .contains(
            "the module normalises tabular values otherwise (tabular.features; here age: mean")
        .contains("sex: mean 0.0, std 1.0")
        .contains("model.eval()");
    assertThat(out).doesNotExist();
  }

  /** A mean over all positions reads what PyTorch's fast path zeroes; one over codes does not. */
  @ParameterizedTest
  @CsvSource({"torch-two-heads, true", "torch-scaled-positions, false"})
  void whereThePoolingReadsPaddingTheFastPathIsNamed(String name, boolean named) {
    Path check = CASES.resolve(name).resolve("check.npz");
    Path model = CASES.resolve(name);
    List<String> more = new ArrayList<>(List.of("--set", "import.sum_scale=2.5"));
    if (Files.exists(model.resolve("names.json"))) {
      more.addAll(List.of("--map", model.resolve("names.json").toString()));
    }
    Cli.Outcome failed = importCase(name, "model.pt", check, more.toArray(String[]::new));
    assertThat(failed.code()).as(failed.err()).isEqualTo(2);
    assertThat(failed.errLines()).hasSize(1);
    assertThat(failed.err()).contains("no other value of one that the weights leave open fits");
    assertThat(failed.err().contains("set_fastpath_enabled(False)")).isEqualTo(named);
  }

  @ParameterizedTest
  @CsvSource({"torch-timed, import.position_scale=0", "bert-folder, import.sum_scale=x"})
  void factorsAreNumbersAboveZero(String name, String set) {
    Path check = CASES.resolve(name).resolve("check.npz");
    Cli.Outcome failed = importCase(name, "model.safetensors", check, "--set", set);
    Cli.assertRefused(failed, "must be a number above 0");
  }

  @Test
  void aModelWithoutATableOfPositionsHasNoFirstRow() {
    Path check = CASES.resolve("too-bert-late-tabular").resolve("check.npz");
    Cli.assertRefused(
        importCase(
            "too-bert-late-tabular", "model.pt", check, "--set", "import.position_first_row=1"),
        "import.position_first_row is 1, but the model has no table of positions");
  }

  @Test
  void twoSettingsThatAreWrongTogetherAreNamed() {
    Path check = CASES.resolve("torch-tutorial").resolve("check.npz");
    Cli.Outcome failed =
        importCase(
            "torch-tutorial",
            "model.pt",
            check,
            "--set",
            "embedding_scale=1",
            "--set",
            "num_attention_heads=2");
    assertThat(failed.code()).isEqualTo(2);
    assertThat(failed.err())
        .contains("--set embedding_scale=3.46410161513775")
        .contains("--set num_attention_heads=3");
  }

  /** What weights do not tell is assumed where it will be compared, and told if it was wrong. */
  @Test
  void aQuestionThatTheCheckAnswersIsNotAsked() {
    Path check = CASES.resolve("torch-two-heads").resolve("check.npz");
    Path model = CASES.resolve("torch-two-heads");
    List<Object> args =
        new ArrayList<>(
            List.of(
                "import",
                "--input",
                model.resolve("model.pt"),
                "--out",
                out,
                "--vocab",
                model.resolve("vocab.json"),
                "--map",
                model.resolve("names.json")));
    for (String set :
        List.of(
            "num_attention_heads=4",
            "hidden_act=relu",
            "norm_first=false",
            "pooling=mean",
            "mean_over=all")) {
      args.addAll(List.of("--set", set));
    }
    Cli.Outcome asked = Cli.run(args.toArray());
    assertThat(asked.err()).contains("import.norm (norm acts on every position");
    args.addAll(List.of("--check", check));
    Cli.Outcome told = Cli.run(args.toArray());
    assertThat(told.code()).isEqualTo(2);
    assertThat(told.err()).contains("it agrees with --set import.norm=pooled");
  }

  @ParameterizedTest
  @CsvSource({"torch-tutorial, model.pt, SIGMOID", "torch-encoder, model.pt, SOFTMAX"})
  void whatTheModelEndsWithIsTold(String name, String input, CheckOutputs outputs) {
    Path check = recorded(name, outputs);
    Cli.Outcome failed = importCase(name, input, check);
    assertThat(failed.code()).isEqualTo(2);
    assertThat(failed.err())
        .contains("it agrees with --check-outputs " + outputs.optionName())
        .contains("of the logits");
    Cli.Outcome agreed = importCase(name, input, check, "--check-outputs", outputs.optionName());
    assertThat(agreed.code()).as(agreed.err()).isZero();
    assertThat(out.resolve("config.json")).exists();
  }

  @Test
  void probabilitiesAreSuspectedWhereNothingFits() {
    Path check = recorded("torch-tutorial", CheckOutputs.SIGMOID);
    Cli.Outcome failed =
        importCase(
            "torch-tutorial",
            "model.pt",
            check,
            "--set",
            "embedding_scale=2",
            "--set",
            "attention_scale=sequence_length",
            "--set",
            "residual=false");
    assertThat(failed.err()).contains("a setting is wrong").contains("does the module end with a");
  }

  @Test
  void idsBeyondTheModelsTableAreRefused() {
    CheckFile check = CheckFile.read(CASES.resolve("torch-tutorial").resolve("check.npz"));
    double[] ids = check.values("input_ids");
    ids[1] = 4711;
    Path file = folder.resolve("check.safetensors");
    int labels = check.values("logits").length / check.size();
    SafetensorsWriter.write(
        file,
        Map.of(),
        Map.of(
            "input_ids", NamedTensor.f64(ids, check.size(), ids.length / check.size()),
            "logits", NamedTensor.f64(check.values("logits"), check.size(), labels)));

    Cli.Outcome refused = importCase("torch-tutorial", "model.pt", file);
    assertThat(refused.code()).as(refused.err()).isEqualTo(2);
    assertThat(refused.errLines())
        .singleElement()
        .asString()
        .contains("row 0", "position 1 of the sequence has the id 4711", "another vocabulary");
    assertThat(out).doesNotExist();
  }

  /** The logits of the file's own ids agree, but those of a patient would not. */
  @ParameterizedTest
  @CsvSource({
    "cls_token_id=null, '2 of its 2 sequences have CLS (id 1 in the vocabulary) first, but gsig puts"
        + " none in front of each patient, for cls_token_id is null; say --set cls_token_id=1'",
    "sep_token_id=null, '2 of its 2 sequences have SEP (id 2 in the vocabulary) anywhere, but gsig"
        + " puts none behind each visit, for sep_token_id is null; say --set sep_token_id=2'",
    "cls_token_id=3, 'none of its sequences has CLS (id 3) first, but gsig puts it in front of each"
        + " patient; say --set cls_token_id=null if the model reads none'",
    "sep_token_id=3, 'none of its sequences has SEP (id 3) anywhere, but gsig puts it behind each"
        + " visit; say --set sep_token_id=null if the model reads none'",
  })
  void tokensThatPatientsWouldHaveAndTheCheckHasNot(String wrong, String said) {
    Path check = CASES.resolve("torch-tutorial").resolve("check.npz");
    Cli.Outcome refused =
        importCase(
            "torch-tutorial", "model.pt", check, "--set", "mask_token_id=null", "--set", wrong);
    assertThat(refused.code()).as(refused.err()).isEqualTo(2);
    assertThat(refused.errLines()).singleElement().asString().contains(said);
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"--check-tolerance, 1e-3", "--check-outputs, logits", "--backend, simd"})
  void whatTellsHowToCheckNeedsACheck(String option, String value) {
    Path model = CASES.resolve("torch-tutorial").resolve("model.pt");
    Cli.assertRefused(
        Cli.run("import", "--input", model, "--out", out, option, value),
        option + " is for --check FILE; leave it out");
  }

  @Test
  void anUnknownKindOfOutputIsRefused() {
    Path check = CASES.resolve("torch-tutorial").resolve("check.npz");
    Cli.Outcome refused =
        importCase("torch-tutorial", "model.pt", check, "--check-outputs", "odds");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("'odds' is not one of logits, sigmoid, softmax");
  }

  /** The check file of a case as a module would have written it that ends with one of these. */
  private Path recorded(String name, CheckOutputs outputs) {
    Path source = CASES.resolve(name);
    CheckFile check = CheckFile.read(source.resolve("check.npz"));
    int labels = check.logits(0).length;
    double[] probabilities = new double[check.size() * labels];
    for (int row = 0; row < check.size(); row++) {
      System.arraycopy(outputs.of(check.logits(row)), 0, probabilities, row * labels, labels);
    }
    Map<String, NamedTensor> arrays = new HashMap<>();
    for (String array : List.of("input_ids", "age", "tabular")) {
      double[] values = check.values(array);
      if (values != null) {
        arrays.put(array, NamedTensor.f64(values, check.size(), values.length / check.size()));
      }
    }
    arrays.put("logits", NamedTensor.f64(probabilities, check.size(), labels));
    Path file = folder.resolve("recorded.safetensors");
    SafetensorsWriter.write(file, Map.of(), arrays);
    try (Safetensors sound = Safetensors.open(file)) {
      assertThat(sound.names()).contains("logits");
    }
    return file;
  }
}
