package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * CORE-BEHRT (Odgaard et al., arXiv 2404.15201) as its authors publish it now, on ModernBERT: code
 * + segment + time2vec with the cosine (Kazemi et al. 2019) of the age in years and of the hours
 * since 1970, both shifted and scaled first, then a norm; a bidirectional GRU, a norm and a linear
 * layer behind the encoder, which may be causal. A segment is the number of the visit.
 */
final class CoreBehrt implements Family {
  private static final String WORDS = "embeddings.concept_embeddings.weight";
  // The linear part of time2vec is kept within +-100; beyond, the model is not what is computed
  // here.
  private static final double CLIP = 100;
  private static final double OLDEST = 130;
  private static final double HOURS_OF_A_YEAR = 365.25 * 24;
  private static final double FIRST_YEAR = -100;
  private static final double LAST_YEAR = 100;

  @Override
  public String name() {
    return "core-behrt";
  }

  @Override
  public String description() {
    return "CORE-BEHRT";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    return prefix != null
        && draft.has(prefix + "embeddings.abspos_embeddings.w0")
        && draft.has(prefix + "layers.0.attn.Wqkv.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    String embeddings = prefix + "embeddings.";
    draft.map("embeddings.word_embeddings.weight", prefix + WORDS);
    draft.map("embeddings.visit_embeddings.weight", embeddings + "segment_embeddings.weight");
    draft.both("embeddings.LayerNorm", embeddings + "LayerNorm");
    waves(draft, embeddings, "age", "age", -50, 1e-2, 0, OLDEST);
    waves(
        draft,
        embeddings,
        "abspos",
        "time",
        -200_000,
        1e-4,
        FIRST_YEAR * HOURS_OF_A_YEAR,
        LAST_YEAR * HOURS_OF_A_YEAR);
    inputs(draft);
    HuggingFaceKeys keys = ModernBert.encoder(draft, prefix);
    keys.require("norm_eps", 1e-5).take("is_causal", "causal", null);
    head(draft);
  }

  private static void inputs(Draft draft) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("visit", "learned");
    inputs.put("age", "time2vec_cos");
    inputs.put("time", "time2vec_cos");
    draft.fact("embedding_inputs", inputs);
    draft.assume("age_transform", "floor", "CORE-BEHRT's own, whole years");
    draft.fact("time_span", "since_date");
    draft.fact("time_origin", "1970-01-01");
    draft.fact("time_unit", "hours");
    draft.fact("time_transform", "none");
    draft.fact("time_special_tokens", "visit");
  }

  /**
   * One linear column and the waves in one layer, with what is done to the number before it.
   *
   * @param theirs its name, also that of its keys in the configuration
   * @param least the least number that there can be, before it is shifted
   */
  private static void waves(
      Draft draft,
      String embeddings,
      String theirs,
      String ours,
      double usualShift,
      double usualScale,
      double least,
      double largest) {
    String from = embeddings + theirs + "_embeddings.";
    String layer = "embeddings." + ours + "_embeddings";
    Derived line = draft.takeTable(from + "w0");
    Derived phase = draft.take(from + "phi0");
    if (!line.shape().equals(List.of(1L, 1L)) || !phase.shape().equals(List.of(1L))) {
      throw new InvalidInputException(
          draft.source() + ": " + from + "w0 and phi0 must hold one number each");
    }
    draft.put(
        layer + ".weight",
        Derived.concatenated(List.of(line.transposed(), draft.takeTable(from + "w").transposed())));
    draft.put(layer + ".bias", Derived.concatenated(List.of(phase, draft.take(from + "phi"))));
    double shift = number(draft, theirs + "_shift", usualShift);
    double scale = number(draft, theirs + "_scale", usualScale);
    for (double t : new double[] {least, largest}) {
      double value = line.values().get()[0] * (t + shift) * scale + phase.values().get()[0];
      if (!(Math.abs(value) <= CLIP)) {
        throw new InvalidInputException(
            draft.source()
                + ": the linear part of "
                + from
                + "w0 reaches "
                + value
                + ", and the model cuts it at 100, which is not supported");
      }
    }
    NumberLayers.fold(draft, layer, shift, scale);
  }

  private static double number(Draft draft, String key, double usual) {
    Object given = draft.options().config().get(key);
    if (given == null) {
      draft.note(key, usual + " (CORE-BEHRT's own)");
      return usual;
    }
    if (given instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw new InvalidInputException(draft.source() + ": \"" + key + "\" must be a number");
  }

  private static void head(Draft draft) {
    GruNames.map(draft, "cls.pool.rnn.");
    if (draft.targets().containsKey("gru.weight_hh_l0")) {
      draft.both("pooled.LayerNorm", "cls.pool.norm");
      draft.both("classifier.layers.0", "cls.pool.classifier");
      draft.pass(Pattern.compile("^cls\\.classifier\\.")); // of the class, which never calls it
      draft.fact("pooling", "bigru");
      draft.fact("gru_read", "final_states");
      draft.fact("gru_over", "real");
      draft.assume("problem_type", "single_label_classification", "one label, a sigmoid");
      draft.drop("num_labels");
      draft.drop("id2label");
    } else {
      draft.pass(Pattern.compile("^(head|decoder)\\."));
      draft.askUnlessChecked("pooling", "cls", "what the head reads: cls, last, mean or bigru");
      HeadFinder.find(draft);
    }
  }
}
