package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** A function of each element. */
abstract class Unary implements Operator {
  Unary(Node node) {
    node.takes(1, 1);
  }

  abstract double value(double x);

  /** The derivative at {@code x}, where the value is {@code y}. */
  double slope(double x, double y) {
    throw new IllegalStateException(getClass().getSimpleName());
  }

  /** The function of a whole number. */
  long value(long x) {
    throw new InvalidInputException("is not defined for whole numbers");
  }

  @Override
  public final NdArray[] forward(NdArray[] x) {
    ElementType type = x[0].type();
    if (!type.isFloating()) {
      long[] y = x[0].longs().clone();
      for (int i = 0; i < y.length; i++) {
        y[i] = value(y[i]);
      }
      return new NdArray[] {NdArray.of(type, y, x[0].shape())};
    }
    double[] y = x[0].doubles().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = value(y[i]);
    }
    return new NdArray[] {NdArray.of(type, y, x[0].shape())};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    double[] in = x[0].doubles();
    double[] out = y[0].doubles();
    double[] gx = flow.of(0).clone();
    for (int i = 0; i < gx.length; i++) {
      gx[i] *= slope(in[i], out[i]);
    }
    flow.give(0, gx);
  }
}
