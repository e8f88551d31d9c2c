package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.ValueBaseline;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models as researchers write and save them in PyTorch ({@code tools/fixtures/make_variants.py}):
 * imported they compute what PyTorch does, and what their weights do not tell is asked for, one
 * thing at a time, or printed as assumed. Never is there another number without a word.
 */
class ImportVariantsTest {
  private static final Path FOLDER = Path.of("..", "gsig", "src", "test", "resources", "variants");
  private static final JsonObject VARIANTS = Json.read(FOLDER.resolve("variants.json"));
  private static final Path COHORT = FOLDER.resolve("cohort.jsonl");
  private static final double TOLERANCE = 1e-9;

  @TempDir Path temporary;

  private int runs;

  static List<String> variants() {
    return List.copyOf(VARIANTS.keys());
  }

  static List<String> mapped() {
    return variants().stream().filter(name -> VARIANTS.object(name).has("names")).toList();
  }

  /** Thirty and V25b; V21 is a graph. */
  @Test
  void thereAreThirtyOneAndOneMore() {
    assertThat(variants()).hasSize(31).contains("V25b").doesNotContain("V21");
  }

  /** Multi-hot visits ({@code tools/fixtures/make_graph_variants.py}). */
  @Test
  void multiHotVisitsAreImportedAsAGraph() {
    Path folder = FOLDER.resolveSibling("graph-variants").resolve("V21");
    Path out = temporary.resolve("graph");
    int width = 8; // of the code vectors
    Cli.succeeds(
        "import",
        "--input",
        folder.resolve("model.onnx"),
        "--inputs",
        folder.resolve("inputs.json"),
        "--vocab",
        folder.resolve("vocab.json"),
        "--out",
        out);
    Model model = Model.load(out, "ejml");
    Explainer explainer = Explainer.of(model, null, options(1, false));
    List<Trajectory> cohort = CohortReader.readAll(folder.resolve("cohort.jsonl"));
    try (Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"))) {
      for (int i = 0; i < cohort.size(); i++) {
        assertClose("V21 logits", expected.read("p" + i + ".logits"), model.logits(cohort.get(i)));
        double[] ig = expected.read("p" + i + ".ig");
        Attribution found = explainer.explain(cohort.get(i));
        int tabular = found.tabular().size();
        assertClose(
            "V21 tokens",
            found.tokens().stream()
                .mapToDouble(
                    t -> Arrays.stream(ig, t.position() * width, (t.position() + 1) * width).sum())
                .toArray(),
            found.tokens().stream().mapToDouble(t -> t.scores().signed()).toArray());
        assertClose(
            "V21 tabular",
            Arrays.copyOfRange(ig, ig.length - tabular, ig.length),
            found.tabular().stream().mapToDouble(Attribution.TabularScore::signed).toArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void agreesWithPyTorch(String name) throws IOException {
    Import with = run(name, VARIANTS.object(name).object("set").keys());
    assertThat(with.outcome.code()).as(with.outcome.err()).isZero();
    assertAgrees(name, with.out);
  }

  /** Each thing that is said, left out, is asked for by its name in one line. */
  @ParameterizedTest
  @MethodSource("variants")
  void asksForWhatItCannotKnow(String name) throws IOException {
    JsonObject variant = VARIANTS.object(name);
    List<String> said = List.copyOf(variant.object("set").keys());
    List<String> printed = variant.has("printed") ? variant.strings("printed") : List.of();
    boolean checked = variant.has("more");
    for (String key : said) {
      List<String> others = new ArrayList<>(said);
      others.remove(key);
      Import without = run(name, others);
      Cli.Outcome outcome = without.outcome;
      if (outcome.code() == 0 && checked) {
        assertAgrees(name, without.out); // the comparison answered it
      } else if (printed.contains(key)) {
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("assumed    " + key + " ");
      } else {
        assertThat(outcome.code()).as("%s without %s", name, key).isEqualTo(2);
        assertThat(outcome.errLines()).as(key).hasSize(1);
        assertThat(outcome.err()).contains(key);
        assertThat(without.out).doesNotExist();
      }
    }
  }

  /** With nothing said but what the tensors are: a question. */
  @ParameterizedTest
  @MethodSource("variants")
  void nothingIsGuessedInSilence(String name) throws IOException {
    Import bare = run(name, List.of());
    assertThat(bare.outcome.code()).as(bare.outcome.out()).isEqualTo(2);
    assertThat(bare.outcome.errLines()).hasSize(1);
    assertThat(bare.outcome.err()).contains("num_attention_heads", "hidden_act");
  }

  /** What no question is about, and could be otherwise. */
  @ParameterizedTest
  @CsvSource({
    "V01, problem_type single_label_classification",
    "V01, import.position_first_row 0",
    "V01, import.position_scale 1",
    "V01, attention from every position to every other but PAD",
    "V03, tab_mlp.0 eps 1e-5",
    "V08, layer_norm_eps 1.0E-5",
    "V10, 'embedding_join concatenate (side by side are code, value)'",
    "V10, embedding_join_activation none",
    "V13, embeddings.LayerNorm of the sum of all",
    "V15, token_type that of each visit in the cohort",
    "V17, pooled real positions only",
    "V17, pooling.dense tanh behind attn_pool.0",
    "V18, pooled real positions only",
    "V23, causal_mask a mask",
    "V25b, pooling last",
    "V30, residual true",
    "V30, attention_scale head_size"
  })
  void whatIsAssumedIsPrinted(String name, String assumed) throws IOException {
    Cli.Outcome outcome = run(name, VARIANTS.object(name).object("set").keys()).outcome;
    assertThat(outcome.outLines())
        .filteredOn(line -> line.startsWith("assumed"))
        .anyMatch(line -> line.startsWith("assumed    " + assumed));
  }

  /** Models whose tensors have to be named: without that, no model. */
  @ParameterizedTest
  @MethodSource("mapped")
  void unnamedTensorsAreAskedFor(String name) throws IOException {
    Import without = run(name, VARIANTS.object(name).object("set").keys(), false);
    assertThat(without.outcome.code()).as(without.outcome.out()).isEqualTo(2);
    assertThat(without.outcome.errLines()).hasSizeBetween(1, 2);
    assertThat(without.out).doesNotExist();
  }

  /** As many columns as no choice of inputs has: else the first patient would find it. */
  @Test
  void aJoinThatDoesNotFitIsRefused() throws IOException {
    Import imported = run("V10", VARIANTS.object("V10").object("set").keys());
    Path config = imported.out.resolve("config.json");
    String text = Files.readString(config);
    String added = "\"embedding_join_added\": [\"position\"]";
    assertThat(text).contains(added);
    Files.writeString(config, text.replace(added, "\"embedding_join_added\": []"));
    Cli.Outcome refused = Cli.run("predict", "--model", imported.out, "--cohort", COHORT);
    Cli.assertRefused(refused, "'embeddings.join.weight' reads 24 columns", "have 40");
  }

  private record Import(Cli.Outcome outcome, Path out) {}

  /** Imports with some of what is said. */
  private Import run(String name, Iterable<String> keys) throws IOException {
    return run(name, keys, VARIANTS.object(name).has("names"));
  }

  private Import run(String name, Iterable<String> keys, boolean mapped) throws IOException {
    JsonObject variant = VARIANTS.object(name);
    JsonObject set = variant.object("set");
    Path out = temporary.resolve("model" + runs++);
    List<Object> args =
        new ArrayList<>(List.of("import", "--input", FOLDER.resolve(variant.string("file"))));
    args.addAll(List.of("--vocab", FOLDER.resolve(variant.string("vocab")), "--out", out));
    if (variant.has("more")) {
      for (String more : variant.strings("more")) {
        args.add(more.endsWith(".npz") ? FOLDER.resolve(more) : more);
      }
    }
    if (mapped) {
      args.addAll(List.of("--map", names(variant)));
    }
    for (String key : keys) {
      args.addAll(List.of("--set", key + "=" + Json.write(set.raw(key))));
    }
    return new Import(Cli.run(args.toArray()), out);
  }

  /** The printed beginning of a mapping file, where there is one, with what a person fills in. */
  private Path names(JsonObject variant) throws IOException {
    Path file = temporary.resolve("names.json");
    if (Files.exists(file)) { // of the run before
      return file;
    }
    Cli.Outcome printed =
        Cli.run(
            "import",
            "--input",
            FOLDER.resolve(variant.string("file")),
            "--vocab",
            FOLDER.resolve(variant.string("vocab")),
            "--out",
            temporary.resolve("none"));
    Map<String, Object> names = new LinkedHashMap<>();
    if (printed.err().contains("the beginning of a mapping file")) {
      JsonObject skeleton = Json.object(printed.out(), "printed");
      skeleton.keys().forEach(target -> names.put(target, skeleton.string(target)));
    }
    JsonObject own = variant.object("names");
    own.keys().forEach(target -> names.put(target, own.string(target)));
    return Files.writeString(file, Json.write(names));
  }

  private static void assertAgrees(String name, Path folder) {
    List<Trajectory> cohort = CohortReader.readAll(COHORT);
    List<JsonObject> patients = VARIANTS.object(name).objects("patients");
    assertThat(cohort).hasSameSizeAs(patients);
    Model model = Model.load(folder, "ejml");
    boolean values = model.config().valueEmbedding() != null;
    for (int i = 0; i < cohort.size(); i++) {
      JsonObject expected = patients.get(i);
      assertClose(name + " logits", doubles(expected, "logits"), model.logits(cohort.get(i)));
      Explainer explainer = Explainer.of(model, null, options(explained(expected), values));
      Attribution found = explainer.explain(cohort.get(i));
      assertClose(
          name + " tokens",
          doubles(expected, "tokens"),
          found.tokens().stream().mapToDouble(token -> token.scores().signed()).toArray());
      assertClose(
          name + " tabular",
          expected.has("tabular") ? doubles(expected, "tabular") : new double[0],
          found.tabular().stream().mapToDouble(Attribution.TabularScore::signed).toArray());
    }
  }

  /** The largest logit's class; a single logit is that of the second of two. */
  private static int explained(JsonObject expected) {
    return expected.numbers("logits").size() == 1 ? 1 : expected.integer("explained");
  }

  private static double[] doubles(JsonObject json, String key) {
    return json.numbers(key).stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static ExplainOptions options(int explained, boolean values) {
    ExplainOptions.Builder options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.IG)
            .quadrature(Quadrature.RIGHT)
            .steps(50)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
            .explainedClass(explained);
    if (values) {
      options.valueBaseline(ValueBaseline.ZERO);
    }
    return options.build();
  }

  private static void assertClose(String what, double[] expected, double[] found) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(1);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i]) / scale).as(what).isLessThan(TOLERANCE);
    }
  }
}
