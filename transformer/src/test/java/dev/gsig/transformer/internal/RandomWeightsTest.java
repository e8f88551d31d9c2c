package dev.gsig.transformer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomWeightsTest {
  @TempDir Path folder;

  private RandomWeights of(Map<String, double[]> values, Set<String> parts, long seed) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    values.forEach((name, v) -> tensors.put(name, NamedTensor.f64(v, v.length)));
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(file, Map.of(), tensors);
    return new RandomWeights(Safetensors.open(file), parts, seed);
  }

  @Test
  void theMeanAndTheDeviationStay() {
    double[] gamma = new Random(3).doubles(20_000).map(v -> v < 0.5 ? 0.75 : 1.25).toArray();
    try (RandomWeights random =
        of(Map.of("embeddings.LayerNorm.weight", gamma), Set.of("embeddings"), 7)) {
      double[] drawn = random.read("embeddings.LayerNorm.weight");
      double mean = Arrays.stream(drawn).average().orElseThrow();
      double variance =
          Arrays.stream(drawn).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      assertThat(mean).isCloseTo(1, within(0.01));
      assertThat(Math.sqrt(variance)).isCloseTo(0.25, within(0.005));
      long within = Arrays.stream(drawn).filter(v -> Math.abs(v - 1) < 0.25).count();
      assertThat(within).isBetween(13_300L, 14_000L); // 68.3% of a normal distribution
    }
  }

  @Test
  void whatIsConstantStaysAndSoDoOtherParts() {
    Map<String, double[]> values =
        Map.of(
            "bert.pooler.dense.bias", new double[] {0.5, 0.5, 0.5},
            "bert.pooler.dense.weight", new double[] {1, 2, 3},
            "classifier.weight", new double[] {4, 5, 6});
    double[] pooler;
    try (RandomWeights one = of(values, Set.of("pooling"), 7)) {
      assertThat(one.read("classifier.weight")).containsExactly(4, 5, 6);
      assertThat(one.read("bert.pooler.dense.bias")).containsExactly(0.5, 0.5, 0.5);
      pooler = one.read("bert.pooler.dense.weight");
      assertThat(pooler).doesNotContain(1, 2, 3);
      assertThat(one.names()).isEqualTo(values.keySet());
      assertThat(one.shape("classifier.weight")).containsExactly(3L);
    }
    try (RandomWeights more = of(values, Set.of("pooling", "classifier"), 7)) {
      assertThat(more.read("bert.pooler.dense.weight")).isEqualTo(pooler);
      assertThat(more.read("classifier.weight")).doesNotContain(4, 5, 6);
    }
    try (RandomWeights other = of(values, Set.of("pooling"), 8)) {
      assertThat(other.read("bert.pooler.dense.weight")).isNotEqualTo(pooler);
    }
  }

  @Test
  void fromTheLogitsToTheInput() {
    List<String> names =
        List.of(
            "embeddings.word_embeddings.weight",
            "encoder.layer.0.output.dense.bias",
            "encoder.layer.9.output.dense.bias",
            "bert.encoder.layer.10.output.dense.bias",
            "encoder.LayerNorm.weight",
            "gru.bias_ih_l0",
            "tabular.layers.0.weight",
            "classifier.layers.0.weight");
    assertThat(RandomWeights.parts(names))
        .containsExactly(
            "classifier",
            "pooling",
            "encoder.layer.10",
            "encoder.layer.9",
            "encoder.layer.0",
            "embeddings");
    assertThat(RandomWeights.parts(List.of("classifier.weight"))).containsExactly("classifier");
  }
}
