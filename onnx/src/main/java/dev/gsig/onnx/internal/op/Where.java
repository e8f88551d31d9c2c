package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/**
 * {@code y = a} where the condition holds, else {@code b}; rule: {@code gy} goes to the one taken.
 */
final class Where implements Operator {
  Where(Node node) {
    node.takes(3, 3);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x[1], x[2]);
    int[] shape = Broadcast.shape(x);
    long[] condition = x[0].longs();
    int[] ct = Broadcast.index(x[0], shape);
    int[] at = Broadcast.index(x[1], shape);
    int[] bt = Broadcast.index(x[2], shape);
    if (!type.isFloating()) {
      long[] y = new long[ct.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = condition[ct[i]] != 0 ? x[1].longs()[at[i]] : x[2].longs()[bt[i]];
      }
      return new NdArray[] {NdArray.of(type, y, shape)};
    }
    double[] y = new double[ct.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = condition[ct[i]] != 0 ? x[1].doubles()[at[i]] : x[2].doubles()[bt[i]];
    }
    return new NdArray[] {NdArray.of(type, y, shape)};
  }

  @Override
  public boolean passes(int input) {
    return input > 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int[] shape = y[0].shape();
    int[] ct = Broadcast.index(x[0], shape);
    for (int input = 1; input <= 2; input++) {
      double[] g = flow.of(0).clone();
      for (int i = 0; i < g.length; i++) {
        boolean isTaken = (x[0].longs()[ct[i]] != 0) == (input == 1);
        g[i] = isTaken ? g[i] : 0;
      }
      flow.give(input, Broadcast.sum(g, Broadcast.index(x[input], shape), x[input].size()));
    }
  }
}
