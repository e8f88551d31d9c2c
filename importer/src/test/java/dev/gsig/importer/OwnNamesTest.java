package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** Weights under the names of a model folder, without a configuration: names tell no code. */
class OwnNamesTest {
  private static final int D = 4;

  @TempDir Path folder;

  private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Object> sets = new LinkedHashMap<>();

  @BeforeEach
  void anEncoder() {
    put("embeddings.word_embeddings.weight", 7, D);
    String layer = "encoder.layer.0.";
    for (String part : List.of("query", "key", "value")) {
      linear(layer + "attention.self." + part, D, D);
    }
    linear(layer + "attention.output.dense", D, D);
    linear(layer + "intermediate.dense", 5, D);
    linear(layer + "output.dense", D, 5);
    for (String norm : List.of("attention.output.LayerNorm", "output.LayerNorm")) {
      put(layer + norm + ".weight", D);
      put(layer + norm + ".bias", D);
    }
    linear("classifier.layers.0", 1, D);
    sets.put("num_attention_heads", 2L);
    sets.put("hidden_act", "gelu");
    sets.put("norm_first", false);
    sets.put("mean_over", "real");
    sets.put("embedding_scale", 1L);
    sets.put("pad_token_id", 0L);
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

  private Map<String, String> questions(String pooling) {
    sets.put("pooling", pooling);
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(file, Map.of(), tensors);
    try (Survey survey = ModelImport.survey(ImportSettings.of(file).with(sets))) {
      return survey.questions();
    }
  }

  @Test
  void aMaskAndPositionsThatNoTensorHoldsAreAskedFor() {
    assertThat(questions("mean")).containsKeys("causal", "import.positions");
  }

  @Test
  void aTableTellsOfPositionsAndClsOfTheMask() {
    put("embeddings.position_embeddings.weight", 6, D);
    assertThat(questions("cls")).doesNotContainKeys("causal", "import.positions");
  }

  @Test
  void aNormWithoutBiasIsOfOneKindOrAnother() {
    tensors.keySet().removeIf(name -> name.endsWith("LayerNorm.bias"));
    assertThat(questions("cls")).containsKey("norm");
  }

  /** With a table of positions the names are also those of BERT, whose norms have biases. */
  @Test
  void aBertWhoseNormsHaveNoBiasIsRefused() throws IOException {
    put("embeddings.position_embeddings.weight", 6, D);
    tensors.keySet().removeIf(name -> name.endsWith("LayerNorm.bias"));
    sets.put("pooling", "cls");
    sets.put("layer_norm_eps", 1e-12);
    sets.put("cls_token_id", 2L);
    sets.remove("mean_over");
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(file, Map.of(), tensors);
    Path vocabulary = Files.writeString(folder.resolve("vocab.json"), "{\"a\": 1}");
    ImportSettings settings =
        new ImportSettings(file, null, sets, vocabulary, null, null, null, null, false, false);
    assertThatThrownBy(() -> ModelImport.open(settings).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("LayerNorm.bias");
  }
}
