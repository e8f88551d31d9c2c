package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as Hugging Face writes them, read as it reads them. */
class HuggingFaceFolderTest {
  private static final Path CASE =
      Path.of("..", "gsig", "src", "test", "resources", "import", "bert-folder");

  /** The vocabulary of the model, by id. */
  private static final List<String> CODES = Fixture.lines(CASE.resolve("folder/vocab.txt"));

  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void copy() throws IOException {
    folder = Files.createDirectory(temp.resolve("folder"));
    for (String file : List.of("config.json", "pytorch_model.bin", "vocab.txt")) {
      Files.copy(CASE.resolve("folder").resolve(file), folder.resolve(file));
    }
  }

  private void write(String name, Object json) {
    Fixture.write(folder.resolve(name), Json.write(json));
  }

  private void vocabularyText(List<String> lines) {
    Fixture.write(folder.resolve("vocab.txt"), String.join("\n", lines) + "\n");
  }

  private void config(String key, Object value) {
    Map<String, Object> config = new LinkedHashMap<>();
    var json = Json.read(folder.resolve("config.json"));
    json.keys().forEach(k -> config.put(k, json.raw(k)));
    config.put(key, value);
    config.values().removeIf(v -> v == null);
    write("config.json", config);
  }

  private static Map<String, Object> ids(int from, int to) {
    Map<String, Object> ids = new LinkedHashMap<>();
    for (int id = from; id < to; id++) {
      ids.put(CODES.get(id), (long) id);
    }
    return ids;
  }

  private static Map<String, Object> tokenizer(String type, Map<String, Object> vocabulary) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", type);
    model.put("vocab", vocabulary);
    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("version", "1.0");
    tokenizer.put("added_tokens", List.of(Map.of("id", 0L, "content", "[PAD]")));
    tokenizer.put("model", model);
    return tokenizer;
  }

  private String explain(Path model) {
    Path out = temp.resolve("out.jsonl");
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            "--model",
            model,
            "--cohort",
            CASE.resolve("cohort.jsonl"),
            "--out",
            out,
            "--steps",
            4,
            "--baseline",
            "zero",
            "--overwrite");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return Fixture.read(out);
  }

  private void assertReadAsTheWholeVocabulary() {
    assertThat(explain(folder)).isEqualTo(explain(CASE.resolve("folder")));
    Cli.Outcome verified = Cli.run("verify", temp.resolve("out.jsonl"));
    assertThat(verified.code()).as(verified.err()).isZero();
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
    Cli.Outcome info = Cli.run("info", "--model", folder);
    Cli.Outcome explained =
        Cli.run(
            "explain",
            "--model",
            folder,
            "--cohort",
            CASE.resolve("cohort.jsonl"),
            "--out",
            "-",
            "--baseline",
            "zero");
    assertThat(explained.code()).isEqualTo(2);
    assertThat(explained.out()).isEmpty();
    assertThat(info.err() + info.out()).doesNotContain("Exception");
  }

  private void open() {
    ModelImport.open(ImportSettings.of(folder)).close();
  }

  private SpecialTokens special() {
    try (ImportedModel model = ModelImport.open(ImportSettings.of(folder))) {
      return model.config().specialTokens();
    }
  }

  @Test
  void addedTokensBelongToTheVocabulary() {
    vocabularyText(CODES.subList(0, 25));
    write("added_tokens.json", ids(25, CODES.size()));
    assertReadAsTheWholeVocabulary();
  }

  @Test
  void addedTokensMayBeInTheConfigurationOfTheTokenizer() {
    vocabularyText(CODES.subList(0, 25));
    Map<String, Object> decoder = new TreeMap<>();
    ids(25, CODES.size())
        .forEach((code, id) -> decoder.put(id.toString(), Map.of("content", code)));
    write("tokenizer_config.json", Map.of("added_tokens_decoder", decoder));
    assertReadAsTheWholeVocabulary();
  }

  /** Hugging Face would read such codes as UNK, or in pieces; here they are known. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokenizer_config.json | {\"do_lower_case\":true}",
        "tokenizer.json | {\"type\":\"Lowercase\"}",
        "tokenizer.json | {\"type\":\"BertNormalizer\",\"lowercase\":true}",
        "tokenizer.json | {\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Lowercase\"}]}",
      })
  void aTokenizerThatLowerCasesIsToldOfWhereCodesHaveCapitals(String file, String text) {
    List<String> codes = new ArrayList<>(CODES);
    codes.set(20, "d_I10");
    codes.set(21, "d_E119");
    String said =
        "assumed    codes looked up as they are written, 2 of them with capitals; " + file;
    for (boolean capitals : List.of(true, false)) {
      List<String> all = capitals ? codes : CODES;
      vocabularyText(all);
      if (file.equals("tokenizer.json")) {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        all.forEach(code -> vocabulary.put(code, (long) vocabulary.size()));
        Map<String, Object> whole = new LinkedHashMap<>(tokenizer("WordPiece", vocabulary));
        whole.put("normalizer", Json.parse(text, "test"));
        write(file, whole);
      } else {
        Fixture.write(folder.resolve(file), text);
      }
      Path out = temp.resolve("out" + capitals);
      Cli.Outcome imported = Cli.run("import", "--input", folder, "--out", out);
      assertThat(imported.code()).as(imported.err()).isZero();
      assertThat(imported.out().contains(said)).as(imported.out()).isEqualTo(capitals);
    }
  }

  @Test
  void anAddedTokenOfAnotherIdIsRefused() {
    write("added_tokens.json", Map.of(CODES.get(7), 8L));
    assertRefused("added_tokens.json: adds \"" + CODES.get(7) + "\" with the id 8", "with 7");
  }

  @Test
  void anAddedTokenOfATakenIdIsRefused() {
    write("added_tokens.json", Map.of("other", 8L));
    assertRefused("have the same id 8");
  }

  @Test
  void aBlankLineCountsAndNamesNoCode() throws IOException {
    List<String> lines = new ArrayList<>(CODES);
    lines.set(10, "");
    lines.set(11, " ");
    lines.set(12, "");
    vocabularyText(lines);
    try (ImportedModel model = ModelImport.open(ImportSettings.of(folder))) {
      assertThat(model.vocabulary().idOf(CODES.get(13)).getAsInt()).isEqualTo(13);
      assertThat(model.vocabulary().codeOf(10)).isEmpty();
      assertThat(model.vocabulary().idOf("")).isEmpty();
      assertThat(model.vocabulary().size()).isEqualTo(CODES.size() - 3);
      model.write(temp.resolve("written"));
    }
    assertThat(explain(temp.resolve("written"))).isEqualTo(explain(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"WordLevel", "WordPiece"})
  void aTokenizerFileIsAVocabulary(String type) throws IOException {
    write("tokenizer.json", tokenizer(type, ids(0, CODES.size())));
    assertReadAsTheWholeVocabulary();
    Files.delete(folder.resolve("vocab.txt"));
    assertReadAsTheWholeVocabulary();
  }

  @ParameterizedTest
  @ValueSource(strings = {"BPE", "Unigram"})
  void aTokenizerOfPiecesIsRefusedByName(String type) throws IOException {
    Files.delete(folder.resolve("vocab.txt"));
    write("tokenizer.json", tokenizer(type, ids(0, CODES.size())));
    assertRefused("its model is \"" + type + "\"", "--vocab");
  }

  @Test
  void filesThatDisagreeAreRefused() {
    List<String> lines = new ArrayList<>(CODES);
    lines.set(8, CODES.get(9));
    lines.set(9, CODES.get(8));
    vocabularyText(lines);
    write("tokenizer.json", tokenizer("WordLevel", ids(0, CODES.size())));
    assertRefused("the id of \"" + CODES.get(8) + "\" is 9", "tokenizer.json beside it says 8");
  }

  @Test
  void aChangedTokenizerFileIsNoticedByVerify() {
    explain(folder);
    write("added_tokens.json", Map.of("new", 40L));
    assertThat(Cli.run("verify", temp.resolve("out.jsonl")).code()).isNotZero();
  }

  /** As sentence encoders call them. */
  @Test
  void aSequenceMayBeginAndEndAsASentence() {
    List<String> lines = new ArrayList<>(CODES);
    lines.set(0, "<pad>");
    lines.set(1, "<s>");
    lines.set(2, "</s>");
    vocabularyText(lines);
    assertThat(special()).isEqualTo(new SpecialTokens(0, 1, 2, 3, 4));
  }

  /**
   * Hugging Face sets special_tokens_map.json over the configuration that lists no added tokens.
   */
  @ParameterizedTest
  @CsvSource({"false,6", "true,5"})
  void specialTokensByTheFilesOfTheTokenizer(boolean listed, int cls) {
    Map<String, Object> config = new LinkedHashMap<>(Map.of("cls_token", CODES.get(5)));
    if (listed) {
      config.put("added_tokens_decoder", Map.of("5", Map.of("content", CODES.get(5))));
    }
    write("tokenizer_config.json", config);
    write("special_tokens_map.json", Map.of("cls_token", Map.of("content", CODES.get(6))));
    assertThat(special().cls()).isEqualTo(cls);
  }

  @ParameterizedTest
  @CsvSource({
    "BertForTokenClassification,labels every token",
    "BertForQuestionAnswering,marks a part of a text",
    "BertForMaskedLM,predicts hidden tokens",
    "BertForPreTraining,predicts hidden tokens",
    "BertLMHeadModel,predicts the next token",
    "BertForNextSentencePrediction,tells whether one text follows another",
    "BertForMultipleChoice,chooses among texts"
  })
  void aHeadThatScoresSomethingElseIsRefusedByName(String architecture, String does) {
    config("architectures", List.of(architecture));
    assertRefused(
        "\"architectures\" is \"" + architecture + "\", whose head " + does, "--head FILE");
    Cli.Outcome said =
        Cli.run(
            "import",
            "--input",
            folder,
            "--out",
            temp.resolve("model"),
            "--set",
            "problem_type=single_label_classification",
            "--set",
            "pooler=true");
    assertThat(said.code()).as(said.err()).isZero();
  }

  @Test
  void aReportIsMadeWithTheFolder() {
    vocabularyText(CODES);
    explain(folder);
    Path report = temp.resolve("report.html");
    Cli.Outcome made =
        Cli.run("report", "--in", temp.resolve("out.jsonl"), "--model", folder, "--out", report);
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(report).exists();
  }

  @Test
  void regressionIsRefused() {
    config("problem_type", "regression");
    assertRefused("\"problem_type\" is regression, which is not supported");
  }

  /** The head's rows are repeated, or all but the first left out. */
  private void labels(int labels) throws IOException {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (Safetensors in = Safetensors.open(CASE.resolve("model.safetensors"))) {
      for (String name : in.names()) {
        double[] values = in.read(name);
        int[] shape = in.shape(name).stream().mapToInt(Math::toIntExact).toArray();
        if (name.startsWith("classifier.")) {
          int row = values.length / shape[0];
          double[] rows = new double[labels * row];
          Arrays.setAll(rows, i -> values[i % values.length] + i / values.length);
          shape[0] = labels;
          tensors.put(name, NamedTensor.f64(rows, shape));
        } else {
          tensors.put(name, NamedTensor.f64(values, shape));
        }
      }
    }
    Files.delete(folder.resolve("pytorch_model.bin"));
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
    config("id2label", null);
  }

  /** There a regression, so that its sigmoid is no probability. */
  @Test
  void oneLabelIsAskedFor() throws IOException {
    labels(1);
    assertRefused("the weights do not tell problem_type", "regression");
    config("problem_type", "single_label_classification");
    assertThat(Json.object(explain(folder).lines().findFirst().get(), "a result").keys())
        .contains("explained_class");
  }

  @Test
  void whatSeveralLabelsMeanIsAskedFor() throws IOException {
    labels(5);
    assertRefused("the weights do not tell problem_type (what its 5 labels mean", "a sigmoid each");
    config("problem_type", "multi_label_classification");
    var result = Json.object(explain(folder).lines().findFirst().get(), "a result");
    assertThat(result.object("prediction").objects("labels")).hasSize(5);
  }

  @Test
  void whatTwoLabelsMeanIsSaid() {
    Cli.Outcome imported = Cli.run("import", "--input", folder, "--out", temp.resolve("model"));
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.outLines())
        .contains("assumed    problem_type single_label_classification (two labels, a softmax)");
    assertThat(Cli.run("info", "--model", temp.resolve("model")).outLines())
        .anyMatch(line -> line.matches("classes +0 no, 1 yes"));
  }
}
