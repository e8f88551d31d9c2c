package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;

/** The upper or lower triangle of matrices, zeros elsewhere; rule: {@code gy} of the triangle. */
final class Trilu extends Movement {
  private final boolean upper;

  Trilu(Node node) {
    node.takes(1, 2);
    upper = node.flag("upper", true);
  }

  @Override
  Origin origin(NdArray[] x) {
    long k = x.length > 1 && x[1] != null ? x[1].longs()[0] : 0;
    int cols = x[0].dim(x[0].rank() - 1);
    int rows = x[0].dim(x[0].rank() - 2);
    int[] source = new int[x[0].size()];
    for (int i = 0; i < source.length; i++) {
      long off = (long) i % cols - i / cols % rows;
      source[i] = (upper ? off >= k : off <= k) ? i : -1;
    }
    return new Origin(x[0].shape(), source);
  }
}
