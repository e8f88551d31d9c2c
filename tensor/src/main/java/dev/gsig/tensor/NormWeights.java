package dev.gsig.tensor;

/**
 * Scale {@code gamma [size]}, shift {@code beta [size]} and {@code epsilon} of a layer norm, stored
 * as its backend likes them. Immutable, shared by all forks of the backend.
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
