package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** {@code start, start + delta, ...} before {@code limit}. No gradient. */
final class Range implements Operator {
  Range(Node node) {
    node.takes(3, 3);
    if (node.opset() >= 27) {
      node.integer("stash_type", 1); // sums are of 53 bits here
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    if (!type.isFloating()) {
      long start = x[0].longs()[0];
      long delta = x[2].longs()[0];
      if (delta == 0) {
        throw new InvalidInputException("the step is 0");
      }
      long span = Math.subtractExact(x[1].longs()[0], start);
      long count = span == 0 || span > 0 != delta > 0 ? 0 : (span - Long.signum(delta)) / delta + 1;
      long[] y = new long[Shapes.of(count)[0]];
      for (int i = 0; i < y.length; i++) {
        y[i] = start + i * delta;
      }
      return new NdArray[] {NdArray.of(type, y, y.length)};
    }
    double start = x[0].doubles()[0];
    double delta = x[2].doubles()[0];
    double count = Math.ceil((x[1].doubles()[0] - start) / delta);
    double[] y = new double[Shapes.of(count > 0 ? (long) count : 0)[0]];
    for (int i = 0; i < y.length; i++) {
      y[i] = start + i * delta;
    }
    return new NdArray[] {NdArray.of(type, y, y.length)};
  }
}
