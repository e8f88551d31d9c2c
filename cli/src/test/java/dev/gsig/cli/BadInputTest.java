package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that is refused: one line that says what and where, exit code 2, nothing lost. */
class BadInputTest {
  private static final String FIRST = "\"data_offsets\":[0,";

  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
  }

  /** Refused, and neither results nor a side file were made. */
  private void assertNothingWritten(Cli.Outcome outcome, String... parts) {
    Cli.assertRefused(outcome, parts);
    assertThat(fixture.out).doesNotExist();
    assertThat(fixture.provenance()).doesNotExist();
  }

  // ---- weights

  private RawSafetensors weights() {
    return new RawSafetensors(fixture.weights());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8, 100, 15_000})
  void truncatedWeights(int bytes) throws IOException {
    Files.write(fixture.weights(), Arrays.copyOf(Files.readAllBytes(fixture.weights()), bytes));
    assertNothingWritten(fixture.explain(), "model.safetensors");
    Cli.assertRefused(Cli.run("info", "--model", fixture.model), "model.safetensors");
  }

  @Test
  void overlappingWeights() {
    RawSafetensors raw = weights();
    int end = raw.header.indexOf(FIRST) + FIRST.length();
    long first = Long.parseLong(raw.header.substring(end, raw.header.indexOf(']', end)));
    raw.header(h -> h.replace("[" + first + ",", "[" + (first - 4) + ",")).save();
    assertNothingWritten(fixture.explain(), "model.safetensors", "tensor");
  }

  @Test
  void oversizedWeights() {
    weights()
        .header(h -> h.replaceFirst("\"shape\":\\[", "\"shape\":[4294967296,4294967296,"))
        .save();
    assertNothingWritten(fixture.explain(), "model.safetensors", "tensor");
  }

  @Test
  void anOversizedHeader() throws IOException {
    byte[] bytes = Files.readAllBytes(fixture.weights());
    Arrays.fill(bytes, 0, 7, (byte) 0xff);
    Files.write(fixture.weights(), bytes);
    assertNothingWritten(fixture.explain(), "model.safetensors", "header");
  }

  @Test
  void duplicatedWeights() {
    weights()
        .header(
            h -> {
              int key = h.indexOf('"', h.indexOf("}") + 1);
              int end = h.indexOf('}', key) + 1;
              return h.substring(0, end) + "," + h.substring(key, end) + h.substring(end);
            })
        .save();
    assertNothingWritten(fixture.explain(), "model.safetensors", "occurs twice");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNoNumbers(float value) {
    weights().data(8, value).save();
    assertNothingWritten(fixture.explain(), "model.safetensors", "tensor", "" + value);
  }

  @Test
  void aMissingWeight() {
    weights().header(h -> h.replace("pooler.dense.bias", "pooler.dense.odd")).save();
    assertNothingWritten(fixture.explain(), "model.safetensors", "pooler.dense.bias");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"intermediate_size\": 13', '\"intermediate_size\": 14', intermediate.dense",
    "'\"num_labels\": 2', '\"num_labels\": 3', classifier",
    "'\"num_hidden_layers\": 2', '\"num_hidden_layers\": 1', encoder.layer.1",
    "'\"num_hidden_layers\": 2', '\"num_hidden_layers\": 3', encoder.layer.2",
    "'\"hidden_size\": 12', '\"hidden_size\": 15', '['",
  })
  void configAndWeightsThatDisagree(String from, String to, String named) {
    Path config = fixture.model.resolve("config.json");
    assertThat(Fixture.read(config)).contains(from);
    Fixture.write(config, Fixture.read(config).replace(from, to));
    assertNothingWritten(fixture.explain(), "model.safetensors", named);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"hidden_size\": 12,', '', hidden_size",
    "'\"hidden_size\": 12', '\"hidden_size\": 13', num_attention_heads",
    "'\"hidden_act\": \"gelu\"', '\"hidden_act\": \"swoosh\"', swoosh",
    "'{', '{{', malformed JSON",
  })
  void anUnusableConfig(String from, String to, String named) {
    Path config = fixture.model.resolve("config.json");
    Fixture.write(
        config, Fixture.read(config).replaceFirst(java.util.regex.Pattern.quote(from), to));
    assertNothingWritten(fixture.explain(), "config.json", named);
  }

  @Test
  void anUnusableVocabulary() {
    Path vocab = fixture.model.resolve("vocab.json");
    String sound = Fixture.read(vocab);
    Fixture.write(vocab, sound.replace("\"p_030\": 30", "\"p_030\": 31"));
    assertNothingWritten(fixture.explain(), "vocab.json", "31", "\"p_030\"");
    Fixture.write(vocab, sound.replace("\"p_030\": 30", "\"p_030\": 29"));
    assertNothingWritten(fixture.explain(), "vocab.json", "same id 29");
  }

  // ---- cohorts

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "  \n\n"})
  void anEmptyCohort(String text) {
    Fixture.write(fixture.cohort, text);
    assertNothingWritten(fixture.explain(), "cohort.jsonl", "empty");
    assertNothingWritten(fixture.explain("--resume"), "cohort.jsonl", "empty");
    byte[] before = bytes(fixture.baseline());
    Cli.assertRefused(
        Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.cohort),
        "cohort.jsonl",
        "empty");
    assertThat(bytes(fixture.baseline())).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"subject_id\":\"q\",\"visits\":[]}|is empty",
        "{\"subject_id\":\"q\",\"visits\":[{\"codes\":[]},{\"codes\":[]}]}|is empty",
        "{\"subject_id\":\"q\"|malformed JSON",
        "{\"subject_id\":\"q\",\"visits\":[{\"codes\":[\"a\"]}]} extra|malformed JSON",
        "[1,2]|JSON object",
        "{\"subject_id\":\"q\"}|\"visits\" is missing",
        "{\"subject_id\":true,\"visits\":[{\"codes\":[\"a\"]}]}|subject_id",
        "{\"subject_id\":\"q\",\"visits\":[{\"codes\":[7]}]}|codes[0]",
        "{\"subject_id\":\"q\",\"subject_id\":\"q\",\"visits\":[{\"codes\":[\"a\"]}]}|occurs twice",
      })
  void aLineThatCannotBeUsed(String line, String problem) {
    String sound = Fixture.read(fixture.cohort);
    Fixture.write(fixture.cohort, line + "\n" + sound);
    assertNothingWritten(fixture.explain(), "cohort.jsonl, line 1:", problem);

    Fixture.write(fixture.cohort, sound);
    assertThat(fixture.explain().code()).isZero();
    byte[] three = bytes(fixture.out);

    Fixture.write(fixture.cohort, sound + line + "\n" + sound);
    Cli.assertRefused(
        fixture.explain("--overwrite", "--threads", "2"),
        "cohort.jsonl, line 4:",
        problem,
        "3 results before it");
    assertThat(bytes(fixture.out)).isEqualTo(three);
  }

  @Test
  void bytesThatAreNoText() throws IOException {
    Files.write(fixture.cohort, new byte[] {'{', '"', (byte) 0xc3, '"', '\n'});
    assertNothingWritten(fixture.explain(), "cohort.jsonl, line 1", "UTF-8");
  }

  @Test
  void aPatientThatTheModelCannotRead() {
    String sound = Fixture.read(fixture.cohort);
    Fixture.write(
        fixture.cohort, sound + "{\"subject_id\":\"q\",\"visits\":[{\"codes\":[\"[SEP]\"]}]}\n");
    Cli.assertRefused(fixture.explain(), "\"q\"", "[SEP]", "3 results before it");
    assertThat(Fixture.lines(fixture.out)).hasSize(3);
  }

  // ---- baselines

  @Test
  void aBaselineOfAnotherModel() throws IOException {
    Fixture other =
        Fixture.withBaseline("no-sep-no-mask", Files.createDirectory(temp.resolve("o")));
    assertNothingWritten(
        fixture.explain("--baseline-file", other.baseline()), "baseline.safetensors", "other");

    weights().data(0, 0.5f).save();
    assertNothingWritten(fixture.explain(), "baseline.safetensors", "gsig baseline");
  }

  @Test
  void aMissingBaseline() throws IOException {
    Files.delete(fixture.baseline());
    assertNothingWritten(
        fixture.explain(),
        "baseline.safetensors: no such file",
        "gsig baseline --model " + fixture.model + " --cohort VALIDATION.jsonl",
        "--baseline zero");
    Path named = temp.resolve("named.safetensors");
    assertNothingWritten(
        fixture.explain("--baseline-file", named), "named.safetensors: no such", "--out " + named);
  }

  @Test
  void aBaselineThatIsNone() throws IOException {
    Files.copy(
        fixture.weights(), fixture.baseline(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertNothingWritten(fixture.explain(), "baseline.safetensors", "not a baseline");
    Files.write(fixture.baseline(), new byte[] {1, 2, 3});
    assertNothingWritten(fixture.explain(), "baseline.safetensors");
  }

  @Test
  void aBaselineNeverReplacesSomethingElse() throws IOException {
    byte[] before = bytes(fixture.weights());
    Cli.assertRefused(
        Cli.run(
            "baseline",
            "--model",
            fixture.model,
            "--cohort",
            fixture.validation,
            "--out",
            fixture.weights()),
        "model.safetensors",
        "lies inside the input");
    assertThat(bytes(fixture.weights())).isEqualTo(before);

    Path copy = temp.resolve("copy.safetensors");
    Files.copy(fixture.weights(), copy);
    Cli.assertRefused(
        Cli.run(
            "baseline", "--model", fixture.model, "--cohort", fixture.validation, "--out", copy),
        "copy.safetensors",
        "no baseline");
    assertThat(bytes(copy)).isEqualTo(before);
  }

  // ---- files

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors", "vocab.json"})
  void aMissingFileOfTheModel(String name) throws IOException {
    Files.delete(fixture.model.resolve(name));
    assertNothingWritten(fixture.explain(), name, "no such file");
  }

  @Test
  void missingFiles() throws IOException {
    Cli.assertRefused(
        Cli.run("info", "--model", temp.resolve("nowhere")), "nowhere", "not a folder");
    Files.delete(fixture.cohort);
    assertNothingWritten(fixture.explain(), "cohort.jsonl", "no such file");
    Files.createDirectory(fixture.cohort);
    assertNothingWritten(fixture.explain(), "cohort.jsonl", "is a folder");
  }

  @Test
  void unwritableOutput() throws IOException {
    Cli.assertRefused(
        explainInto(temp.resolve("nowhere").resolve("out.jsonl")), "folder does not exist");
    Cli.assertRefused(explainInto(Files.createDirectory(temp.resolve("folder"))), "is a folder");
    Cli.assertRefused(
        explainInto(fixture.cohort.resolve("out.jsonl")), "out.jsonl: lies inside the input");
    Cli.assertRefused(
        Cli.run(
            "baseline",
            "--model",
            fixture.model,
            "--cohort",
            fixture.validation,
            "--out",
            temp.resolve("nowhere").resolve("b.safetensors")),
        "b.safetensors: cannot be written");
  }

  @Test
  void writeProtectedOutput() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("protected"));
    assumeThat(Files.getFileStore(folder).supportsFileAttributeView("posix")).isTrue();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      // The superuser may write anywhere; then there is nothing to refuse.
      if (!Files.isWritable(folder)) {
        Cli.assertRefused(explainInto(folder.resolve("out.jsonl")), "write-protected");
      }
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private Cli.Outcome explainInto(Path out) {
    return Cli.run(
        "explain",
        "--model",
        fixture.model,
        "--cohort",
        fixture.cohort,
        "--out",
        out,
        "--steps",
        2);
  }

  // ---- options that do not fit the model

  @Test
  void optionsThatDoNotFitTheModel() {
    assertNothingWritten(fixture.explain("--class", "2"), "class 2 does not exist", "0 to 1");
    assertNothingWritten(fixture.explain("--class", "-1"), "class -1 does not exist");
    assertNothingWritten(
        fixture.explain("--backend", "abacus"), "'abacus' is not known", "ejml", "simd");
    assertNothingWritten(fixture.explain("--backend", "abacus"), "auto, cuda, ejml, simd");
    assertNothingWritten(fixture.explain("--backend", "simd:1"), "'simd' has no devices");
    assertNothingWritten(
        fixture.explain("--backend", "cuda"), "there is no NVIDIA driver", "another backend");
  }

  @Test
  void aMaskBaselineWithoutAMaskToken() {
    Path config = fixture.model.resolve("config.json");
    Fixture.write(config, Fixture.read(config).replace("\"mask_token_id\": 3,", ""));
    assertNothingWritten(fixture.explain("--baseline", "mask"), "mask_token_id");
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
