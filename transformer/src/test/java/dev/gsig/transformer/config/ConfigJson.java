package dev.gsig.transformer.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Builds the text of a config.json, key by key, starting from the required ones. */
final class ConfigJson {
  private final Map<String, String> entries = new LinkedHashMap<>();
  private String extra = "";

  static ConfigJson minimal() {
    return new ConfigJson()
        .with("hidden_size", "64")
        .with("num_hidden_layers", "2")
        .with("num_attention_heads", "4")
        .with("intermediate_size", "128")
        .with("hidden_act", "\"gelu\"")
        .with("layer_norm_eps", "1e-12")
        .with("vocab_size", "100")
        .with("max_position_embeddings", "32")
        .with("pad_token_id", "0")
        .with("cls_token_id", "1");
  }

  /** Sets a key to a value that is already JSON. */
  ConfigJson with(String key, String json) {
    entries.put(key, json);
    return this;
  }

  ConfigJson withEntry(String entry) {
    extra += "," + entry;
    return this;
  }

  ConfigJson without(String key) {
    entries.remove(key);
    return this;
  }

  String text() {
    return entries.entrySet().stream()
        .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
        .collect(Collectors.joining(",", "{", extra + "}"));
  }

  ModelConfig read() {
    return ModelConfig.parse(text(), "config.json");
  }
}
