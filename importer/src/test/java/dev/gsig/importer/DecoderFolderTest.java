package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the folders and files of decoders tell, what is asked for, and what is refused. */
class DecoderFolderTest {
  private static final int D = 4;
  private static final int VOCABULARY = 7;

  @TempDir Path folder;

  private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> config = new LinkedHashMap<>();
  private final Map<String, Object> sets = new LinkedHashMap<>();

  private void put(String name, int... shape) {
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    tensors.put(name, NamedTensor.f32(values, shape));
  }

  @BeforeEach
  void vocabulary() throws IOException {
    Files.writeString(
        folder.resolve("vocab.json"), "{\"<s>\":1,\"</s>\":2,\"a\":3,\"b\":4,\"c\":5}");
  }

  private void gpt2(boolean transposed) {
    put("transformer.wte.weight", VOCABULARY, D);
    put("transformer.wpe.weight", 6, D);
    String layer = "transformer.h.0.";
    put(layer + "attn.bias", 1, 1, 6, 6);
    matrix(layer + "attn.c_attn", D, 3 * D, transposed);
    matrix(layer + "attn.c_proj", D, D, transposed);
    matrix(layer + "mlp.c_fc", D, 5, transposed);
    matrix(layer + "mlp.c_proj", 5, D, transposed);
    for (String norm : List.of(layer + "ln_1", layer + "ln_2", "transformer.ln_f")) {
      put(norm + ".weight", D);
      put(norm + ".bias", D);
    }
    config.put("architectures", "[\"GPT2LMHeadModel\"]");
    config.put("model_type", "\"gpt2\"");
    config.put("n_head", "2");
    config.put("n_inner", "null");
    config.put("bos_token_id", "1");
    config.put("eos_token_id", "2");
    config.put("pad_token_id", "null");
  }

  private void matrix(String name, int in, int out, boolean transposed) {
    put(name + ".weight", transposed ? in : out, transposed ? out : in);
    put(name + ".bias", out);
  }

  private void llama(String type) {
    put("model.embed_tokens.weight", VOCABULARY, D);
    String layer = "model.layers.0.";
    put(layer + "self_attn.q_proj.weight", D, D);
    put(layer + "self_attn.k_proj.weight", 2, D);
    put(layer + "self_attn.v_proj.weight", 2, D);
    put(layer + "self_attn.o_proj.weight", D, D);
    put(layer + "mlp.gate_proj.weight", 5, D);
    put(layer + "mlp.up_proj.weight", 5, D);
    put(layer + "mlp.down_proj.weight", D, 5);
    for (String norm :
        List.of(layer + "input_layernorm", layer + "post_attention_layernorm", "model.norm")) {
      put(norm + ".weight", D);
    }
    put("score.weight", 2, D);
    config.put("architectures", "[\"LlamaForSequenceClassification\"]");
    config.put("model_type", "\"" + type + "\"");
    config.put("num_attention_heads", "2");
    config.put("max_position_embeddings", "9");
    config.put("pad_token_id", "0");
  }

  private ImportedModel open() {
    try {
      String json =
          config.entrySet().stream()
              .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
              .collect(Collectors.joining(",", "{", "}"));
      Files.writeString(folder.resolve("config.json"), json);
      SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return ModelImport.open(ImportSettings.of(folder).with(sets));
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts)
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }

  private void tokenizer(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), json);
  }

  /** One matrix for queries, keys and values, cut in three, whichever way round it is stored. */
  @Test
  void theShapeTellsWhichWayRoundLayersAre() throws IOException {
    tokenizer("{\"add_bos_token\": false, \"add_eos_token\": false}");
    gpt2(true);
    try (ImportedModel model = open()) {
      assertThat(model.tensors().read("encoder.layer.0.attention.self.key.weight"))
          .startsWith(4, 16, 28, 40, 5, 17); // column 4, then 5, of [4, 12]
      assertThat(model.tensors().read("encoder.layer.0.attention.output.dense.weight"))
          .startsWith(0, 4, 8, 12, 1);
      assertThat(model.tensors().read("encoder.layer.0.attention.self.key.bias"))
          .containsExactly(4, 5, 6, 7);
      assertThat(model.report().assumed())
          .anyMatch(line -> line.startsWith("hidden_act \"gelu_new"));
    }
    tensors.clear();
    gpt2(false);
    sets.put("hidden_act", "gelu");
    try (ImportedModel model = open()) {
      assertThat(model.tensors().read("encoder.layer.0.attention.self.key.weight"))
          .startsWith(16, 17, 18, 19, 20); // rows 4 to 7 of [12, 4]
    }
  }

  /** A configuration names a first token; whether sequences have it, the tokenizer tells. */
  @Test
  void theFirstTokenIsTheTokenizersOrAskedFor() throws IOException {
    gpt2(true);
    Files.writeString(folder.resolve("vocab.json"), "{\"bos\":1,\"eos\":2,\"a\":3,\"b\":4}");
    assertRefused(
        "the weights do not tell cls_token_id (bos_token_id, 1, if every sequence begins");
    sets.put("cls_token_id", null);
    try (ImportedModel model = open()) {
      assertThat(model.config().specialTokens().cls()).isNull();
    }
    sets.clear();
    tokenizer("{\"add_bos_token\": true}");
    try (ImportedModel model = open()) {
      assertThat(model.config().specialTokens().cls()).isEqualTo(1);
    }
  }

  @Test
  void anEndOfASequenceIsNoEndOfAVisit() throws IOException {
    gpt2(true);
    tokenizer("{\"add_bos_token\": true}");
    assertRefused("the weights do not tell sep_token_id (eos_token_id, 2, if every visit ends");
    tokenizer("{\"add_bos_token\": true, \"add_eos_token\": false}");
    try (ImportedModel model = open()) {
      assertThat(model.config().specialTokens().sep()).isNull();
      assertThat(model.config().specialTokens().pad()).isEqualTo(2);
      assertThat(model.report().assumed()).anyMatch(line -> line.startsWith("pad_token_id 2 ("));
    }
    sets.put("sep_token_id", 2L); // then another id that no code has is PAD
    try (ImportedModel model = open()) {
      assertThat(model.config().specialTokens().pad()).isEqualTo(VOCABULARY - 1);
    }
  }

  @Test
  void whatNoBlockDoesIsRefusedByItsKey() {
    gpt2(true);
    config.put("scale_attn_by_inverse_layer_idx", "true");
    assertRefused("\"scale_attn_by_inverse_layer_idx\" of its configuration is true");
    tensors.clear();
    config.clear();
    llama("llama");
    config.put("rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":8.0}");
    assertRefused("\"rope_scaling\" of its configuration is", "llama3", "not supported");
    config.remove("rope_scaling");
    config.put("rope_parameters", "{\"rope_type\":\"yarn\",\"rope_theta\":1e4}");
    assertRefused("\"rope_parameters\" of its configuration is");
    config.remove("rope_parameters");
    config.put("architectures", "[\"LlamaForTokenClassification\"]");
    assertRefused("labels every token");
  }

  @Test
  void aWindowCountsTheRowItself() throws IOException {
    tokenizer("{\"add_bos_token\": false, \"add_eos_token\": false}");
    for (String window : List.of("3", "null", "")) {
      llama("mistral");
      config.remove("sliding_window");
      if (!window.isEmpty()) {
        config.put("sliding_window", window);
      }
      try (ImportedModel model = open()) {
        Object found = model.survey().config().get("attention_window");
        assertThat(found).isEqualTo(Map.of("3", 2L, "", 4095L).get(window));
        assertThat(model.survey().config()).containsEntry("num_key_value_heads", 1L);
        assertThat(model.survey().config()).containsEntry("norm", "rms_norm");
      }
    }
  }

  /** Weights alone have Llama's names; what they do not tell is asked for. */
  @Test
  void weightsAloneAreAskedAbout() throws IOException {
    llama("llama");
    SafetensorsWriter.write(folder.resolve("alone.safetensors"), Map.of(), tensors);
    ImportSettings settings =
        new ImportSettings(
            folder.resolve("alone.safetensors"),
            null,
            Map.of(),
            folder.resolve("vocab.json"),
            null,
            null,
            null,
            null,
            false,
            false);
    try (Survey survey = ModelImport.survey(settings)) {
      assertThat(survey.questions())
          .containsKeys(
              "num_attention_heads",
              "hidden_act",
              "layer_norm_eps",
              "rotary.theta",
              "max_position_embeddings");
    }
    Map<String, Object> told =
        Map.of(
            "num_attention_heads", 2L,
            "hidden_act", "silu",
            "layer_norm_eps", 1e-5,
            "rotary.theta", 500000L,
            "max_position_embeddings", 8L);
    try (ImportedModel model = ModelImport.open(settings.with(told))) {
      assertThat(model.survey().family()).isEqualTo("Hugging Face Llama");
      assertThat(model.config().pooling().configName()).isEqualTo("last");
    }
  }
}
