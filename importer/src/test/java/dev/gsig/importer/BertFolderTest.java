package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.tensor.Activation;
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
      assertThat(told.config().pooler()).isNull();
    }
    sets.put("pooler", true);
    assertRefused(folder, "missing", "pooler.dense.weight");
  }

  @Test
  void aPoolerThatIsThereIsRead() {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    try (ImportedModel whole = open(folder)) {
      assertThat(whole.config().pooler()).isEqualTo(Activation.TANH);
    }
  }

  /** The encoder's names and its pooler are those of a classifier, the head may be anybody's. */
  @Test
  void whatAHeadReadsIsAskedForWhereNoClassTells() throws IOException {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    Path file = folder.resolve("model.safetensors");
    sets.putAll(Map.of("num_attention_heads", 2L, "hidden_act", "gelu", "layer_norm_eps", 1e-12));
    for (String architectures : List.of("", "\"architectures\": [\"BertModel\"],")) {
      Files.writeString(
          folder.resolve("config.json"),
          CONFIG.replace("\"architectures\": [\"BertForSequenceClassification\"],", architectures));
      for (Path input : List.of(file, folder)) {
        assertRefused(
            input,
            "the weights do not tell pooling (what the head reads: cls, mean or bigru), pooler"
                + " (with pooling=cls: true if through BERT's pooler, false if without it); give");
        assertHeadReads("mean", false, input, Map.of("pooling", "mean", "mean_over", "all"));
        assertHeadReads("cls", false, input, Map.of("pooling", "cls", "pooler", false));
        assertHeadReads("cls", true, input, Map.of("pooling", "cls", "pooler", true));
        assertHeadReads("cls", true, input, Map.of("pooler", true));
        sets.put("pooling", "cls");
        assertRefused(input, "the weights do not tell pooler (with pooling=cls");
        sets.remove("pooling");
        sets.put("pooler", false);
        assertRefused(input, "the weights do not tell pooling (what the head reads");
        sets.remove("pooler");
      }
    }
  }

  private void assertHeadReads(
      String pooling, boolean pooler, Path input, Map<String, Object> told) {
    sets.putAll(told);
    try (ImportedModel model = open(input)) {
      assertThat(model.config().pooling().name()).isEqualToIgnoringCase(pooling);
      assertThat(model.config().pooler() != null).isEqualTo(pooler);
    }
    sets.keySet().removeAll(told.keySet());
  }

  @Test
  void whatAHeadReadsIsAskedForWithoutAPoolerToo() {
    bert("bert.");
    Path file = folder.resolve("model.safetensors");
    sets.putAll(Map.of("num_attention_heads", 2L, "hidden_act", "gelu", "layer_norm_eps", 1e-12));
    assertRefused(
        file, "the weights do not tell pooling (what the head reads: cls, mean or bigru); give");
    assertHeadReads("cls", false, file, Map.of("pooling", "cls"));
  }

  /** Of models of these names BERT's own is 1e-12, RoBERTa's 1e-5. */
  @Test
  void theEpsilonIsAskedForWhereNoConfigurationIs() {
    bert("bert.");
    sets.putAll(Map.of("num_attention_heads", 2L, "hidden_act", "gelu", "pooling", "cls"));
    assertRefused(folder.resolve("model.safetensors"), "the weights do not tell layer_norm_eps (");
  }

  /** Names alone: a file of weights has no model_type. */
  @Test
  void positionsThatMayBeShiftedAreAskedFor() throws IOException {
    bert("roberta.");
    linear("roberta.pooler.dense", D, D);
    Path file = folder.resolve("model.safetensors");
    sets.putAll(Map.of("num_attention_heads", 2L, "hidden_act", "gelu", "layer_norm_eps", 1e-5));
    sets.put("pooler", true);
    assertRefused(
        file, "the weights do not tell import.position_first_row (", "are called roberta");
    sets.put("model_type", "roberta");
    sets.put("import.position_first_row", 2L);
    try (ImportedModel told = open(file)) {
      assertThat(told.config().maxPositionEmbeddings()).isEqualTo(4);
    }
    sets.put("model_type", "bert");
    try (ImportedModel shifted = open(file)) {
      assertThat(shifted.config().maxPositionEmbeddings()).isEqualTo(4);
    }
    sets.put("import.position_first_row", 0L);
    try (ImportedModel whole = open(file)) {
      assertThat(whole.config().maxPositionEmbeddings()).isEqualTo(6);
    }
  }

  /** A folder of Hugging Face counts the rows of the whole table. */
  @Test
  void theFirstPositionIsALaterRow() throws IOException {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    float[] rows = new float[6 * D];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    String table = "bert.embeddings.position_embeddings.weight";
    tensors.put(table, NamedTensor.f32(rows, 6, D));
    sets.put("import.position_first_row", 2L);
    Path out = folder.resolve("out");
    try (ImportedModel shifted = open(folder)) {
      assertThat(shifted.config().maxPositionEmbeddings()).isEqualTo(4);
      assertThat(shifted.tensors().read("embeddings.position_embeddings.weight"))
          .hasSize(4 * D)
          .startsWith(2 * D, 2 * D + 1)
          .endsWith(6 * D - 1);
      shifted.write(out);
    }
    assertThat(out.resolve("config.json"))
        .content()
        .contains("\"max_position_embeddings\": 4")
        .contains("\"imported_with\": {\"position_first_row\":2}");

    // What is recorded does not cut the rows of a model folder again.
    try (ImportedModel again = ModelImport.open(settings(out))) {
      assertThat(again.config().maxPositionEmbeddings()).isEqualTo(4);
    }
  }

  private static ImportSettings settings(Path input) {
    return new ImportSettings(input, null, Map.of(), null, null, null, null, null, false, false);
  }

  @Test
  void aFirstPositionThatIsNoRowIsRefused() {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    for (Object row : List.of(6L, 7L)) {
      sets.put("import.position_first_row", row);
      assertRefused(
          folder,
          "import.position_first_row is " + row + ", but the table of positions has only 6 rows");
    }
    for (Object row : List.of(-1L, 1.5, "two")) {
      sets.put("import.position_first_row", row);
      assertRefused(folder, "import.position_first_row must be a whole number from 0 up");
    }
    sets.put("import.position_first_row", 1L);
    sets.put("max_position_embeddings", 4L);
    assertRefused(folder, "position_embeddings");
    sets.put("max_position_embeddings", 5L);
    open(folder).close();
  }

  @Test
  void anAdapterIsNotPassedOver() throws IOException {
    bert("bert.");
    linear("bert.pooler.dense", D, D);
    Files.writeString(folder.resolve("adapter_config.json"), "{}");
    assertRefused(folder, "holds an adapter (adapter_config.json)", "merge_and_unload()");
  }
}
