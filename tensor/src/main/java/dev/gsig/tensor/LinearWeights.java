package dev.gsig.tensor;

/**
 * Weight {@code W [outputs, inputs]} and bias {@code b [outputs]} of a linear layer, stored as its
 * backend likes them. Shared by all forks of the backend; {@link Backend#update(LinearWeights,
 * double[], double[])} alone changes them.
 */
public abstract class LinearWeights {
  private final int outputs;
  private final int inputs;
  private final boolean hasBias;

  /** Creates weights of the given size. */
  protected LinearWeights(int outputs, int inputs, boolean hasBias) {
    this.outputs = outputs;
    this.inputs = inputs;
    this.hasBias = hasBias;
  }

  /** False if it was made without a bias. */
  public final boolean hasBias() {
    return hasBias;
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
