package dev.gsig.attribution;

import java.util.List;

/** The sequence baselines that the command line has names for. Another one is added here. */
public final class SequenceBaselines {
  /** Mean of each position over the validation set, PAD included. */
  public static final SequenceBaseline MANIFOLD_MEAN = ManifoldMean.ALL;

  /** Mean of each position over the validation patients who have a real token there. */
  public static final SequenceBaseline MANIFOLD_MEAN_UNPADDED = ManifoldMean.UNPADDED;

  /** Zero everywhere. */
  public static final SequenceBaseline ZERO = ZeroRows.ZERO;

  /** Every position replaced by PAD and embedded anew. */
  public static final SequenceBaseline PAD = ReplacedTokens.PAD;

  /** Every position replaced by MASK and embedded anew. */
  public static final SequenceBaseline MASK = ReplacedTokens.MASK;

  /** Real codes replaced by PAD; CLS, SEP and PAD kept. */
  public static final SequenceBaseline PAD_TRAJECTORY = ReplacedTokens.PAD_TRAJECTORY;

  /** Each of a bank of validation patients; of methods that use references, their only one. */
  public static final SequenceBaseline REFERENCES = ReferenceRows.REFERENCES;

  /**
   * The patient's own rows: the sequence is held, its attributions are zero. Not listed, for
   * nothing could be said of codes; where inputs are held, {@link ExplainOptions#fixed}, results
   * name it.
   */
  public static final SequenceBaseline SELF = OwnRows.SELF;

  private static final List<SequenceBaseline> NAMED =
      List.of(MANIFOLD_MEAN, MANIFOLD_MEAN_UNPADDED, ZERO, PAD, MASK, PAD_TRAJECTORY, REFERENCES);

  private SequenceBaselines() {}

  /** All that one may choose, in the order in which they are listed for people. */
  public static List<SequenceBaseline> named() {
    return NAMED;
  }
}
