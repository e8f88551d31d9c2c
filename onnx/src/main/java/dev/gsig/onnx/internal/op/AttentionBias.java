package dev.gsig.onnx.internal.op;

import static dev.gsig.onnx.internal.op.AttentionParts.input;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * What is added to the scores: a mask's numbers, and minus infinity where a mask says no, after a
 * causal position, and behind the keys there are.
 *
 * @param causal whether a query sees no later key
 * @param padsMask whether a mask may end before the keys, which hides the rest
 */
record AttentionBias(boolean causal, boolean padsMask) {
  static final int MASK = 3;
  static final int KEY_COUNTS = 6;

  /** Where in the mask each score of a head is, or -1 behind its end. */
  int[] maskIndex(NdArray mask, AttentionParts parts, int batch, int head) {
    int[] extents = {parts.q().batch(), parts.q().heads(), parts.rows(), parts.columns()};
    int[] strides = Shapes.strides(mask.shape());
    int[] steps = new int[4];
    int last = mask.rank() == 0 ? 1 : mask.dim(mask.rank() - 1);
    for (int i = 1; i <= Math.min(4, mask.rank()); i++) {
      int extent = mask.dim(mask.rank() - i);
      boolean isPadded = i == 1 && padsMask && extent < extents[3];
      if (extent != 1 && extent != extents[4 - i] && !isPadded) {
        throw new InvalidInputException("the mask " + mask + " does not fit its scores");
      }
      steps[4 - i] = extent == 1 && !isPadded ? 0 : strides[mask.rank() - i];
    }
    int start = batch * steps[0] + head * steps[1];
    int[] index = new int[parts.rows() * parts.columns()];
    for (int i = 0; i < index.length; i++) {
      int column = i % parts.columns();
      boolean isBehind = padsMask && mask.rank() > 0 && column >= last;
      index[i] = isBehind ? -1 : start + i / parts.columns() * steps[2] + column * steps[3];
    }
    return index;
  }

  /** What is added to the scores of a head, {@code [rows, columns]}. */
  double[] of(NdArray[] x, AttentionParts parts, int batch, int head) {
    double[] bias = new double[parts.rows() * parts.columns()];
    NdArray mask = input(x, MASK);
    NdArray counts = input(x, KEY_COUNTS);
    int[] index = mask == null ? null : maskIndex(mask, parts, batch, head);
    long keys = counts == null ? parts.columns() : counts.longs()[batch];
    long offset = counts == null ? parts.past() : keys - parts.rows();
    for (int i = 0; i < bias.length; i++) {
      int row = i / parts.columns();
      int column = i % parts.columns();
      boolean isHidden = (causal && row + offset < column) || column >= keys;
      if (mask != null && index[i] < 0) {
        isHidden = true;
      } else if (mask != null && mask.type() == ElementType.BOOL) {
        isHidden |= mask.longs()[index[i]] == 0;
      } else if (mask != null) {
        bias[i] = mask.doubles()[index[i]];
      }
      bias[i] = isHidden ? Double.NEGATIVE_INFINITY : bias[i];
    }
    return bias;
  }
}
