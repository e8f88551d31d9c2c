package dev.gsig.attribution;

/** Mean of the input at each position over a validation set. */
enum ManifoldMean implements SequenceBaseline {
  /** Over all patients, PAD included. */
  ALL("manifold-mean") {
    @Override
    public double[] rows(PathEnd input) {
      return input.mean();
    }
  },
  /**
   * Over the patients who have a real token at the position; where none has, the mean of the PAD
   * tensors.
   */
  UNPADDED("manifold-mean-unpadded") {
    @Override
    public double[] rows(PathEnd input) {
      return input.meanOfRealTokens();
    }
  };

  private final String label;

  ManifoldMean(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean needsStatistics() {
    return true;
  }
}
