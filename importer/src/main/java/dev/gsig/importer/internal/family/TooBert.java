package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * TOO-BERT with a tabular branch, the family of the authors of GS-IG: LN(token + segment_emb[visit]
 * + sinusoid(visit)), one encoder layer without residual connections, scores divided by the square
 * root of the sequence length, a bidirectional GRU read at the last position, two linear layers.
 *
 * <p>Where the tabular vector joins is not published: in front of {@code linear1}, unless {@code
 * tabular.classifier_layer} is 1, and behind the GRU's output unless {@code import.tabular_first}.
 */
final class TooBert implements Family {
  private static final String TOKENS = "embedding.token_emb.weight";
  private static final int LENGTH = 200;

  @Override
  public String name() {
    return "too-bert";
  }

  @Override
  public String description() {
    return "TOO-BERT";
  }

  @Override
  public boolean recognises(Draft draft) {
    return BertParts.prefix(draft, TOKENS) != null;
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, TOKENS);
    draft.map("embeddings.word_embeddings.weight", prefix + TOKENS);
    draft.put("embeddings.visit_embeddings.weight", visits(draft, prefix));
    draft.both("embeddings.LayerNorm", prefix + "embedding.norm");
    encoder(draft, prefix + "encoder.");
    String root = BertParts.root(prefix);
    GruNames.map(draft, root + "gru.");
    draft.both("classifier.layers.0", root + "linear1");
    draft.both("classifier.layers.1", root + "linear2");
    if (isJoined(draft)) {
      HeadFinder.askTabularFirst(draft);
    }
    facts(draft);
  }

  private static void encoder(Draft draft, String encoder) {
    String heads = encoder + "attention.heads.{i}.";
    String layer = "encoder.layer.0.";
    draft.both(layer + "attention.self.query", heads + "q");
    draft.both(layer + "attention.self.key", heads + "k");
    draft.both(layer + "attention.self.value", heads + "v");
    draft.both(layer + "attention.output.dense", encoder + "attention.linear");
    draft.both(layer + "attention.output.LayerNorm", encoder + "attention.norm");
    draft.both(layer + "intermediate.dense", encoder + "feed_forward.0");
    draft.both(layer + "output.dense", encoder + "feed_forward.3");
    draft.both(layer + "output.LayerNorm", encoder + "norm");
    long count =
        draft.names().stream()
            .filter(name -> name.startsWith(encoder + "attention.heads."))
            .filter(name -> name.endsWith(".q.weight"))
            .count();
    draft.fact("num_attention_heads", count);
  }

  /** Whether a layer reads more than what the one before it writes. */
  private static boolean isJoined(Draft draft) {
    Derived gru = draft.targets().get("gru.weight_hh_l0");
    Derived first = draft.targets().get("classifier.layers.0.weight");
    Derived second = draft.targets().get("classifier.layers.1.weight");
    return Stream.of(gru, first, second).allMatch(layer -> layer != null && layer.isMatrix())
        && (first.columns() > 2 * gru.columns() || second.columns() > first.rows());
  }

  /** Segment and sinusoid both follow from the visit. */
  private static Derived visits(Draft draft, String prefix) {
    Derived segments = draft.takeTable(prefix + "embedding.segment_emb.weight");
    boolean doubled =
        draft
            .options()
            .word("sinusoid", List.of("standard", "doubled_exponent"))
            .equals("doubled_exponent");
    draft.askUnlessChecked(
        "import.sinusoid",
        "standard",
        "of the visits' waves: standard if sine and cosine of a pair share their frequency,"
            + " doubled_exponent if column c has 10000^(-2c/d)");
    int d = segments.columns();
    IntFunction<double[]> wave = visit -> wave(visit, d, doubled);
    Derived waves = Derived.table(segments.rows(), d, "sinusoid(visit)", () -> wave);
    return segments.plusRows(waves, visit -> visit);
  }

  /**
   * Column c even: sin, odd: cos, of visit / 10000^(e/d); e is c, less 1 where odd. With a doubled
   * exponent e is 2c.
   */
  private static double[] wave(int visit, int d, boolean doubled) {
    double[] row = new double[d];
    for (int c = 0; c < d; c++) {
      double exponent = doubled ? 2 * c : c - c % 2;
      double angle = visit / StrictMath.pow(10000, exponent / d);
      row[c] = c % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
    }
    return row;
  }

  private static void facts(Draft draft) {
    draft.fact("hidden_act", "gelu");
    draft.fact("residual", false);
    draft.fact("attention_scale", "sequence_length");
    draft.fact("attention_mask_value", -1e9);
    draft.fact("embedding_inputs", Map.of("visit", "learned"));
    draft.fact("visit_index", "at_sep");
    draft.fact("pooling", "bigru");
    draft.fact("gru_read", "last_position");
    draft.fact("gru_over", "all");
    draft.fact("classifier", Map.of("activation", "relu"));
    draft.assume("layer_norm_eps", 1e-5, "PyTorch's own");
    draft.assume("max_position_embeddings", LENGTH, "TOO-BERT's own");
    draft.assume("cls_token_id", 0, "TOO-BERT's own");
    draft.assume("pad_token_id", 1, "TOO-BERT's own");
    draft.assume("mask_token_id", 2, "TOO-BERT's own");
    draft.assume("sep_token_id", 3, "TOO-BERT's own");
    draft.assume("unk_token_id", 4, "TOO-BERT's own");
  }
}
