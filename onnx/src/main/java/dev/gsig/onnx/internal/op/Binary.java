package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** A function of two elements, with broadcasting. */
abstract class Binary implements Operator {
  Binary(Node node) {
    node.takes(2, 2);
  }

  double value(double a, double b) {
    throw new InvalidInputException("is not defined for floating numbers");
  }

  /** The derivative by {@code a}, where the value is {@code y}. */
  double slopeA(double a, double b, double y) {
    throw new IllegalStateException(getClass().getSimpleName());
  }

  /** The derivative by {@code b}, where the value is {@code y}. */
  double slopeB(double a, double b, double y) {
    throw new IllegalStateException(getClass().getSimpleName());
  }

  /** The function of whole numbers. */
  long value(ElementType type, long a, long b) {
    throw new InvalidInputException("is not defined for whole numbers");
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    int[] shape = Broadcast.shape(x);
    int[] at = Broadcast.index(x[0], shape);
    int[] bt = Broadcast.index(x[1], shape);
    if (!type.isFloating()) {
      long[] a = x[0].longs();
      long[] b = x[1].longs();
      long[] y = new long[at.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = value(type, a[at[i]], b[bt[i]]);
      }
      return new NdArray[] {NdArray.of(type, y, shape)};
    }
    double[] a = x[0].doubles();
    double[] b = x[1].doubles();
    double[] y = new double[at.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = value(a[at[i]], b[bt[i]]);
    }
    return new NdArray[] {NdArray.of(type, y, shape)};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int[] at = Broadcast.index(x[0], y[0].shape());
    int[] bt = Broadcast.index(x[1], y[0].shape());
    double[] a = x[0].numbers();
    double[] b = x[1].numbers();
    double[] out = y[0].doubles();
    for (int input = 0; input < 2; input++) {
      if (!flow.wants(input)) {
        continue;
      }
      double[] g = flow.of(0).clone();
      for (int i = 0; i < g.length; i++) {
        double p = a[at[i]];
        double q = b[bt[i]];
        g[i] *= input == 0 ? slopeA(p, q, out[i]) : slopeB(p, q, out[i]);
      }
      flow.give(input, Broadcast.sum(g, input == 0 ? at : bt, x[input].size()));
    }
  }
}
