package dev.gsig.tensor;

/**
 * Scale {@code gamma [size]}, shift {@code beta [size]} and {@code epsilon} of a layer norm, stored
 * as its backend likes them. Shared by all forks of the backend; {@link Backend#update(NormWeights,
 * double[], double[])} alone changes them.
 */
public abstract class NormWeights {
  private final int size;

  /** Creates weights for {@code size} features. */
  protected NormWeights(int size) {
    this.size = size;
  }

  /** Number of features. */
  public final int size() {
    return size;
  }
}
