package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** A function of any number of elements, with broadcasting, taken two at a time. */
abstract class Variadic implements Operator {
  private final int count;

  Variadic(Node node) {
    count = node.inputs();
    node.takes(Math.max(1, count), count);
  }

  int count() {
    return count;
  }

  abstract double both(double a, double b);

  abstract long both(ElementType type, long a, long b);

  /** What the function of all is divided by. */
  double divisor() {
    return 1;
  }

  /** How much of the gradient an element gets that is {@code x} where the result is {@code y}. */
  abstract double share(double x, double y);

  @Override
  public final NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    int[] shape = Broadcast.shape(x);
    if (!type.isFloating()) {
      long[] y = x[0].picked(Broadcast.index(x[0], shape), 0, shape).longs().clone();
      for (int k = 1; k < x.length; k++) {
        int[] at = Broadcast.index(x[k], shape);
        for (int i = 0; i < y.length; i++) {
          y[i] = both(type, y[i], x[k].longs()[at[i]]);
        }
      }
      return new NdArray[] {NdArray.of(type, y, shape)};
    }
    double[] y = x[0].picked(Broadcast.index(x[0], shape), 0, shape).doubles().clone();
    for (int k = 1; k < x.length; k++) {
      int[] at = Broadcast.index(x[k], shape);
      double[] b = x[k].doubles();
      for (int i = 0; i < y.length; i++) {
        y[i] = both(y[i], b[at[i]]);
      }
    }
    for (int i = 0; i < y.length; i++) {
      y[i] /= divisor();
    }
    return new NdArray[] {NdArray.of(type, y, shape)};
  }

  @Override
  public final boolean passes(int input) {
    return true;
  }

  /** What several inputs reach at once is parted evenly among them. */
  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int[] shape = y[0].shape();
    double[] out = y[0].doubles();
    double[] shares = new double[out.length];
    int[][] index = new int[x.length][];
    for (int k = 0; k < x.length; k++) {
      index[k] = Broadcast.index(x[k], shape);
      for (int i = 0; i < shares.length; i++) {
        shares[i] += share(x[k].doubles()[index[k][i]], out[i]);
      }
    }
    for (int k = 0; k < x.length; k++) {
      double[] g = flow.of(0).clone();
      for (int i = 0; i < g.length; i++) {
        g[i] *= share(x[k].doubles()[index[k][i]], out[i]) / part(shares[i]);
      }
      flow.give(k, Broadcast.sum(g, index[k], x[k].size()));
    }
  }

  /** By what a share is divided, all of them together being {@code shares}. */
  double part(double shares) {
    return divisor();
  }
}
