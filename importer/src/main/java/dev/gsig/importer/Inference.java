package dev.gsig.importer;

import dev.gsig.importer.internal.family.Derived;
import dev.gsig.importer.internal.family.ModelWidth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys of the configuration that follow from the shapes of the weights. */
final class Inference {
  private final Map<String, Derived> weights;
  private final Map<String, Object> keys = new LinkedHashMap<>();

  private Inference(Map<String, Derived> weights) {
    this.weights = weights;
  }

  /**
   * Looks at the shapes.
   *
   * @param weights under the names of the model folder
   * @param known what is known of the configuration
   * @return the keys that follow
   */
  static Map<String, Object> of(Map<String, Derived> weights, Map<String, Object> known) {
    Inference inference = new Inference(weights);
    inference.sizes(known);
    inference.embeddings();
    inference.heads();
    return inference.keys;
  }

  private long size(String name, int axis) {
    Derived weight = weights.get(name);
    return weight == null || weight.shape().size() <= axis ? -1 : weight.shape().get(axis);
  }

  private void put(String key, long size) {
    if (size > 0) {
      keys.put(key, size);
    }
  }

  private void sizes(Map<String, Object> known) {
    long width = ModelWidth.of(weights);
    long embedding = ModelWidth.embedding(weights);
    put("vocab_size", size("embeddings.word_embeddings.weight", 0));
    put("hidden_size", width);
    put("embedding_size", embedding == width ? -1 : embedding);
    put("max_position_embeddings", size("embeddings.position_embeddings.weight", 0));
    long layers = 0;
    while (size("encoder.layer." + layers + ".attention.self.query.weight", 0) > 0) {
      layers++;
    }
    keys.put("num_hidden_layers", layers);
    put("intermediate_size", size("encoder.layer.0.intermediate.dense.weight", 0));
    if (weights.containsKey("encoder.layer.0.intermediate.up.weight")) {
      keys.put("feed_forward", "gated");
    }
    long all = size("encoder.layer.0.attention.self.query.weight", 0);
    long forKeys = size("encoder.layer.0.attention.self.key.weight", 0);
    if (known.get("num_attention_heads") instanceof Number heads
        && heads.longValue() > 0
        && all > 0
        && all != width
        && all % heads.longValue() == 0) {
      keys.put("attention_head_size", all / heads.longValue());
    }
    if (known.get("num_attention_heads") instanceof Number heads
        && forKeys > 0
        && forKeys < all
        && heads.longValue() * forKeys % all == 0) {
      put("num_key_value_heads", heads.longValue() * forKeys / all);
    }
  }

  private void embeddings() {
    Map<String, Object> inputs = new LinkedHashMap<>();
    for (String input : List.of("position", "visit", "age", "token_type")) {
      if (weights.containsKey("embeddings." + input + "_embeddings.weight")) {
        inputs.put(input, "learned");
      }
    }
    if (weights.containsKey("embeddings.time_embeddings.weight")) {
      inputs.put("time", "linear");
    }
    if (isOfOneNumber("age")) {
      inputs.put("age", "linear");
    }
    values(inputs);
    keys.put("embedding_inputs", inputs);
  }

  private boolean isOfOneNumber(String input) {
    return size("embeddings." + input + "_embeddings.weight", 1) == 1;
  }

  /** A vector for each code, one for all, or a small network. */
  private void values(Map<String, Object> inputs) {
    String layer = "embeddings.value_embeddings";
    if (weights.containsKey(layer + ".dense.weight")) {
      inputs.put("value", "mlp");
      put("value_hidden_size", size(layer + ".dense.weight", 0));
    } else if (weights.containsKey(layer + ".weight")) {
      inputs.put("value", isOfOneNumber("value") ? "linear" : "code_vector");
    }
  }

  private void heads() {
    if (weights.containsKey("lm_head.weight")) {
      keys.put("head", "next_token");
    }
    if (weights.containsKey("pooling.score.weight")) {
      keys.put("pooling", "attention");
      put("pooling_hidden_size", size("pooling.dense.weight", 0));
    }
    if (weights.containsKey("embeddings.join.weight")) {
      keys.put("embedding_join", "concatenate");
    }
    if (weights.containsKey("pooler.dense.weight")) {
      keys.put("pooler", true);
    }
    if (weights.containsKey("gru.weight_hh_l0")) {
      keys.put("pooling", "bigru");
      put("gru_hidden_size", size("gru.weight_hh_l0", 1));
    }
    List<Long> sizes = layers("classifier.layers.");
    if (!sizes.isEmpty()) {
      Map<String, Object> classifier = new LinkedHashMap<>();
      classifier.put("hidden_sizes", sizes.subList(0, sizes.size() - 1));
      classifier.put("num_labels", sizes.get(sizes.size() - 1));
      keys.put("classifier", classifier);
    }
    List<Long> branch = layers("tabular.layers.");
    if (!branch.isEmpty()) {
      keys.put("tabular", Map.of("hidden_sizes", branch));
    }
  }

  private List<Long> layers(String prefix) {
    List<Long> sizes = new ArrayList<>();
    while (size(prefix + sizes.size() + ".weight", 0) > 0) {
      sizes.add(size(prefix + sizes.size() + ".weight", 0));
    }
    return sizes;
  }

  /**
   * How many tabular values the head reads beyond the pooled vector.
   *
   * @param config the configuration so far
   * @return 0 if none; the inputs of the tabular branch where it has layers
   */
  static long tabularWidth(Map<String, Derived> weights, Map<String, Object> config) {
    Inference shapes = new Inference(weights);
    if (weights.containsKey("tabular.layers.0.weight")) {
      return shapes.size("tabular.layers.0.weight", 1);
    }
    long read = shapes.read(layer(config), config);
    return read < 0 ? 0 : shapes.size("classifier.layers." + layer(config) + ".weight", 1) - read;
  }

  /** The layer of the head that the tabular vector joins. */
  private static long layer(Map<String, Object> config) {
    return config.get("tabular") instanceof Map<?, ?> tabular
            && tabular.get("classifier_layer") instanceof Number number
        ? number.longValue()
        : 0;
  }

  /** What a layer of the head reads without the tabular vector. */
  private long read(long layer, Map<String, Object> config) {
    if (layer > 0) {
      return size("classifier.layers." + (layer - 1) + ".weight", 0);
    }
    boolean gru = "bigru".equals(config.get("pooling"));
    return gru ? 2 * size("gru.weight_hh_l0", 1) : ModelWidth.of(weights);
  }

  /** Name of the weight of the layer of the head that the tabular vector joins. */
  static String joinedWeight(Map<String, Object> config) {
    return "classifier.layers." + layer(config) + ".weight";
  }
}
