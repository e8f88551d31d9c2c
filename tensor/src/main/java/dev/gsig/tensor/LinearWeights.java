package dev.gsig.tensor;

/**
 * Weight {@code W [outputs, inputs]} and bias {@code b [outputs]} of a linear layer, stored as its
 * backend likes them. Immutable, shared by all forks of the backend.
 */
public abstract class LinearWeights {
  private final int outputs;
  private final int inputs;

  /** Creates weights of the given size. */
  protected LinearWeights(int outputs, int inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** Number of output features. */
  public final int outputs() {
    return outputs;
  }

  /** Number of input features. */
  public final int inputs() {
    return inputs;
  }
}
