package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.abThenC;
import static dev.gsig.attribution.HandMadeModel.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineFileTest {
  private static final List<SequenceBaseline> MANIFOLD =
      List.of(SequenceBaselines.MANIFOLD_MEAN, SequenceBaselines.MANIFOLD_MEAN_UNPADDED);

  @TempDir Path folder;

  private Model model(double bias) {
    return HandMadeModel.binary(0, 0, 0)
        .withTabular()
        .classifier(1, new double[] {6, 3, 2, -4}, bias)
        .load(folder.resolve("model" + bias));
  }

  /** Three patients, so that the means are no short binary fractions. */
  private static Baseline estimate(Model model) {
    List<Trajectory> validation =
        List.of(
            patient("v1", Map.of("age", 61.3), Visit.of("a")),
            abThenC(Map.of("age", 33.3, "bmi", 21.7)),
            patient("v3", Map.of("age", 47.9), Visit.of("c", "c")));
    return Baseline.estimate(model, validation);
  }

  private static void assertSameBits(Baseline actual, Baseline expected) {
    for (SequenceBaseline kind : MANIFOLD) {
      assertThat(Bits.of(actual.rows(Model.SEQUENCE, kind == SequenceBaselines.MANIFOLD_MEAN)))
          .isEqualTo(
              Bits.of(expected.rows(Model.SEQUENCE, kind == SequenceBaselines.MANIFOLD_MEAN)));
    }
    assertThat(Bits.of(actual.entries(Model.TABULAR)))
        .isEqualTo(Bits.of(expected.entries(Model.TABULAR)));
    assertThat(actual.patients()).isEqualTo(expected.patients());
    assertThat(actual.weightsSha256()).hasSize(64).isEqualTo(expected.weightsSha256());
  }

  @Test
  void savingAndLoadingKeepsEveryBit() {
    Model model = model(0.5);
    Baseline made = estimate(model);
    Path file = folder.resolve(Baseline.FILE_NAME);
    made.save(file);
    Baseline loaded = Baseline.load(file);
    assertSameBits(loaded, made);
    loaded.requireMadeFor(model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void parityModelsKeepEveryBitToo(String backend) {
    for (String name : List.of("large", "bert-pooler", "visit-age-type")) {
      Fixture fixture = Fixture.named(name);
      Model model = fixture.model(backend);
      Baseline made = fixture.baseline(model);
      Path file = folder.resolve(name + ".safetensors");
      made.save(file);
      assertSameBits(Baseline.load(file), made);
    }
  }

  @Test
  void theSameBaselineIsTheSameFile() {
    Baseline made = estimate(model(0.5));
    made.save(folder.resolve("one"));
    Baseline.load(folder.resolve("one")).save(folder.resolve("two"));
    assertThat(folder.resolve("one")).hasSameBinaryContentAs(folder.resolve("two"));
  }

  @Test
  void withoutTabularValuesItHasNoTensorOfThem() {
    Path file = folder.resolve("sequences");
    Baseline.estimate(HandMadeModel.binary(1, 1, 0).load(folder), List.of(abThenC(Map.of())))
        .save(file);
    try (Safetensors saved = Safetensors.open(file)) {
      assertThat(saved.names())
          .containsExactlyInAnyOrder("sequence.manifold_mean", "sequence.manifold_mean_unpadded");
    }
  }

  @Test
  void aBaselineForOtherWeightsIsRefused() {
    Model model = model(0.5);
    Model other = model(0.25);
    Baseline made = estimate(other);
    Path file = folder.resolve("other.safetensors");
    made.save(file);
    Options options =
        Options.zero().baselines(SequenceBaselines.MANIFOLD_MEAN, TabularBaselines.ZERO);
    assertThatThrownBy(() -> Explainer.of(model, Baseline.load(file), options.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%s: was made for other weights than %s; make it again with: gsig baseline --model %2$s"
                + " --cohort VALIDATION.jsonl --out %1$s",
            file, model.folder());
    assertThatThrownBy(() -> Explainer.of(model, made, options.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("the baseline: was made for other weights than ");
  }

  /** Weights that did not change, and something else that the means depend on and that did. */
  @Test
  void aBaselineOfAModelThatChangedSinceIsRefused() throws IOException {
    Map<String, HandMadeModel> changed = new LinkedHashMap<>();
    changed.put("attribution_point", aged().config("attribution_point", "embedding"));
    changed.put("unk_token_id", aged().config("unk_token_id", null));
    changed.put("cls_token_id", aged().config("cls_token_id", null));
    changed.put("max_position_embeddings", aged().config("max_position_embeddings", 6));
    changed.put("embedding_scale", aged().config("embedding_scale", 2));
    changed.put("config.json", aged().config("embedding_inputs", Map.of("age", "sinusoidal")));
    changed.put("tabular features, means or stds", feature("age", 50, 20));
    changed.put("tabular features, means or stds ", feature("age", 51, 10));
    changed.put("tabular features, means or stds  ", feature("years", 50, 10));
    changed.forEach(
        (what, other) ->
            assertStale(other, what.contains("tabular") ? what.strip() : "config.json"));
    Path codes = aged().write(folder.resolve("codes"));
    Files.writeString(codes.resolve("vocab.json"), "{\"a\":6,\"b\":5,\"c\":7}");
    assertStale(codes, "another vocabulary");
  }

  /** At the embedding block's output the times of the visits are in the means. */
  @Test
  void whatATimeIsEntersTheMeansOfTheWholeBlock() throws IOException {
    Path made = Fixture.named("time-until-last").folder();
    Baseline baseline = Fixture.named("time-until-last").baseline(Model.load(made, "ejml"));
    baseline.requireMadeFor(Model.load(made, "ejml"));
    Path unit = Files.createDirectory(folder.resolve("unit"));
    for (String file : List.of("config.json", "model.safetensors", "vocab.json")) {
      Files.copy(made.resolve(file), unit.resolve(file));
    }
    String config = Files.readString(unit.resolve("config.json"));
    Files.writeString(unit.resolve("config.json"), config.replace("730.5", "\"years\""));
    assertThatThrownBy(() -> baseline.requireMadeFor(Model.load(unit, "ejml")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("was made with another config.json");
  }

  /** What has nothing to do with the means may change. */
  @Test
  void otherChangesOfTheConfigurationAreNone() {
    Baseline made = estimate(aged().load(folder.resolve("before")));
    made.requireMadeFor(aged().config("norm_first", true).load(folder.resolve("norm")));
    made.requireMadeFor(aged().config("num_attention_heads", 2).load(folder.resolve("heads")));
  }

  private static HandMadeModel aged() {
    return HandMadeModel.binary(0, 0, 0)
        .withTabular()
        .classifier(1, new double[] {6, 3, 2, -4}, 0.5);
  }

  private static HandMadeModel feature(String name, double mean, double std) {
    Map<String, Object> bmi = Map.of("name", "bmi", "mean", 25, "std", 5);
    Map<String, Object> changed = Map.of("name", name, "mean", mean, "std", std);
    return aged()
        .config("tabular", Map.of("features", List.of(changed, bmi), "hidden_sizes", List.of()));
  }

  private void assertStale(HandMadeModel other, String what) {
    assertStale(other.write(folder.resolve("changed")), what);
  }

  private void assertStale(Path changed, String what) {
    Baseline made = estimate(aged().load(folder.resolve("made")));
    Path file = changed.resolve(Baseline.FILE_NAME);
    made.save(file);
    Model model = Model.load(changed, "ejml");
    assertThat(model.weightsSha256()).isEqualTo(made.weightsSha256());
    assertThatThrownBy(() -> Baseline.load(file).requireMadeFor(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(what)
        .hasMessageEndingWith(
            "; make it again with: gsig baseline --model %s --cohort VALIDATION.jsonl", changed);
  }

  /** Every part of a configuration was looked at: what enters the means is in the checksum. */
  @Test
  void everyPartOfTheConfigurationIsDecidedOn() {
    List<String> enters =
        List.of(
            "hiddenSize",
            "layerNormEps",
            "maxPositionEmbeddings",
            "specialTokens",
            "embeddingInputs",
            "embeddingSize",
            "embeddingJoin",
            "embeddingScale",
            "layers", // whose norms may be of another kind
            "visitIndex",
            "ageInput",
            "clsTokenType",
            "timeInput",
            "valueEmbedding",
            "attributionPoint",
            "tabular");
    List<String> behindTheMeans =
        List.of(
            "numHiddenLayers",
            "numAttentionHeads",
            "attentionHeadSize",
            "intermediateSize",
            "hiddenAct",
            "vocabSize",
            "normFirst",
            "attentionScale",
            "attentionMaskValue",
            "residual",
            "pooling",
            "meanOver",
            "gru",
            "scoreHiddenSize",
            "pooler",
            "nextToken",
            "classifier");
    assertThat(ModelConfig.class.getRecordComponents())
        .extracting(RecordComponent::getName)
        .as("a new one goes into BaselineInputs if it enters the tensor at the attribution point")
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(enters.stream(), behindTheMeans.stream()).toList());
  }

  @Test
  void aBaselineIsNotLookedAtWhenTheOptionsNeedNone() {
    Model model = model(0.5);
    Explainer.of(model, estimate(model(0.25)), Options.zero().build());
    Explainer.of(model, null, Options.zero().build());
  }

  @Test
  void anEmptyValidationCohortIsRefused() {
    Model model = model(0.5);
    assertThatThrownBy(() -> Baseline.estimate(model, List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("the validation cohort has no patient; name another file");
  }

  // ---- files that are none

  private Path file(Map<String, String> metadata, Map<String, NamedTensor> tensors) {
    Path file = folder.resolve("bad.safetensors");
    SafetensorsWriter.write(file, metadata, tensors);
    return file;
  }

  private static Map<String, NamedTensor> tensors(int rows, int unpaddedRows) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    tensors.put("sequence.manifold_mean", NamedTensor.f64(new double[rows * 2], rows, 2));
    tensors.put(
        "sequence.manifold_mean_unpadded",
        NamedTensor.f64(new double[unpaddedRows * 2], unpaddedRows, 2));
    return tensors;
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> Baseline.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message, file);
  }

  @Test
  void aModelIsNotABaseline() {
    assertRefused(
        model(0.5).folder().resolve("model.safetensors"),
        "%s: is not a baseline: it has no tensor such as 'sequence.manifold_mean' or"
            + " 'tabular.mean'; make it with 'gsig baseline'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "two", "99999999999"})
  void metadataMustBeThere(String patients) {
    assertRefused(
        file(Map.of("weights_sha256", "0", "patients", patients), tensors(8, 8)),
        "%s: is not a baseline: its metadata lack 'weights_sha256' or 'patients'; make it with"
            + " 'gsig baseline'");
  }

  @Test
  void theMeansMustHaveOneShape() {
    assertThatThrownBy(() -> Baseline.load(file(Map.of(), tensors(8, 7))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "is not a baseline: its means have the shapes [8, 2] and [7, 2], not one of a table");
  }

  @Test
  void otherSizesUnderTheRightHashAreRefused() {
    Model model = model(0.5);
    Map<String, String> metadata = Map.of("weights_sha256", model.weightsSha256(), "patients", "2");
    Baseline small = Baseline.load(file(metadata, tensors(7, 7)));
    assertThatThrownBy(() -> small.requireMadeFor(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not say all that it depends on");
  }

  @Test
  void oneRowIsEnough() {
    Map<String, String> metadata = Map.of("weights_sha256", "0", "patients", "2");
    assertThat(Baseline.load(file(metadata, tensors(1, 1))).patients()).isEqualTo(2);
  }

  @Test
  void sizesBeyondAnyModelAreRefusedNotOverflown() {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("sequence.manifold_mean", "sequence.manifold_mean_unpadded")) {
      tensors.put(name, new NamedTensor(DType.F64, List.of(0L, 1L << 40), new double[0]));
    }
    Path file = file(Map.of("weights_sha256", "0", "patients", "2"), tensors);
    assertThatThrownBy(() -> Baseline.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[0, 1099511627776]");
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("nothing.safetensors");
    assertThatThrownBy(() -> Baseline.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString());
  }
}
