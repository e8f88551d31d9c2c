package dev.gsig.transformer.config;

import dev.gsig.ehr.ValueInput;
import dev.gsig.ehr.ValueInput.Missing;
import dev.gsig.ehr.ValueInput.Scale;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.tensor.Activation;
import java.util.List;

/**
 * The keys that say what the value input is. None has a default: with another value of any of them
 * a model computes something else.
 */
final class ValueKeys {
  private static final String SCALE = "value_scale";
  private static final String MISSING = "value_missing";
  private static final String HIDDEN = "value_hidden_size";
  private static final String ACTIVATION = "value_activation";

  private ValueKeys() {}

  /**
   * What the keys say.
   *
   * @param kind of the value input; null, and no key may be there, for a model that reads no values
   */
  static ValueEmbedding read(JsonObject json, EmbeddingKind kind) {
    require(json, List.of(SCALE, MISSING), kind != null, "embedding_inputs has no \"value\"");
    boolean mlp = kind == EmbeddingKind.MLP;
    require(json, List.of(HIDDEN, ACTIVATION), mlp, "the value input is not of the kind \"mlp\"");
    if (kind == null) {
      return null;
    }
    int hidden = mlp ? Values.size(json, HIDDEN, 1) : 0;
    Activation activation = mlp ? Values.activation(json, ACTIVATION) : null;
    return new ValueEmbedding(
        new ValueInput(
            Values.choice(json, SCALE, Scale.class, Scale::configName),
            Values.choice(json, MISSING, Missing.class, Missing::configName)),
        hidden,
        activation);
  }

  private static void require(JsonObject json, List<String> keys, boolean needed, String why) {
    for (String key : keys) {
      if (json.has(key) != needed) {
        throw json.invalid(
            key,
            needed
                ? "is missing; the model reads values, and there is no usual way to read them"
                : "is given, but " + why + "; remove it or change embedding_inputs");
      }
    }
  }
}
