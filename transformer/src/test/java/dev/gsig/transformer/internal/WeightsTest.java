package dev.gsig.transformer.internal;

import static dev.gsig.transformer.internal.WeightsFile.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.config.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a weight file is matched with the configuration. */
class WeightsTest {
  private static final String MEND =
      "; change config.json, or export the weights under these names";

  @TempDir Path folder;

  private static WeightsFile sound() {
    return new WeightsFile(CONFIG);
  }

  private void assertRefused(WeightsFile weights, String problems) {
    Path file = weights.write(folder);
    assertThatThrownBy(() -> WeightsFile.load(file, weights.config()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("%s: does not fit config.json: %s%s", file, problems, MEND);
  }

  @Test
  void countsTheParameters() {
    // tables 6x4 + 8x4 + 3x4; attention 4 (4x4 + 4); feed-forward 4x3 + 3 + 3x4 + 4; two norms of
    // 4 + 4; tabular 2x5 + 5; classifier 9 + 1
    long expected = 24 + 32 + 12 + 80 + 31 + 16 + 15 + 10;
    assertThat(sound().load(folder).parameterCount()).isEqualTo(expected);
  }

  @Test
  void aMissingWeightIsNamedWithItsShape() {
    assertRefused(
        sound().without("encoder.layer.0.intermediate.dense.weight"),
        "'encoder.layer.0.intermediate.dense.weight' [3, 4] is missing");
    assertRefused(
        sound().without("embeddings.visit_embeddings.weight"),
        "'embeddings.visit_embeddings.weight' [any, 4] is missing");
  }

  @Test
  void aSurplusWeightIsNamedWithItsShape() {
    assertRefused(
        sound().with("encoder.layer.1.output.dense.bias", 4),
        "'encoder.layer.1.output.dense.bias' [4] belongs to no part of it");
  }

  @Test
  void aWrongShapeIsNamedWithTheExpectedAndTheFoundOne() {
    assertRefused(
        sound().with("tabular.layers.0.weight", 2, 5),
        "'tabular.layers.0.weight' should have the shape [5, 2], but has [2, 5]");
    assertRefused(
        sound().with("classifier.layers.0.bias", 1, 1),
        "'classifier.layers.0.bias' should have the shape [1], but has [1, 1]");
    assertRefused(
        sound().with("embeddings.visit_embeddings.weight", 7, 5),
        "'embeddings.visit_embeddings.weight' should have the shape [any, 4], but has [7, 5]");
    assertRefused(
        sound().with("embeddings.visit_embeddings.weight", 0, 4),
        "'embeddings.visit_embeddings.weight' should have the shape [any, 4], but has [0, 4]");
  }

  @Test
  void allProblemsAreNamedInOneLine() {
    WeightsFile weights =
        sound()
            .without("tabular.layers.0.bias")
            .with("classifier.layers.0.weight", 1, 4)
            .with("dropout.rate", 1);
    assertRefused(
        weights,
        "'tabular.layers.0.bias' [5] is missing; 'classifier.layers.0.weight' should have the shape"
            + " [1, 9], but has [1, 4]; 'dropout.rate' [1] belongs to no part of it");
  }

  @Test
  void manyProblemsAreCutShort() {
    WeightsFile weights = sound();
    for (int i = 0; i < 11; i++) {
      weights.with("extra." + i, 1);
    }
    Path file = weights.write(folder);
    assertThatThrownBy(() -> WeightsFile.load(file, weights.config()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'extra.0' [1] belongs to no part of it; 'extra.1'")
        .hasMessageEndingWith("; and 3 more" + MEND)
        .hasMessageNotContaining("\n");
  }

  @Test
  void theBertPrefixIsOptional() {
    Transformer plain = sound().load(folder);
    WeightsFile prefixed =
        sound().renamed(n -> n.matches("(embeddings|encoder).*") ? "bert." + n : n);
    assertThat(prefixed.load(folder).parameterCount()).isEqualTo(plain.parameterCount());
    WeightsFile all = sound().renamed(n -> "bert." + n);
    assertThat(all.load(folder).parameterCount()).isEqualTo(plain.parameterCount());
  }

  /** Problems are reported under the names that the file has. */
  @Test
  void aPrefixedWeightIsReportedAsItIsStored() {
    assertRefused(
        sound().renamed(n -> "bert." + n).with("bert.embeddings.word_embeddings.weight", 5, 4),
        "'bert.embeddings.word_embeddings.weight' should have the shape [6, 4], but has [5, 4]");
  }

  @Test
  void theSameWeightUnderTwoNamesIsRefused() {
    Path file = sound().with("bert.tabular.layers.0.bias", 5).write(folder);
    assertThatThrownBy(() -> WeightsFile.load(file, sound().config()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "does not fit config.json: 'bert.tabular.layers.0.bias' and 'tabular.layers.0.bias' are"
                + " the same weight");
    Path alias = sound().with("classifier.bias", 1).write(folder);
    assertThatThrownBy(() -> WeightsFile.load(alias, sound().config()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "'classifier.bias' and 'classifier.layers.0.bias' are the same weight");
  }

  @Test
  void huggingFacesClassifierIsLayerZero() {
    WeightsFile weights = sound().renamed(n -> n.replace("classifier.layers.0.", "classifier."));
    assertThat(weights.load(folder).parameterCount())
        .isEqualTo(sound().load(folder).parameterCount());
    assertRefused(
        weights.with("classifier.weight", 2, 9),
        "'classifier.weight' should have the shape [1, 9], but has [2, 9]");
  }

  @Test
  void halfALayerNormIsRefused() {
    for (String half : new String[] {"weight", "bias"}) {
      Path file = sound().with("embeddings.LayerNorm." + half, 4).write(folder);
      assertThatThrownBy(() -> WeightsFile.load(file, sound().config()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("%s: 'embeddings.LayerNorm' needs both .weight and .bias, or neither", file);
    }
    WeightsFile both =
        sound().with("embeddings.LayerNorm.weight", 4).with("embeddings.LayerNorm.bias", 4);
    assertThat(both.load(folder).parameterCount())
        .isEqualTo(sound().load(folder).parameterCount() + 8);
  }

  @Test
  void theFinalNormIsOptional() {
    String preNorm = CONFIG.replace("\"hidden_act\"", "\"norm_first\":true,\"hidden_act\"");
    for (String config : new String[] {CONFIG, preNorm}) {
      long without = new WeightsFile(config).load(folder).parameterCount();
      WeightsFile with =
          new WeightsFile(config)
              .with("encoder.LayerNorm.weight", 4)
              .with("encoder.LayerNorm.bias", 4);
      assertThat(with.load(folder).parameterCount()).isEqualTo(without + 8);
    }
  }

  /** Old checkpoints hold this buffer, as 64-bit integers. */
  @Test
  void positionIdsArePassedOver() throws IOException {
    for (String name : new String[] {"embeddings.position_ids", "bert.embeddings.position_ids"}) {
      Path file = sound().write(folder);
      addInt64(file, name, 8);
      assertThat(WeightsFile.load(file, sound().config()).parameterCount())
          .isEqualTo(sound().load(folder).parameterCount());
    }
  }

  /** Appends a tensor {@code [1, count]} of integers to a safetensors file. */
  private static void addInt64(Path file, String name, int count) throws IOException {
    byte[] old = Files.readAllBytes(file);
    int headerBytes = (int) ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int dataBytes = old.length - 8 - headerBytes;
    String header = new String(old, 8, headerBytes, StandardCharsets.UTF_8).strip();
    String entry =
        String.format(
            ",\"%s\":{\"dtype\":\"I64\",\"shape\":[1,%d],\"data_offsets\":[%d,%d]}}",
            name, count, dataBytes, dataBytes + 8 * count);
    byte[] json =
        (header.substring(0, header.length() - 1) + entry).getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + json.length + dataBytes + 8 * count)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(old, 8 + headerBytes, dataBytes);
    Files.write(file, all.array());
  }

  @Test
  void notANumberAndInfinityAreRefusedWithTheirPlace() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      Path file = sound().write(folder);
      byte[] bytes = Files.readAllBytes(file);
      // the last tensor in the file is the last by name
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, bad);
      Files.write(file, bytes);
      assertThatThrownBy(() -> WeightsFile.load(file, sound().config()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(
              file + ": tensor \"tabular.layers.0.weight\" holds " + bad + " at index [4, 1]");
    }
  }

  @Test
  void aTableMayHaveAnyNumberOfRows() {
    Transformer model = sound().with("embeddings.visit_embeddings.weight", 11, 4).load(folder);
    assertThat(model.parameterCount())
        .isEqualTo(sound().load(folder).parameterCount() + (11 - WeightsFile.ANY_ROWS) * 4L);
  }

  @Test
  void theLayoutFollowsTheConfiguration() {
    ModelConfig config =
        ModelConfig.parse(
            """
            {"hidden_size":4,"num_hidden_layers":0,"num_attention_heads":2,"intermediate_size":3,
             "hidden_act":"gelu","layer_norm_eps":1e-5,"vocab_size":6,"max_position_embeddings":8,
             "pad_token_id":0,"embedding_inputs":{"age":"learned","visit":"sinusoidal"},
             "pooling":"bigru","gru_hidden_size":5,"gru_read":"final_states","gru_over":"real",
             "classifier":{"hidden_sizes":[7],"activation":"relu","num_labels":3}}
            """,
            "config.json");
    assertThat(WeightLayout.of(config).stream().map(e -> e.name() + " " + e.shapeText()))
        .containsExactly(
            "embeddings.word_embeddings.weight [6, 4]",
            "embeddings.age_embeddings.weight [any, 4]",
            "embeddings.LayerNorm.weight [4]",
            "embeddings.LayerNorm.bias [4]",
            "encoder.LayerNorm.weight [4]",
            "encoder.LayerNorm.bias [4]",
            "gru.weight_ih_l0 [15, 4]",
            "gru.weight_hh_l0 [15, 5]",
            "gru.bias_ih_l0 [15]",
            "gru.bias_hh_l0 [15]",
            "gru.weight_ih_l0_reverse [15, 4]",
            "gru.weight_hh_l0_reverse [15, 5]",
            "gru.bias_ih_l0_reverse [15]",
            "gru.bias_hh_l0_reverse [15]",
            "pooled.LayerNorm.weight [10]",
            "pooled.LayerNorm.bias [10]",
            "classifier.layers.0.weight [7, 10]",
            "classifier.layers.0.bias [7]",
            "classifier.layers.0.LayerNorm.weight [7]",
            "classifier.layers.0.LayerNorm.bias [7]",
            "classifier.layers.1.weight [3, 7]",
            "classifier.layers.1.bias [3]");
  }
}
