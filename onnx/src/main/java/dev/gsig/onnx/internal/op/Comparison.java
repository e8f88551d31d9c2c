package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** Whether two elements stand in a relation, with broadcasting; with NaN none do. */
abstract class Comparison implements Operator {
  Comparison(Node node) {
    node.takes(2, 2);
  }

  /** Whether elements hold that are below, at or above each other. */
  abstract boolean holds(int order);

  @Override
  public final NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    int[] shape = Broadcast.shape(x);
    int[] at = Broadcast.index(x[0], shape);
    int[] bt = Broadcast.index(x[1], shape);
    long[] y = new long[at.length];
    for (int i = 0; i < y.length; i++) {
      boolean holds;
      if (type.isFloating()) {
        double a = x[0].doubles()[at[i]];
        double b = x[1].doubles()[bt[i]];
        holds = a == b ? holds(0) : a < b ? holds(-1) : a > b && holds(1);
      } else {
        holds = holds(type.compare(x[0].longs()[at[i]], x[1].longs()[bt[i]]));
      }
      y[i] = holds ? 1 : 0;
    }
    return new NdArray[] {NdArray.of(ElementType.BOOL, y, shape)};
  }
}
