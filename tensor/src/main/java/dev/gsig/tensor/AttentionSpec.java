package dev.gsig.tensor;

/**
 * What scaled dot-product attention needs to know besides its tensors.
 *
 * @param heads number of heads
 * @param headSize width of each head
 * @param scale factor on the scores before masking, usually {@code 1/sqrt(headSize)}
 * @param maskValue added to the scaled score of a masked key; negative infinity removes the key
 */
public record AttentionSpec(int heads, int headSize, double scale, double maskValue) {
  public AttentionSpec {
    if (heads < 1 || headSize < 1) {
      throw new IllegalArgumentException("heads and head size must be positive");
    }
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("scale must be finite");
    }
    if (Double.isNaN(maskValue) || maskValue == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("mask value must be finite or negative infinity");
    }
  }

  /** Width of all heads together. */
  public int width() {
    return heads * headSize;
  }

  /** True when masked keys take no part at all, so that they need not be computed. */
  public boolean removesMaskedKeys() {
    return maskValue == Double.NEGATIVE_INFINITY;
  }

  /**
   * Shape of probabilities, for a backend that keeps them: {@code [batch*heads, queries, keys
   * rounded up to 16]}.
   */
  public Shape probabilities(Shape query, Shape keyValue) {
    return new Shape(query.batch() * heads, query.rows(), (keyValue.rows() + 15) / 16 * 16);
  }
}
