package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * MOTOR (Steinberg et al., ICLR 2024, arXiv 2301.03150) and CLMBR as the library femr had them in
 * PyTorch until the end of 2024: a causal encoder with a window, root-mean-square norms, and one
 * norm for attention and feed-forward, which act side by side between a layer for the inputs of
 * both and one for their outputs; neighbouring features turn by the age in days. There are no
 * positions, no CLS and no SEP.
 *
 * <p>What a layer sees of vocabularies with ancestors of codes is a weighted sum of rows that only
 * their tokenizer knows; {@code use_normed_ages} puts the age into two features of every layer.
 * Both are refused.
 */
final class Motor implements Family {
  private static final String NORM = "in_norm.weight";
  private static final String LAYER = "encoder.layer.";
  private static final double BASE = 10000;

  @Override
  public String name() {
    return "motor";
  }

  @Override
  public String description() {
    return "MOTOR and CLMBR, of femr";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, NORM);
    return prefix != null && draft.has(prefix + "layers.0.input_proj.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, NORM);
    Map<String, Object> config = settings(draft);
    if (draft.has(prefix + "embed_bag.weight")) {
      throw refused(
          draft,
          "is_hierarchical is true: a code is a sum of the rows of its ancestors, weighted by the"
              + " tokenizer; save a table \"embed.weight\" with one row for each code");
    }
    if (Boolean.TRUE.equals(config.get("use_normed_ages"))) {
      throw refused(draft, "use_normed_ages puts the age into two features of every layer");
    }
    if (!config.containsKey("use_normed_ages")) {
      draft.askUnlessChecked(
          "use_normed_ages",
          false,
          "false; a model with true cannot be read, see the documentation");
    }
    draft.drop("use_normed_ages");
    draft.drop("transformer_config");
    draft.map("embeddings.word_embeddings.weight", prefix + "embed.weight");
    draft.map("embeddings.LayerNorm.weight", prefix + NORM);
    draft.map("encoder.LayerNorm.weight", prefix + "out_norm.weight");
    boolean gated = false;
    for (int n = 0; draft.has(prefix + "layers." + n + ".input_proj.weight"); n++) {
      gated = layer(draft, prefix + "layers." + n + ".", LAYER + n + ".");
    }
    draft.expectLayersWithoutBias();
    facts(draft, config, gated);
    head(draft);
  }

  private static Map<String, Object> settings(Draft draft) {
    Map<String, Object> all = new LinkedHashMap<>(draft.options().config());
    if (all.get("transformer_config") instanceof Map<?, ?> inner) {
      inner.forEach((key, value) -> all.putIfAbsent(String.valueOf(key), value));
    }
    return all;
  }

  private static InvalidInputException refused(Draft draft, String why) {
    return new InvalidInputException(draft.source() + ": not supported: " + why);
  }

  /**
   * Cuts the two layers: rows of the first are for the feed-forward, queries, keys and values;
   * columns of the second for what attention and feed-forward write.
   *
   * @return whether the feed-forward is gated
   */
  private static boolean layer(Draft draft, String from, String to) {
    Derived in = draft.takeTable(from + "input_proj.weight");
    Derived out = draft.takeTable(from + "output_proj.weight");
    int d = in.columns();
    int inner = out.columns() - d;
    int wide = in.rows() - 3 * d;
    if (out.rows() != d || inner < 1 || (wide != inner && wide != 2 * inner)) {
      throw new InvalidInputException(
          draft.source()
              + ": "
              + from
              + "input_proj of shape "
              + in.shape()
              + " and output_proj of shape "
              + out.shape()
              + " do not go together");
    }
    boolean gated = wide == 2 * inner;
    Map<String, int[]> rows = new LinkedHashMap<>();
    rows.put("intermediate.dense", new int[] {0, inner});
    if (gated) {
      rows.put("intermediate.up", new int[] {inner, inner});
    }
    rows.put("attention.self.query", new int[] {wide, d});
    rows.put("attention.self.key", new int[] {wide + d, d});
    rows.put("attention.self.value", new int[] {wide + 2 * d, d});
    rows.forEach((name, cut) -> draft.put(to + name + ".weight", in.slice(cut[0], cut[1])));
    if (draft.has(from + "input_proj.bias")) {
      Derived bias = draft.take(from + "input_proj.bias");
      rows.forEach((name, cut) -> draft.put(to + name + ".bias", bias.slice(cut[0], cut[1])));
    }
    draft.put(to + "attention.output.dense.weight", out.columns(0, d));
    draft.put(to + "output.dense.weight", out.columns(d, inner));
    if (draft.has(from + "output_proj.bias")) {
      draft.put(to + "output.dense.bias", draft.take(from + "output_proj.bias"));
      draft.put(to + "attention.output.dense.bias", Derived.zeros(d, "the bias is the other's"));
    }
    draft.put(to + "attention.output.LayerNorm.weight", draft.take(from + "norm.weight"));
    return gated;
  }

  private static void facts(Draft draft, Map<String, Object> config, boolean gated) {
    draft.fact("causal", true);
    draft.fact("norm", "rms_norm");
    draft.fact("norm_first", true);
    draft.fact("parallel_residual", true);
    draft.fact("shared_parallel_norm", true);
    draft.fact("hidden_act", gated ? "silu" : "gelu");
    draft.fact("layer_norm_eps", 1e-6);
    draft.fact("embedding_inputs", Map.of());
    draft.fact("time_span", "since_birth");
    draft.fact("time_unit", "days");
    draft.fact("time_transform", "none");
    draft.fact("time_special_tokens", "visit");
    draft.drop("hidden_act");
    Object heads = config.get("n_heads");
    if (heads == null) {
      heads = config.get("num_attention_heads");
    }
    if (heads instanceof Long count && count > 0) {
      draft.fact("num_attention_heads", count);
      draft.fact("rotary", rotary(ModelWidth.of(draft.targets()) / count / 2));
    }
    if (config.get("attention_width") instanceof Long width && width > 0) {
      draft.fact("attention_window", width - 1);
    } else {
      draft.ask("attention_window", "how far a row sees back: attention_width - 1");
    }
  }

  /**
   * Its n frequencies are {@code 10000^(-2i/(n-1))}, those of rotary positions {@code
   * theta^(-i/n)}.
   */
  private static Map<String, Object> rotary(long n) {
    double theta = n < 2 ? BASE : StrictMath.pow(BASE, 2.0 * n / (n - 1));
    return Map.of("theta", theta, "interleaved", true, "over", "time");
  }

  private static void head(Draft draft) {
    boolean codes =
        !draft.options().separateHead()
            && draft.has("task_model.final_layer.weight")
            && !draft.has("task_model.task_layer.weight");
    draft.fact("pooling", "last");
    if (codes) {
      draft.both("classifier.layers.0", "task_model.final_layer");
      draft.note("classifier", "CLMBR's, of the next code in a vocabulary of its own");
    } else {
      draft.pass(Pattern.compile("^task_model\\."));
      HeadFinder.find(draft);
    }
  }
}
