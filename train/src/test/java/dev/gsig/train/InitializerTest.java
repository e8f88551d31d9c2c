package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.transformer.config.ModelConfig;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How wide the first weights are spread. */
class InitializerTest {
  private static final ModelConfig CONFIG =
      ModelConfig.parse(
          """
          {"vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
           "intermediate_size": 24, "hidden_act": "silu", "layer_norm_eps": 1e-5,
           "max_position_embeddings": 30, "pad_token_id": 2, "cls_token_id": 1,
           "norm_first": true, "norm": "rms_norm", "feed_forward": "gated",
           "embedding_size": 12, "embedding_join": "concatenate",
           "embedding_inputs": {"position": "learned", "time": "sine"},
           "time_span": "since_birth", "time_unit": "years", "time_transform": "none",
           "time_special_tokens": "visit", "pooling": "attention", "pooling_hidden_size": 9}
          """,
          "the configuration");

  private final Parameters parameters = new Parameters(ParameterShapes.of(CONFIG, List.of(), null));

  private double largest(String name) {
    return Arrays.stream(parameters.get(name)).map(Math::abs).max().orElseThrow();
  }

  @Test
  void tablesAreNarrowAndLayersAsWideAsTheirInputsAllow() {
    Initializer.fill(parameters, 2, 0, 1);
    double table = 0.05 * Math.sqrt(3);
    assertThat(largest("embeddings.word_embeddings.weight")).isBetween(0.9 * table, table);
    assertThat(largest("embeddings.position_embeddings.weight")).isBetween(0.9 * table, table);
    assertIsLayer("embeddings.time_embeddings", 1);
    assertIsLayer("embeddings.join", 36);
    assertIsLayer("embeddings.projection", 12);
    assertIsLayer("encoder.layer.0.intermediate.up", 16);
    assertIsLayer("pooling.dense", 16);
    double score = 1 / Math.sqrt(9);
    assertThat(largest("pooling.score.weight")).isBetween(0.5 * score, score);
    double[] rows = parameters.get("embeddings.word_embeddings.weight");
    assertThat(Arrays.copyOfRange(rows, 24, 36)).containsOnly(0);
    assertThat(Arrays.copyOfRange(rows, 36, 48)).doesNotContain(0);
    assertThat(parameters.get("encoder.LayerNorm.weight")).containsOnly(1);
    assertThat(parameters.entry("encoder.LayerNorm.bias")).isNull();
  }

  private void assertIsLayer(String name, int inputs) {
    double limit = 1 / Math.sqrt(inputs);
    assertThat(parameters.entry(name + ".weight").shape().get(1)).isEqualTo(inputs);
    assertThat(largest(name + ".weight")).as(name).isBetween(0.7 * limit, limit);
    assertThat(largest(name + ".bias")).as(name).isBetween(0.5 * limit, limit);
  }
}
