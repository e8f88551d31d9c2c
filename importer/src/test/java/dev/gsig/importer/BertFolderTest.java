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

/** What the weights of Hugging Face's models do not tell, and what changes them. */
class BertFolderTest {
  private static final int D = 4;
  private static final String CONFIG =
      """
      {"architectures": ["BertForSequenceClassification"], "hidden_size": 4,
       "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 5,
       "hidden_act": "gelu", "layer_norm_eps": 1e-12, "vocab_size": 7,
       "max_position_embeddings": 6, "pad_token_id": 0, "cls_token_id": 1}
      """;

  @TempDir Path folder;

  private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Object> sets = new LinkedHashMap<>();

  private void bert(String prefix) {
    put(prefix + "embeddings.word_embeddings.weight", 7, D);
    put(prefix + "embeddings.position_embeddings.weight", 6, D);
    norm(prefix + "embeddings.LayerNorm");
    String layer = prefix + "encoder.layer.0.";
    for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
      linear(layer + "attention." + part, D, D);
    }
    linear(layer + "intermediate.dense", 5, D);
    linear(layer + "output.dense", D, 5);
    norm(layer + "attention.output.LayerNorm");
    norm(layer + "output.LayerNorm");
    linear("classifier", 2, D);
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

  private void norm(String name) {
    put(name + ".weight", D);
    put(name + ".bias", D);
  }

  @BeforeEach
  void vocabulary() throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[CLS]\n[SEP]\n[MASK]\n[UNK]\na\nb\n");
    Files.writeString(folder.resolve("config.json"), CONFIG);
  }

  private ImportedModel open(Path input) {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors);
    return ModelImport.open(
        new ImportSettings(
            input, null, sets, folder.resolve("vocab.txt"), null, null, null, null, false, false));
  }

  private void assertRefused(Path input, String... parts) {
    assertThatThrownBy(() -> open(input).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void aMissingPoolerIsAskedFor() {
    bert("bert.");
    assertRefused(folder, "the weights do not tell pooler (", "of which there are no weights");
    sets.put("pooler", false);
    try (ImportedModel told = open(folder)) {
      assertThat(told.config().pooler()).isFalse();
    }
    sets.put("pooler", true);
    assertRefused(folder, "missing", "pooler.dense.weight");
  }

  @Test
  void aPoolerThatIsThereIsRead() {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    try (ImportedModel whole = open(folder)) {
      assertThat(whole.config().pooler()).isTrue();
    }
  }

  /** Names alone: a file of weights has no model_type. */
  @Test
  void positionsThatMayBeShiftedAreAskedFor() throws IOException {
    bert("roberta.");
    linear("roberta.pooler.dense", D, D);
    Path file = folder.resolve("model.safetensors");
    sets.putAll(Map.of("num_attention_heads", 2L, "hidden_act", "gelu", "layer_norm_eps", 1e-5));
    assertRefused(file, "the weights do not tell model_type (", "are called roberta");
    sets.put("model_type", "roberta");
    assertRefused(file, "\"model_type\" \"roberta\" is not supported: it shifts its positions");
    sets.put("model_type", "bert");
    open(file).close();
  }

  @Test
  void anAdapterIsNotPassedOver() throws IOException {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    Files.writeString(folder.resolve("adapter_config.json"), "{}");
    assertRefused(folder, "holds an adapter (adapter_config.json)", "merge_and_unload()");
  }
}
