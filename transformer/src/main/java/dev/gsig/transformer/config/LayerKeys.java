package dev.gsig.transformer.config;

import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The keys that say what layers of decoders and modern encoders have. */
final class LayerKeys {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";
  private static final String CAUSAL = "causal";
  private static final String WINDOW = "attention_window";
  private static final String TYPES = "layer_types";
  private static final String ROTARY = "rotary";
  private static final String KEY_VALUE_HEADS = "num_key_value_heads";
  private static final String PARALLEL = "parallel_residual";
  private static final String SHARED_NORM = "shared_parallel_norm";
  private static final String FIRST_NORM = "first_attention_norm";
  private static final String HIDE_SAME_TIME = "hide_same_time";

  private final JsonObject json;
  private final int layers;
  private final int heads;
  private final int headSize;
  private final boolean normFirst;

  /**
   * Reads the keys.
   *
   * @param layers number of layers
   * @param heads heads of the queries
   * @param headSize width of one
   */
  LayerKeys(JsonObject json, int layers, int heads, int headSize, boolean normFirst) {
    this.json = json;
    this.layers = layers;
    this.heads = heads;
    this.headSize = headSize;
    this.normFirst = normFirst;
  }

  LayerTraits read(boolean residual) {
    boolean causal = causal();
    List<Boolean> sliding = sliding();
    boolean parallel = json.bool(PARALLEL, false);
    needs(PARALLEL, parallel && !normFirst, "norm_first");
    needs(PARALLEL, parallel && !residual, "residual");
    boolean sharedNorm = json.bool(SHARED_NORM, false);
    needs(SHARED_NORM, sharedNorm && !parallel, PARALLEL);
    boolean firstNorm = json.bool(FIRST_NORM, true);
    needs(FIRST_NORM, !firstNorm && !normFirst, "norm_first");
    boolean hideSameTime = json.bool(HIDE_SAME_TIME, false);
    needs(HIDE_SAME_TIME, hideSameTime && !causal, CAUSAL);
    if (hideSameTime && json.has(WINDOW)) {
      throw json.invalid(HIDE_SAME_TIME, "is true, and attention_window given; leave one out");
    }
    return new LayerTraits(
        causal,
        keyValueHeads(),
        json.has(WINDOW) ? Integer.valueOf(Values.size(json, WINDOW, 0)) : null,
        sliding,
        rotary(),
        json.bool("alibi", false),
        hideSameTime,
        Values.choice(json, "norm", NormKind.class, NormKind::configName, NormKind.LAYER_NORM),
        gated(),
        parallel,
        sharedNorm,
        firstNorm);
  }

  private void needs(String key, boolean lacking, String other) {
    if (lacking) {
      throw json.invalid(key, "is " + json.raw(key) + ", which needs " + other + " true");
    }
  }

  /** Hugging Face's word for it is {@code is_decoder}. */
  private boolean causal() {
    boolean decoder = json.bool("is_decoder", false);
    boolean causal = json.bool(CAUSAL, decoder);
    if (decoder && !causal) {
      throw json.invalid(CAUSAL, "is false, but is_decoder is true; leave one out");
    }
    return causal;
  }

  private int keyValueHeads() {
    int keyValueHeads = json.has(KEY_VALUE_HEADS) ? Values.size(json, KEY_VALUE_HEADS, 1) : heads;
    if (heads % keyValueHeads != 0) {
      throw json.invalid(
          KEY_VALUE_HEADS,
          "is " + keyValueHeads + ", which does not divide num_attention_heads " + heads);
    }
    return keyValueHeads;
  }

  private List<Boolean> sliding() {
    if (!json.has(WINDOW)) {
      if (json.has(TYPES) && json.strings(TYPES).stream().anyMatch(type -> !type.equals(FULL))) {
        throw json.invalid(TYPES, "names others than " + FULL + ", which needs attention_window");
      }
      return Collections.nCopies(layers, false);
    }
    if (!json.has(TYPES)) {
      return Collections.nCopies(layers, true);
    }
    List<Boolean> sliding = new ArrayList<>();
    for (String type : json.strings(TYPES)) {
      if (!type.equals(FULL) && !type.equals(SLIDING)) {
        throw json.invalid(TYPES, "must hold " + FULL + " and " + SLIDING + ", but has " + type);
      }
      sliding.add(type.equals(SLIDING));
    }
    if (sliding.size() != layers) {
      throw json.invalid(
          TYPES, "has " + sliding.size() + " entries, but num_hidden_layers is " + layers);
    }
    return sliding;
  }

  private boolean gated() {
    String key = "feed_forward";
    String kind = json.has(key) ? json.string(key) : "plain";
    if (!kind.equals("plain") && !kind.equals("gated")) {
      throw json.invalid(key, "must be plain or gated, but is " + kind);
    }
    return kind.equals("gated");
  }

  private Rotary rotary() {
    JsonObject rotary = json.objectOrNull(ROTARY);
    if (rotary == null) {
      return null;
    }
    ConfigKeys.checkOnly(rotary, List.of("theta", "sliding_theta", "size", "interleaved", "over"));
    double theta = Values.positive(rotary, "theta");
    int size = rotary.has("size") ? Values.size(rotary, "size", 2, headSize) : headSize;
    if (size % 2 != 0) {
      throw rotary.invalid("size", "must be even, features turn in pairs, but is " + size);
    }
    return new Rotary(
        theta,
        rotary.has("sliding_theta") ? Values.positive(rotary, "sliding_theta") : theta,
        size,
        rotary.bool("interleaved", false),
        Values.choice(
            rotary, "over", Rotary.Over.class, Rotary.Over::configName, Rotary.Over.POSITION));
  }
}
