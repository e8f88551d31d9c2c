package dev.gsig.attribution;

/** Where the path of the sequence input starts. */
public enum SequenceBaseline {
  /**
   * Mean of the attribution-point tensor at each position over the validation set, PAD included.
   */
  MANIFOLD_MEAN("manifold-mean"),
  /**
   * Mean of the attribution-point tensor at each position over the patients of the validation set
   * who have a real token there; where none has, the mean of the PAD tensors.
   */
  MANIFOLD_MEAN_UNPADDED("manifold-mean-unpadded"),
  /** Zero everywhere. */
  ZERO("zero"),
  /** Every position replaced by PAD and embedded anew. */
  PAD("pad"),
  /** Every position replaced by MASK and embedded anew. */
  MASK("mask"),
  /** Real codes replaced by PAD; CLS, SEP and PAD kept. */
  PAD_TRAJECTORY("pad-trajectory"),
  /**
   * Each of a bank of validation patients; of {@link PathMethods#EXPECTED_GRADIENTS}, its only one.
   */
  REFERENCES("references");

  private final String label;

  SequenceBaseline(String label) {
    this.label = label;
  }

  /** The name on the command line and in results. */
  public String label() {
    return label;
  }

  /** True if it needs statistics of a validation set. */
  public boolean needsStatistics() {
    return this == MANIFOLD_MEAN || this == MANIFOLD_MEAN_UNPADDED;
  }
}
