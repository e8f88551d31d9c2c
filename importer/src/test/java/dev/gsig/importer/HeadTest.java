package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which linear layers are the head: found where only one answer is possible, else asked for. */
class HeadTest {
  private static final int D = 4;

  @TempDir Path folder;

  private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Object> sets = new LinkedHashMap<>();
  private final Map<String, double[]> read = new LinkedHashMap<>();
  private Path map;
  private boolean ignoreLeftOver;

  @BeforeEach
  void anEncoder() {
    put("embed.weight", 7, D);
    put("pos_embed.weight", 6, D);
    put("encoder.layers.0.self_attn.in_proj_weight", 3 * D, D);
    put("encoder.layers.0.self_attn.in_proj_bias", 3 * D);
    linear("encoder.layers.0.self_attn.out_proj", D, D);
    linear("encoder.layers.0.linear1", 5, D);
    linear("encoder.layers.0.linear2", D, 5);
    for (String norm : List.of("encoder.layers.0.norm1", "encoder.layers.0.norm2")) {
      put(norm + ".weight", D);
      put(norm + ".bias", D);
    }
    sets.put("num_attention_heads", 2L);
    sets.put("hidden_act", "gelu");
    sets.put("norm_first", false);
    sets.put("pooling", "mean");
    sets.put("mean_over", "real");
    sets.put("causal", false);
    sets.put("embedding_scale", 1L);
    sets.put("pad_token_id", 0L);
    sets.put("classifier.activation", "relu");
  }

  private void tabular(Object... features) {
    sets.put("tabular.activation", "relu");
    sets.put("tabular.features", List.of(features));
    sets.put("import.tabular_first", false);
  }

  private void put(String name, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.fill(values, 1 + tensors.size());
    tensors.put(name, NamedTensor.f32(values, shape));
  }

  private void linear(String name, int out, int in) {
    put(name + ".weight", out, in);
    put(name + ".bias", out);
  }

  private void batchNorm(String name, int size) {
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      put(name + "." + part, size);
    }
    put(name + ".num_batches_tracked");
  }

  private void named(String... targetsAndSources) throws IOException {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < targetsAndSources.length; i += 2) {
      json.append(i == 0 ? "" : ",")
          .append("\"" + targetsAndSources[i] + "\":\"" + targetsAndSources[i + 1] + "\"");
    }
    map = Files.writeString(folder.resolve("names.json"), json + "}");
  }

  private ImportReport open() {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(file, Map.of(), tensors);
    try {
      Path vocabulary = Files.writeString(folder.resolve("vocab.json"), "{\"a\": 1}");
      ImportSettings settings =
          new ImportSettings(
              file, null, sets, vocabulary, map, null, null, null, ignoreLeftOver, false);
      try (ImportedModel model = ModelImport.open(settings)) {
        for (String name : model.tensors().names()) {
          read.put(name, model.tensors().read(name));
          assertThat(read.get(name)).isNotEmpty();
        }
        return model.report();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void assertAsked(String... parts) {
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
  }

  /** In each of the two places a SEP is the end of one visit or the start of the next. */
  @Test
  void theVisitOfASepIsAskedForWhereThereIsOne() {
    put("visit_embed.weight", 5, D);
    linear("fc", 1, D);
    assertAsked("import.visit_first_row (the row of the visit table for the first visit");
    sets.put("import.visit_first_row", 5L);
    assertAsked("import.visit_first_row must be below 5, the rows of the visit table");
    sets.put("import.visit_first_row", 1L);
    assertThat(open().assumed()).anyMatch(line -> line.startsWith("visit_index before_sep"));
    sets.put("sep_token_id", 2L);
    assertAsked("visit_index (before_sep if a SEP counts to the visit that it ends");
    sets.put("visit_index", "at_sep");
    assertThat(open().assumed()).noneMatch(line -> line.startsWith("visit_index"));
  }

  /** Rows for padding or for no age may stand before age 0, or none. */
  @Test
  void theRowOfAgeZeroIsAskedFor() {
    put("age_embed.weight", 103, D);
    linear("fc", 1, D);
    assertAsked("import.age_first_row (the row of the age table for age 0");
    sets.put("import.age_first_row", 2L);
    assertThat(open().assumed()).contains("age_rows_per_year 1 (an age table of 101 rows: years)");
  }

  /** A mask that is made by code leaves no trace; one that is a buffer does not tell its use. */
  @Test
  void whetherThereIsACausalMaskIsAskedFor() {
    linear("fc", 1, D);
    put("src_mask", D, D);
    sets.remove("causal");
    assertAsked("causal (true if a mask hides from every position those behind it");
    sets.put("causal", true);
    assertThat(open().assumed()).noneMatch(line -> line.startsWith("attention"));
    sets.remove("causal");
    sets.put("pooling", "cls");
    sets.remove("mean_over");
    sets.put("cls_token_id", 1L);
    assertThat(open().assumed())
        .anyMatch(line -> line.startsWith("attention from every position to every other but PAD"))
        .anyMatch(line -> line.startsWith("src_mask a mask"));
  }

  @Test
  void positionsThatNoTensorTellsOfAreAskedFor() {
    linear("fc", 1, D);
    tensors.remove("pos_embed.weight");
    assertAsked("max_position_embeddings", "import.positions (no table of positions is stored");
    sets.put("max_position_embeddings", 6L);
    assertAsked("import.positions (no table");
    sets.put("import.positions", "waves");
    assertAsked("import.positions must be one of none, sinusoidal");
    sets.put("import.positions", "none");
    assertThat(open().matched()).doesNotContainKey("embeddings.position_embeddings.weight");
    sets.remove("import.positions");
    sets.put("rotary.theta", 10000L);
    assertAsked("rotary.interleaved (true if neighbouring features turn together");
    sets.put("rotary.interleaved", true);
    assertThat(open().matched()).doesNotContainKey("embeddings.position_embeddings.weight");
  }

  @Test
  void aRecurrentNetworkIsABidirectionalGruOrRefused() {
    linear("fc", 1, 4);
    sets.remove("mean_over");
    sets.put("pooling", "bigru");
    recurrent(3, "");
    assertAsked("\"rnn.weight_hh_l0\" is of a network that goes in one direction");
    recurrent(3, "_reverse");
    assertAsked("gru_read (what the head reads of the GRU", "gru_over (what the GRU runs over");
    sets.put("gru_read", "final_states");
    sets.put("gru_over", "real");
    assertThat(open().matched()).containsEntry("gru.weight_ih_l0", "rnn.weight_ih_l0");
    recurrent(4, "");
    assertAsked("is no GRU's");
  }

  private void recurrent(int gates, String direction) {
    put("rnn.weight_ih_l0" + direction, gates * 2, D);
    put("rnn.weight_hh_l0" + direction, gates * 2, 2);
    put("rnn.bias_ih_l0" + direction, gates * 2);
    put("rnn.bias_hh_l0" + direction, gates * 2);
  }

  @Test
  void theLayerOfTheNextTokenHasARowForEachCode() {
    sets.keySet().removeAll(List.of("pooling", "mean_over", "classifier.activation"));
    sets.put("causal", true);
    sets.put("head", "next_token");
    assertAsked("lm_head.weight (the layer of the next token's logits?");
    put("decoder.weight", 7, D);
    assertThat(open().matched()).containsEntry("lm_head.weight", "decoder.weight");
    put("other.weight", 7, D);
    assertAsked("lm_head.weight (the layer of the next token's logits, which of decoder.weight,");
  }

  @Test
  void whatTheMeanIsOverIsAskedFor() {
    linear("fc", 1, D);
    sets.remove("mean_over");
    assertAsked("mean_over (with pooling=mean: real positions, or all, PAD included)");
    sets.put("mean_over", "all");
    assertThat(open().assumed()).noneMatch(line -> line.startsWith("mean_over"));
  }

  @Test
  void oneLayerIsTheHead() {
    linear("fc", 1, D);
    assertThat(open().matched()).containsEntry("classifier.layers.0.weight", "fc.weight");
  }

  @Test
  void layersThatFitInOneWayOnlyAreTheHead() {
    linear("second", 2, 9);
    linear("first", 9, D);
    assertThat(open().matched())
        .containsEntry("classifier.layers.0.weight", "first.weight")
        .containsEntry("classifier.layers.1.bias", "second.bias");
  }

  @Test
  void aSequentialIsTheHeadInTheOrderOfItsNumbers() {
    linear("head.10", 1, D);
    linear("head.2", D, D);
    assertThat(open().assumed())
        .contains("head.2 nothing but dropout is taken to stand in front of it in its Sequential");
    assertThat(open().matched())
        .containsEntry("classifier.layers.0.weight", "head.2.weight")
        .containsEntry("classifier.layers.1.weight", "head.10.weight");
  }

  @Test
  void twoHeadsAreAskedFor() {
    linear("cls_head", 1, D);
    linear("lm_head", 7, D);
    assertAsked("import.head", "cls_head (4 to 1), lm_head (4 to 7)");
    sets.put("import.head", "cls_head");
    ImportReport report = open();
    assertThat(report.matched()).containsEntry("classifier.layers.0.weight", "cls_head.weight");
    assertThat(report.assumed()).contains("lm_head not used: another head is named");
  }

  @Test
  void aLayerThatMayBePartOfTheHeadIsAskedFor() throws IOException {
    linear("mlm_transform", D, D);
    linear("cls_head", 1, D);
    assertAsked("import.head", "cls_head (4 to 1), mlm_transform (4 to 4)");
    sets.put("import.head", List.of("mlm_transform", "cls_head"));
    assertThat(open().matched())
        .containsEntry("classifier.layers.0.weight", "mlm_transform.weight")
        .containsEntry("classifier.layers.1.weight", "cls_head.weight");
    // it may stand in front of the head that is named: not passed over
    sets.put("import.head", "cls_head");
    assertAsked("2 left over: mlm_transform.bias, mlm_transform.weight");
    sets.remove("import.head");
    named("classifier.weight", "cls_head.weight", "classifier.bias", "cls_head.bias");
    assertAsked("2 left over: mlm_transform.bias, mlm_transform.weight");
  }

  @Test
  void aHeadThatTheMappingFileNamesIsTheHead() throws IOException {
    linear("mortality_head", 1, D);
    linear("readmission_head", 1, D);
    named(
        "classifier.layers.0.weight", "mortality_head.weight",
        "classifier.layers.0.bias", "mortality_head.bias");
    assertThat(open().matched())
        .containsEntry("classifier.layers.0.weight", "mortality_head.weight")
        .containsEntry("classifier.layers.0.bias", "mortality_head.bias");
  }

  /** Any tensor, not only the head's: what the file names is not replaced by what is recognised. */
  @Test
  void whatTheMappingFileNamesHoldsForEveryTensor() throws IOException {
    linear("fc", 1, D);
    put("other_pos_table.weight", 6, D);
    linear("encoder.layers.0.other", 5, D);
    named(
        "embeddings.position_embeddings.weight", "other_pos_table.weight",
        "encoder.layer.{n}.intermediate.dense.weight", "encoder.layers.{n}.other.weight",
        "embeddings.visit_embeddings.weight", "pos_embed.weight");
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            IncompleteImportException.class,
            e ->
                assertThat(e.report().matched())
                    .containsEntry(
                        "embeddings.position_embeddings.weight", "other_pos_table.weight")
                    .containsEntry("embeddings.visit_embeddings.weight", "pos_embed.weight")
                    .containsEntry(
                        "encoder.layer.0.intermediate.dense.weight",
                        "encoder.layers.0.other.weight"));
  }

  @Test
  void aLayerOfAnotherWidthIsTheTabularBranch() {
    linear("head.0", 6, D + 3);
    linear("head.3", 1, 6);
    linear("tab_mlp.0", 8, 2);
    linear("tab_mlp.2", 3, 8);
    assertAsked("tabular.features (names of the 2 tabular values");
    assertAsked("import.tabular_first (false if tabular values stand behind");
    tabular("age");
    assertAsked("tabular.features names 1 values, but the model reads 2");
    tabular("age", "sex");
    ImportReport report = open();
    assertThat(report.matched())
        .containsEntry("tabular.layers.0.weight", "tab_mlp.0.weight")
        .containsEntry("tabular.layers.1.weight", "tab_mlp.2.weight")
        .containsEntry("classifier.layers.0.weight", "head.0.weight");
    assertThat(report.assumed()).contains("tabular.features mean 0 and std 1 where none are given");
  }

  @Test
  void theBranchMayJoinALaterLayer() {
    linear("fc1", 6, D);
    linear("fc2", 1, 6 + 3);
    linear("tab", 3, 2);
    tabular("age", "sex");
    assertThat(open().matched())
        .containsEntry("tabular.layers.0.weight", "tab.weight")
        .containsEntry("classifier.layers.1.weight", "fc2.weight");
  }

  @Test
  void aPartOfTheNamesIsEnough() throws IOException {
    linear("joint", 1, D + 3);
    linear("aux", 5, D + 3);
    linear("tab", 3, 2);
    tabular("age", "sex");
    assertAsked("import.head");
    named("classifier.weight", "joint.weight", "classifier.bias", "joint.bias");
    assertAsked("2 left over: aux.bias, aux.weight");
    tensors.remove("aux.weight");
    tensors.remove("aux.bias");
    assertThat(open().matched())
        .containsEntry("tabular.layers.0.weight", "tab.weight")
        .containsEntry("embeddings.word_embeddings.weight", "embed.weight");
  }

  /** Passed over, the misspelt name would leave its place to the other head. */
  @Test
  void aNameOfNoWeightIsRefusedWhateverIsPassedOver() throws IOException {
    linear("died", 1, D);
    linear("returned", 1, D);
    named("clasifier.layers.0.weight", "died.weight", "clasifier.layers.0.bias", "died.bias");
    ignoreLeftOver = true;
    assertAsked(
        "names.json: \"clasifier.layers.0.weight\" is no weight of a model with this configuration",
        "nearest are classifier.layers.0.weight");
  }

  @Test
  void twoNamesForTheHeadAreRefused() throws IOException {
    linear("died", 1, D);
    linear("returned", 1, D);
    named("classifier.weight", "died.weight", "classifier.bias", "died.bias");
    sets.put("import.head", List.of("returned"));
    assertAsked("import.head changes nothing: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"head", "norm", "tabular_first", "age_first_row", "sinusoid", "entity_ids"})
  void whatIsSaidOfAPartThatTheModelHasNotIsRefused(String key) throws IOException {
    linear("died", 1, D);
    named("classifier.weight", "died.weight", "classifier.bias", "died.bias");
    sets.put("import." + key, true);
    assertAsked("import." + key + " changes nothing: ");
  }

  /** Checkpointing of activations, compilation and sharding put their own parts into names. */
  @ParameterizedTest
  @ValueSource(
      strings = {"module", "_orig_mod", "_checkpoint_wrapped_module", "_fsdp_wrapped_module"})
  void partsThatWrappersPutIntoNamesAreLeftOut(String wrapper) {
    linear("fc", 1, D);
    Map<String, NamedTensor> plain = new LinkedHashMap<>(tensors);
    tensors.clear();
    plain.forEach(
        (name, tensor) ->
            tensors.put(
                name.replaceFirst("^encoder\\.layers\\.0\\.", "encoder.layers.0." + wrapper + ".")
                    .replaceFirst("^(embed|fc)\\.", wrapper + ".$1."),
                tensor));
    assertThat(open().matched())
        .containsEntry(
            "encoder.layer.0.output.dense.weight",
            "encoder.layers.0." + wrapper + ".linear2.weight")
        .containsEntry("classifier.layers.0.weight", wrapper + ".fc.weight");
  }

  @Test
  void tabularValuesComeFirstOrNot() {
    linear("head", 1, D + 2);
    tabular("age", "sex");
    sets.put("import.tabular_first", "yes");
    assertAsked("import.tabular_first must be true or false, but is \"yes\"");
  }

  @Test
  void aBatchNormInAnUnclearPlaceIsLeftOver() {
    linear("head.0", D, D);
    batchNorm("head.2", D); // behind the activation or in front of it?
    linear("head.4", 1, D);
    assertAsked("left over: head.2.bias");
  }

  @Test
  void aNormBetweenEncoderAndHeadIsPlacedOrAskedFor() {
    put("norm.weight", D);
    put("norm.bias", D);
    linear("out", 1, D);
    assertAsked("import.norm (norm acts on every position before the pooling");
    sets.put("import.norm", "pooled");
    assertThat(open().matched()).containsEntry("pooled.LayerNorm.weight", "norm.weight");
    sets.remove("import.norm");
    sets.put("pooling", "cls");
    sets.remove("mean_over");
    sets.put("cls_token_id", 1L);
    assertThat(open().matched()).containsEntry("encoder.LayerNorm.weight", "norm.weight");
  }

  @Test
  void aNormThatBeginsTheHeadActsOnThePooledVector() {
    put("head.0.weight", D);
    put("head.0.bias", D);
    linear("head.1", 1, D);
    assertThat(open().matched()).containsEntry("pooled.LayerNorm.weight", "head.0.weight");
    sets.put("import.norm", "encoder");
    assertThat(open().matched()).containsEntry("encoder.LayerNorm.weight", "head.0.weight");
  }

  @Test
  void layersWithoutBiasHaveZeros() {
    tensors.remove("encoder.layers.0.self_attn.in_proj_bias");
    tensors.remove("encoder.layers.0.self_attn.out_proj.bias");
    put("fc.weight", 1, D);
    ImportReport report = open();
    assertThat(report.missing()).isEmpty();
    assertThat(report.assumed()).anyMatch(line -> line.startsWith("no bias in encoder.layer.0"));
  }

  /** As {@code TransformerEncoderLayer(bias=False)} has it. */
  @Test
  void anEncoderWithoutAnyBias() {
    tensors.keySet().removeIf(name -> name.startsWith("encoder.") && name.endsWith("bias"));
    put("encoder.norm.weight", D);
    linear("fc", 1, D);
    ImportReport report = open();
    assertThat(report.matched())
        .containsEntry("encoder.layer.0.output.LayerNorm.bias", "a layer without bias")
        .containsEntry("encoder.LayerNorm.bias", "a layer without bias");
    assertThat(report.assumed()).anyMatch(line -> line.startsWith("norms without bias"));
  }

  @Test
  void aBiasThatOtherBlocksHaveIsMissing() {
    for (String name : List.copyOf(tensors.keySet())) {
      if (name.startsWith("encoder.layers.0.")) {
        tensors.put(name.replace("layers.0.", "layers.1."), tensors.get(name));
      }
    }
    tensors.remove("encoder.layers.1.linear1.bias");
    linear("fc", 1, D);
    assertAsked("1 missing", "encoder.layer.1.intermediate.dense.bias");
  }

  /**
   * Not a layer behind the head, which it would fit: it reads one value and the head writes one.
   * What that value is changes the logits, and a check cannot tell.
   */
  @Test
  void aLinearLayerOfOneNumberIsATime() {
    linear("fc", 1, D);
    linear("time_proj", D, 1);
    sets.remove("classifier.activation"); // there is no second layer
    assertAsked(
        "do not tell time_span (time_proj.weight is a linear layer of one number, which is added to"
            + " the embedding; what it is: since_previous_visit, since_first_visit,"
            + " until_last_visit, since_birth, or since_date with time_origin; no other number can be"
            + " read)",
        "time_unit (its unit",
        "time_transform (what is done to it then",
        "time_special_tokens (what CLS, SEP and PAD have");
    timed();
    assertThat(open().matched())
        .containsEntry("embeddings.time_embeddings.weight", "time_proj.weight")
        .containsEntry("embeddings.time_embeddings.bias", "time_proj.bias")
        .containsEntry("classifier.layers.0.weight", "fc.weight");
  }

  private void timed() {
    sets.put("time_span", "since_previous_visit");
    sets.put("time_unit", "days");
    sets.put("time_transform", "none");
    sets.put("time_special_tokens", "zero");
  }

  @Test
  void aLayerOfOneNumberMayLackABias() {
    linear("fc", 1, D);
    put("delta.weight", D, 1);
    timed();
    ImportReport report = open();
    assertThat(report.matched())
        .containsEntry("embeddings.time_embeddings.weight", "delta.weight")
        .doesNotContainKey("embeddings.time_embeddings.bias");
    assertThat(report.assumed()).contains("no bias in embeddings.time_embeddings.bias");
  }

  @Test
  void oneOfSeveralLayersOfOneNumberIsNamed() throws IOException {
    linear("fc", 1, D);
    linear("first_proj", D, 1);
    linear("other_proj", D, 1);
    timed();
    assertAsked(
        "embeddings.time_embeddings.weight (which of first_proj.weight, other_proj.weight adds a time"
            + " to the embedding?");
    named(
        "embeddings.time_embeddings.weight",
        "other_proj.weight",
        "embeddings.time_embeddings.bias",
        "other_proj.bias");
    assertAsked("2 left over: first_proj.bias, first_proj.weight;");
  }

  /**
   * A layer of ages is no layer of times, and the number that a value multiplies a vector by none.
   */
  @Test
  void layersOfOneNumberAreToldApartByTheirNames() {
    linear("fc", 1, D);
    linear("age_proj", D, 1);
    put("val_vec", D);
    assertAsked(
        "age_transform (age_proj.weight is a linear layer of one number",
        "value_scale (val_vec is a linear layer of one number",
        "value_missing");
    sets.put("age_transform", "none");
    sets.put("value_scale", "raw");
    sets.put("value_missing", "nothing");
    ImportReport report = open();
    assertThat(report.matched())
        .containsEntry("embeddings.age_embeddings.weight", "age_proj.weight")
        .containsEntry("embeddings.value_embeddings.weight", "val_vec");
    assertThat(report.assumed()).contains("no bias in embeddings.value_embeddings.bias");
  }

  /** What is done to an age in front of its layer goes into the layer. */
  @Test
  void anAgeIsShiftedAndScaledAtImport() {
    linear("fc", 1, D);
    linear("age_proj", D, 1);
    sets.put("age_transform", "none");
    sets.put("import.age_shift", -50L);
    sets.put("import.age_scale", 0.02);
    double weight = value("age_proj.weight");
    double bias = value("age_proj.bias");
    open();
    double[] scaled = read.get("embeddings.age_embeddings.weight");
    double[] shifted = read.get("embeddings.age_embeddings.bias");
    assertThat(scaled[1] * 70 + shifted[1])
        .isCloseTo(weight * (70 - 50) * 0.02 + bias, within(1e-12));
  }

  /** What {@link #put} fills a tensor with. */
  private double value(String name) {
    return 1 + List.copyOf(tensors.keySet()).indexOf(name);
  }

  @Test
  void anAgeThatNoLayerReadsHasNoScale() {
    linear("fc", 1, D);
    sets.put("import.age_scale", 0.02);
    assertAsked("import.age_scale must be left out: no layer reads an age");
  }

  /** The vector is a new row of the table, which the vocabulary need not know. */
  @Test
  void aClsVectorBecomesARow() {
    linear("fc", 1, D);
    put("cls_token", 1, 1, D);
    assertAsked("import.cls_position (added if the first position is that of cls_token");
    sets.put("import.cls_position", "added");
    assertThat(open().assumed()).contains("cls_token_id 7 (the row of cls_token)");
    double[] words = read.get("embeddings.word_embeddings.weight");
    assertThat(words).hasSize(8 * D);
    assertThat(Arrays.copyOfRange(words, 7 * D, 8 * D)).containsOnly(value("cls_token"));
    assertThat(read.get("embeddings.position_embeddings.weight")).hasSize(6 * D);
    sets.put("cls_token_id", 2L);
    sets.put("import.cls_position", "none");
    open();
    words = read.get("embeddings.word_embeddings.weight");
    assertThat(words).hasSize(7 * D);
    assertThat(Arrays.copyOfRange(words, 2 * D, 3 * D)).containsOnly(value("cls_token"));
    double[] positions = read.get("embeddings.position_embeddings.weight");
    assertThat(positions).hasSize(7 * D);
    assertThat(Arrays.copyOf(positions, D)).containsOnly(0);
    sets.put("cls_token_id", 9L);
    assertAsked("cls_token_id is 9, but the code table has 7 rows");
  }

  @Test
  void aProjectionOfCodeVectorsIsFoldedIntoTheirTable() {
    linear("fc", 1, D);
    tensors.remove("embed.weight");
    put("code_embed.weight", 7, 3);
    linear("proj", D, 3);
    double expected = 3 * value("code_embed.weight") * value("proj.weight") + value("proj.bias");
    assertThat(open().matched())
        .containsEntry(
            "embeddings.word_embeddings.weight", "code_embed.weight through proj.weight");
    assertThat(read.get("embeddings.word_embeddings.weight")).hasSize(7 * D).containsOnly(expected);
  }

  @Test
  void attentionPoolingIsFoundByItsNameAndShape() {
    linear("fc", 2, D);
    linear("attn.0", 3, D);
    linear("attn.2", 1, 3);
    sets.put("pooling", "attention");
    sets.remove("mean_over");
    assertThat(open().matched())
        .containsEntry("pooling.dense.weight", "attn.0.weight")
        .containsEntry("pooling.score.weight", "attn.2.weight")
        .containsEntry("classifier.layers.0.weight", "fc.weight");
    tensors.keySet().removeIf(name -> name.startsWith("attn"));
    put("pool_query", D);
    assertThat(open().matched()).containsEntry("pooling.score.weight", "pool_query");
    assertThat(open().assumed())
        .contains("pool_query its products with the rows are not divided by anything");
  }

  /**
   * No layer can take in a norm over a patient's own values; between layer and activation it stays.
   */
  @Test
  void aNormOfTheTabularBranchStaysBeforeItsActivation() {
    linear("fc", 1, D + 3);
    linear("tab.0", 3, 2);
    put("tab.1.weight", 3);
    put("tab.1.bias", 3);
    tabular("a", "b");
    assertThat(open().matched())
        .containsEntry("tabular.layers.0.LayerNorm.weight", "tab.1.weight")
        .containsEntry("tabular.layers.0.weight", "tab.0.weight");
    for (String end : List.of("weight", "bias")) {
      tensors.put("tab.2." + end, tensors.remove("tab.1." + end));
    }
    assertAsked("tab.2 is a layer norm between the layers");
  }

  /** The head is as wide as a branch from one value would make it; a configuration tells. */
  @Test
  void aLayerOfOneNumberMayBeATabularBranch() {
    linear("fc", 1, 2 * D);
    linear("age_proj", D, 1);
    tabular("age");
    sets.put("import.head", "fc");
    assertThat(open().matched()).containsEntry("tabular.layers.0.weight", "age_proj.weight");
    sets.put("embedding_inputs", Map.of("position", "learned", "time", "linear"));
    sets.remove("tabular.activation");
    sets.put("tabular.features", List.of("a", "b", "c", "d"));
    timed();
    assertThat(open().matched())
        .containsEntry("embeddings.time_embeddings.weight", "age_proj.weight")
        .doesNotContainKey("tabular.layers.0.weight");
  }

  @Test
  void aTimeThatTheConfigurationLeavesOutIsLeftOver() {
    linear("fc", 1, D);
    linear("time_proj", D, 1);
    sets.put("embedding_inputs", Map.of("position", "learned"));
    assertAsked("2 left over: time_proj.weight (for embeddings.time_embeddings.weight)");
  }

  @Test
  void tablesThatCompeteAreNamed() throws IOException {
    put("mlm_head.weight", 7, D);
    linear("fc", 1, D);
    assertAsked("which of embed.weight [7, 4], mlm_head.weight [7, 4]?");
    named("embeddings.word_embeddings.weight", "embed.weight");
    assertAsked("import.head");
    sets.put("import.head", "fc");
    assertThat(open().matched()).containsEntry("embeddings.word_embeddings.weight", "embed.weight");
  }

  @Test
  void aFactorOnTheEmbeddingsIsAskedFor() throws IOException {
    linear("fc", 1, D);
    sets.remove("embedding_scale");
    assertAsked(
        "embedding_scale (what the code embedding alone is multiplied by", "hidden_size, 2.0,");
    sets.put("embedding_scale", 2L);
    assertThat(open().assumed()).noneMatch(line -> line.contains("embedding_scale"));
    assertThat(open().assumed())
        .contains(
            "import.position_scale 1 (what the position table is multiplied by)",
            "import.sum_scale 1 (what all that is added up is multiplied by)");
  }
}
