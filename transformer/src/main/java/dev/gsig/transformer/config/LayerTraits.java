package dev.gsig.transformer.config;

import java.util.List;

/**
 * What layers of decoders and modern encoders have that BERT's have not.
 *
 * @param causal whether a row sees itself and those before it alone
 * @param keyValueHeads heads of keys and values, each for several of the queries'
 * @param window how far a row sees in layers that have one; null if none has
 * @param sliding for each layer whether it has the window
 * @param rotary rotary positions; null for none
 * @param alibi whether scores fall with the distance (ALiBi, Press et al. 2022)
 * @param hideSameTime whether a row does not see those at the time of the row behind it (Delphi)
 * @param norm all norms of the model
 * @param gated whether the feed-forward part is {@code output(act(gate x) * up x)} (Shazeer 2020)
 * @param parallel whether attention and feed-forward read the same rows: {@code x + a(N x) + f(M
 *     x)}
 * @param sharedNorm whether both read the one norm of a parallel layer
 * @param firstAttentionNorm whether the first layer has a norm before its attention (not in
 *     ModernBERT)
 */
public record LayerTraits(
    boolean causal,
    int keyValueHeads,
    Integer window,
    List<Boolean> sliding,
    Rotary rotary,
    boolean alibi,
    boolean hideSameTime,
    NormKind norm,
    boolean gated,
    boolean parallel,
    boolean sharedNorm,
    boolean firstAttentionNorm) {
  /** Copies the list. */
  public LayerTraits {
    sliding = List.copyOf(sliding);
  }

  /** Whether a layer, counted from 0, has the norm before or behind its attention. */
  public boolean hasAttentionNorm(int layer) {
    return layer > 0 || firstAttentionNorm;
  }

  /** Whether rows turn, or are hidden, by the time input. */
  public boolean readsTimes() {
    return hideSameTime || (rotary != null && rotary.over() == Rotary.Over.TIME);
  }
}
