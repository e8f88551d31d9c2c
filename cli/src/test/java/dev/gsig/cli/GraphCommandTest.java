package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A graph in the ONNX format, from the exported file to a verified result. */
class GraphCommandTest {
  private static final Path GRAPHS = Path.of("..", "gsig", "src", "test", "resources", "graphs");
  private static final Path MULTIMODAL = GRAPHS.resolve("multimodal");
  private static final Path REFUSED = GRAPHS.resolveSibling("refused-graphs");

  private static final String FEATURES =
      "tabular.features=[{\"name\":\"bmi\",\"mean\":25,\"std\":5},"
          + "{\"name\":\"egfr\",\"mean\":60,\"std\":20}]";

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void setUp() {
    out = folder.resolve("model");
  }

  /** The graph and its vocabulary, without what its inputs hold. */
  private Path bare(String name) throws IOException {
    Path bare = Files.createDirectories(folder.resolve("bare"));
    for (String file : List.of("model.onnx", "vocab.json")) {
      Files.copy(GRAPHS.resolve(name).resolve(file), bare.resolve(file));
    }
    return bare.resolve("model.onnx");
  }

  private Cli.Outcome importGraph(Path graph, Object... more) {
    List<Object> args = new ArrayList<>(List.of("import", "--input", graph, "--out", out));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  private static void assertDone(Cli.Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  @Test
  void fromTheExportedFileToAVerifiedResult() throws IOException {
    Path validation = MULTIMODAL.resolve("validation.jsonl");
    Path cohort = MULTIMODAL.resolve("cohort.jsonl");
    Path results = folder.resolve("results.jsonl");
    Cli.Outcome imported =
        importGraph(
            bare("multimodal"),
            "--set",
            "max_position_embeddings=16",
            "--set",
            FEATURES,
            "--set",
            "age_transform=none",
            "--set",
            "value_scale=raw",
            "--set",
            "inputs.sex={\"source\":\"tabular\",\"feature\":\"sex\"}",
            "--check",
            MULTIMODAL.resolve("check.npz"),
            "--backend",
            "ejml");
    assertDone(imported);
    assertThat(imported.out())
        .contains(
            "input_ids  <-  tokens (by its name)", "code.weight, 12 x 8", "softmax", "LayerNorm");
    assertThat(imported.err()).containsPattern("largest difference \\d\\.\\de-0[6-9]");

    Cli.Outcome info = Cli.run("info", out);
    assertDone(info);
    assertThat(info.out())
        .contains("value_mask <- value_mask", "probabilities before its softmax, 2 logits");
    JsonObject json = Json.object(Cli.run("info", out, "--json").out(), "info");
    assertThat(json.object("inputs").string("sex")).isEqualTo("tabular");
    assertThat(json.integer("opset")).isEqualTo(17);

    assertDone(Cli.run("baseline", "--model", out, "--cohort", validation));
    assertDone(Cli.run("explain", "--model", out, "--cohort", cohort, "--out", results));
    JsonObject first = Json.object(Files.readAllLines(results).get(0), "result");
    assertThat(first.objects("tabular").stream().map(f -> f.string("name")))
        .containsExactly("bmi", "egfr");
    assertDone(
        Cli.run(
            "evaluate",
            "--model",
            out,
            "--cohort",
            validation,
            "--methods",
            "ig,gradient-x-input,random",
            "--out",
            folder.resolve("evaluation")));
    Path report = folder.resolve("report.html");
    assertDone(Cli.run("report", "--in", results, "--model", out, "--out", report));
    assertThat(report).isNotEmptyFile();
    assertDone(Cli.run("verify", results));
  }

  @Test
  void nodeByNodeIsTheReference() throws IOException {
    assertDone(importGraph(MULTIMODAL.resolve("model.onnx")));
    List<List<String>> lines = new ArrayList<>();
    for (List<Object> more : List.of(List.<Object>of(), List.<Object>of("--no-fusion"))) {
      Path results = folder.resolve("results" + more.size() + ".jsonl");
      List<Object> args =
          new ArrayList<>(
              List.of(
                  "explain",
                  "--model",
                  out,
                  "--cohort",
                  MULTIMODAL.resolve("cohort.jsonl"),
                  "--baseline",
                  "zero",
                  "--tabular-baseline",
                  "zero",
                  "--value-baseline",
                  "zero",
                  "--backend",
                  "ejml",
                  "--out",
                  results));
      args.addAll(more);
      assertDone(Cli.run(args.toArray()));
      assertDone(Cli.run("verify", results));
      lines.add(Files.readAllLines(results));
    }
    // to the digits that results of this backend have
    assertThat(lines.get(1)).hasSameSizeAs(lines.get(0));
    assertThat(lines.get(0)).isNotEmpty();
  }

  @Test
  void aNativeModelHasNothingToFuse() {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, folder);
    Cli.assertRefused(Cli.run("info", fixture.model, "--no-fusion"), "no graph in the ONNX format");
  }

  @Test
  void everyQuestionIsAskedAtOnce() throws IOException {
    Cli.assertRefused(
        importGraph(bare("multimodal")),
        "inputs.sex (what it holds, INT64[batch]",
        "max_position_embeddings",
        "age_transform",
        "value_scale",
        "tabular.features (names of the 2 values of tabular");
    assertThat(out).doesNotExist();
  }

  /** An age that is one number of a patient is a tabular value; the sex may be any number. */
  @Test
  void aTabularValueMayHaveAnInputOfItsOwn() throws IOException {
    Path variant = GRAPHS.resolveSibling("graph-variants").resolve("V19");
    Path graph = bare("../graph-variants/V19");
    Object[] bare = {"--set", "max_position_embeddings=7", "--check", variant.resolve("check.npz")};
    Cli.assertRefused(
        importGraph(graph, bare),
        "inputs.sex (what it holds, INT64[batch]: a tabular value (--set 'inputs.sex=",
        "tabular.features (names of age (of the input age) and the 4 values of tabular in their"
            + " order, with mean and std");
    Object[] told = {
      "--set",
      "inputs.sex={\"source\":\"tabular\",\"feature\":\"sex\"}",
      "--set",
      "tabular.features=[{\"name\":\"t0\"},{\"name\":\"age\",\"mean\":60,\"std\":16},\"t1\",\"t2\",\"t3\"]"
    };
    Cli.Outcome done = importGraph(graph, Stream.of(bare, told).flatMap(Stream::of).toArray());
    assertDone(done);
    assertThat(done.out())
        .contains("age  <-  {\"source\":\"tabular\",\"feature\":\"age\"} (by its name)");
    assertThat(done.err()).containsPattern("largest difference \\d\\.\\de-0[6-9]");
  }

  /** A graph of multi-hot visits has no tokens; the message says where it stands what to do. */
  @Test
  void multiHotVisitsAreSentToThePage() throws IOException {
    Path packed = Path.of("../onnx/src/test/resources/dev/gsig/onnx/variants/V21.onnx.gz");
    Path graph = folder.resolve("v21.onnx");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      Files.copy(in, graph);
    }
    Cli.assertRefused(
        importGraph(graph, "--vocab", MULTIMODAL.resolve("vocab.json")),
        "inputs.visits (what it holds, FLOAT[batch, length, 20]",
        "export the module of tokens and their visits, docs/onnx.md has how");
  }

  @Test
  void tablesAreNamed() throws IOException {
    Path graph = bare("two-tables");
    Cli.assertRefused(
        importGraph(graph, "--set", "max_position_embeddings=16"),
        "--table",
        "code.weight [12, 8]",
        "weight.weight [12, 1]");
    assertDone(
        importGraph(
            graph, "--set", "max_position_embeddings=16", "--table", "code.weight+weight.weight"));
    assertThat(Files.readString(out.resolve("inputs.json")))
        .contains("\"tables_joined\": true", "[\"code.weight\",\"weight.weight\"]");
  }

  /** Of tables whose rows are apart each may be held, and all but the first go by their names. */
  @Test
  void aTableIsHeldByItsName() throws IOException {
    assertDone(
        importGraph(
            bare("two-tables"),
            "--set",
            "max_position_embeddings=16",
            "--table",
            "code.weight,weight.weight"));
    for (String held : List.of("sequence", "weight.weight")) {
      Path results = folder.resolve(held + ".jsonl");
      assertDone(explainTwoTables(results, "--fixed", held));
      JsonObject patient = Json.object(Files.readAllLines(results).get(0), "result");
      assertThat(patient.objects("inputs")).hasSize(2);
      for (JsonObject input : patient.objects("inputs")) {
        double largest =
            input.objects("tokens").stream()
                .mapToDouble(token -> Math.abs(token.number("signed")))
                .max()
                .orElseThrow();
        if (input.string("name").equals(held)) {
          assertThat(largest).isZero();
        } else {
          assertThat(largest).isGreaterThan(1e-4);
        }
      }
      assertThat(patient.string("baseline")).isEqualTo("zero");
      assertDone(Cli.run("verify", results));
    }
    Cli.assertRefused(
        explainTwoTables(folder.resolve("none.jsonl"), "--fixed", "code.weight"),
        "--fixed: 'code.weight' is not one of sequence, weight.weight");
  }

  private Cli.Outcome explainTwoTables(Path results, Object... more) {
    List<Object> args = new ArrayList<>(List.of("explain", "--model", out, "--out", results));
    args.addAll(List.of("--cohort", GRAPHS.resolve("two-tables").resolve("cohort.jsonl")));
    args.addAll(List.of("--baseline", "zero", "--method", "ig", "--backend", "ejml"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @Test
  void aDecoderPredictsTheNextToken() throws IOException {
    Path graph = bare("decoder");
    Cli.assertRefused(importGraph(graph), "readout (first or last", "max_position_embeddings");
    assertDone(
        importGraph(
            graph,
            "--set",
            "max_position_embeddings=16",
            "--set",
            "readout=last",
            "--set",
            "head=next_token",
            "--check",
            GRAPHS.resolve("decoder").resolve("check.npz")));
    Path results = folder.resolve("results.jsonl");
    assertDone(
        Cli.run(
            "explain",
            "--model",
            out,
            "--cohort",
            GRAPHS.resolve("decoder").resolve("cohort.jsonl"),
            "--baseline",
            "zero",
            "--target",
            "next:E11",
            "--out",
            results));
    assertThat(Files.readAllLines(results)).hasSize(3);
  }

  @Test
  void aCheckFindsAMaskThatIsTheWrongWayRound() {
    Cli.Outcome outcome =
        importGraph(
            MULTIMODAL.resolve("model.onnx"),
            "--set",
            "inputs.attention_mask={\"source\":\"mask\",\"real\":0}",
            "--check",
            MULTIMODAL.resolve("check.npz"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("check.npz: \"attention_mask\" holds 1 at position 0 of row 0", "0 is told");
    assertThat(out).doesNotExist();
  }

  /** A graph of an open length that lets PAD act gives each patient what no batch gives. */
  @Test
  void aCheckThatFailsOnPaddedRowsNamesThePadding() {
    Object[] pads = {
      "--vocab", MULTIMODAL.resolve("vocab.json"), "--set", "max_position_embeddings=4"
    };
    Path check = REFUSED.resolve("pads.npz");
    Cli.Outcome outcome =
        importGraph(
            REFUSED.resolve("pads.onnx"),
            Stream.of(pads, new Object[] {"--check", check}).flatMap(Stream::of).toArray());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("(row 1, label 0", "padding is the likely cause");
    assertThat(out).doesNotExist();
  }

  /** The right file is named of a graph that lacks a token. */
  @Test
  void aTokenThatInputsJsonLacksIsMissedThere() {
    Cli.assertRefused(
        Cli.run(
            "explain",
            "--model",
            GRAPHS.resolve("fixed"),
            "--cohort",
            GRAPHS.resolve("fixed").resolve("cohort.jsonl"),
            "--baseline",
            "mask",
            "--out",
            folder.resolve("results.jsonl")),
        "needs a mask_token_id in the model's inputs.json");
  }

  @ParameterizedTest
  @CsvSource({
    "rounded, no gradient of \"logit\" reaches, (Round)",
    "unmasked, padding (the graph takes 4 positions and no mask, in_graph"
  })
  void whatCannotBeExplainedIsRefused(String name, String said, String more) {
    Cli.assertRefused(
        importGraph(
            REFUSED.resolve(name + ".onnx"),
            "--vocab",
            MULTIMODAL.resolve("vocab.json"),
            "--set",
            "max_position_embeddings=4"),
        said,
        more);
    assertThat(out).doesNotExist();
  }

  @Test
  void aGraphWithoutAMaskMayTellPaddingItself() {
    assertDone(
        importGraph(
            REFUSED.resolve("unmasked.onnx"),
            "--vocab",
            MULTIMODAL.resolve("vocab.json"),
            "--set",
            "padding=in_graph"));
    assertThat(Cli.run("info", out).out()).contains("PAD positions are computed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--map", "--config", "--head"})
  void optionsOfWeightsAreRefused(String option) {
    Cli.assertRefused(
        importGraph(MULTIMODAL.resolve("model.onnx"), option, MULTIMODAL.resolve("inputs.json")),
        option + " is for weights");
  }

  @Test
  void whatGsigDidNotMakeStays() throws IOException {
    Files.createDirectories(out);
    Files.copy(MULTIMODAL.resolve("inputs.json"), out.resolve("inputs.json"));
    Cli.assertRefused(
        importGraph(MULTIMODAL.resolve("model.onnx"), "--overwrite"), "is no model of gsig");
    try (Stream<Path> left = Files.list(out)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void aGraphThatGsigMadeIsReplaced() {
    assertDone(importGraph(MULTIMODAL.resolve("model.onnx")));
    Cli.assertRefused(importGraph(MULTIMODAL.resolve("model.onnx")), "exists already");
    assertDone(importGraph(MULTIMODAL.resolve("model.onnx"), "--overwrite"));
  }

  /** The weights of a family in a graph, whose linear layers the exporter has renamed. */
  @Test
  void weightsOfAFamilyAreLoadedNatively() {
    Path graph = REFUSED.resolveSibling("native-graphs");
    Object[] args = {
      "--native",
      "--vocab",
      MULTIMODAL.resolve("vocab.json"),
      "--set",
      "num_attention_heads=2",
      "--set",
      "hidden_act=gelu",
      "--set",
      "layer_norm_eps=1e-5",
      "--backend",
      "ejml"
    };
    Cli.assertRefused(importGraph(graph.resolve("bert.onnx"), args[0]), "needs --check");
    Cli.Outcome imported =
        importGraph(
            graph.resolve("bert.onnx"),
            Stream.concat(Stream.of(args), Stream.of("--check", graph.resolve("check.npz")))
                .toArray());
    assertDone(imported);
    assertThat(imported.out())
        .contains("bert.encoder.layer.0.attention.self.query.weight")
        .doesNotContain("onnx::MatMul");
    assertThat(out.resolve("config.json")).exists();
    Object[] wrong = args.clone();
    wrong[6] = "hidden_act=relu";
    Cli.Outcome refused =
        Cli.run(
            Stream.of(
                    Stream.of("import", "--input", graph.resolve("bert.onnx")),
                    Stream.of("--out", folder.resolve("other")),
                    Stream.of(wrong),
                    Stream.of("--check", graph.resolve("check.npz")))
                .flatMap(x -> x)
                .toArray());
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("more than 1.0E-5");
  }

  @Test
  void infoOfAFileSaysWhatToDo() {
    Cli.assertRefused(Cli.run("info", MULTIMODAL.resolve("model.onnx")), "gsig import");
  }
}
