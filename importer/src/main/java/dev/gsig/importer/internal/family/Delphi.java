package dev.gsig.importer.internal.family;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Delphi (Shmatko et al., Nature 2025): nanoGPT's names with waves of the age behind a linear
 * layer, {@code wae}, in place of positions. Events of one time may be hidden from each other.
 */
final class Delphi extends Decoder {
  private static final String AGES = "wae.linear.weight";
  private static final Pattern WAVES = Pattern.compile("(^|\\.)wae\\.div_term$|^pi_head\\.");

  Delphi() {
    super("delphi", "Delphi", AGES);
  }

  @Override
  boolean recognises(Draft draft, String prefix) {
    return draft.has(prefix + "wte.weight") && draft.has(prefix + "h.0.attn.c_attn.weight");
  }

  @Override
  void apply(Draft draft, String prefix) {
    Gpt2.blocks(draft, prefix);
    draft.both("embeddings.time_embeddings", prefix + "wae.linear");
    draft.pass(WAVES);
    draft.fact("embedding_inputs", Map.of("time", "sinusoidal_linear"));
    draft.fact("time_span", "since_birth");
    draft.fact("time_unit", "years");
    draft.fact("time_transform", "none");
    draft.fact("time_special_tokens", "visit");
    HuggingFaceKeys keys = Gpt2.keys(draft, true);
    draft.assume("hidden_act", "gelu_new", "Delphi's own");
    draft.assume("pad_token_id", 0L, "Delphi's own");
    draft.assume("embedding_scale", 1L, "1 - token_dropout, of which Delphi's default is 0");
    if (draft.options().gives("mask_ties")) {
      keys.take("mask_ties", "hide_same_time", null);
    } else {
      draft.askUnlessChecked(
          "hide_same_time",
          false,
          "true if events at the time of the next one are hidden, as in training with mask_ties;"
              + " false as where Delphi generates");
    }
    NextToken.head(draft, keys, true);
  }
}
