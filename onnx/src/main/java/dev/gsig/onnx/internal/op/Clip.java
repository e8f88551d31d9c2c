package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** {@code y = min(max(x, low), high)}; rule: {@code gx = gy} where {@code y = x}. */
final class Clip implements Operator {
  private final Double low;
  private final Double high;

  Clip(Node node) {
    boolean asInput = node.opset() >= 11;
    node.takes(1, asInput ? 3 : 1);
    low = asInput ? null : (Double) node.number("min", Double.NEGATIVE_INFINITY);
    high = asInput ? null : (Double) node.number("max", Double.POSITIVE_INFINITY);
  }

  private static NdArray bound(NdArray[] x, int input) {
    return x.length > input ? x[input] : null;
  }

  private static double bound(NdArray[] x, int input, Double attribute, double none) {
    NdArray given = bound(x, input);
    return attribute != null ? attribute : given == null ? none : given.doubles()[0];
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = x[0].type();
    if (!type.isFloating()) {
      long[] y = x[0].longs().clone();
      for (int i = 0; i < y.length; i++) {
        NdArray least = bound(x, 1);
        NdArray most = bound(x, 2);
        y[i] = least != null && type.compare(y[i], least.longs()[0]) < 0 ? least.longs()[0] : y[i];
        y[i] = most != null && type.compare(y[i], most.longs()[0]) > 0 ? most.longs()[0] : y[i];
      }
      return new NdArray[] {NdArray.of(type, y, x[0].shape())};
    }
    double least = bound(x, 1, low, Double.NEGATIVE_INFINITY);
    double most = bound(x, 2, high, Double.POSITIVE_INFINITY);
    double[] y = x[0].doubles().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.min(Math.max(y[i], least), most);
    }
    return new NdArray[] {NdArray.of(type, y, x[0].shape())};
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    double[] gx = flow.of(0).clone();
    for (int i = 0; i < gx.length; i++) {
      gx[i] = x[0].doubles()[i] == y[0].doubles()[i] ? gx[i] : 0;
    }
    flow.give(0, gx);
  }
}
