package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/**
 * Numbers in another type, fractions cut off in whole ones; rule: {@code gx = gy}. To and from
 * whole numbers and truth values no gradient passes.
 */
final class Cast implements Operator {
  private final ElementType to;
  private final boolean saturate;

  Cast(Node node) {
    node.takes(1, 1);
    to = ElementType.of(node.integer("to", 0));
    saturate = node.opset() < 19 || node.flag("saturate", true);
    if (node.opset() >= 24) {
      node.text("round_mode", "up"); // of FLOAT8E8M0 alone, which is no type here
    }
  }

  static NdArray to(ElementType to, NdArray x, boolean saturate) {
    boolean clips = saturate && to.bits() <= 8;
    if (to.isFloating() && x.type().isFloating() && !clips) {
      return NdArray.of(to, x.doubles(), x.shape());
    }
    int n = x.size();
    if (to.isFloating()) {
      double[] y = new double[n];
      for (int i = 0; i < n; i++) {
        y[i] = clips ? to.saturate(x.number(i)) : x.number(i);
      }
      return NdArray.of(to, y, x.shape());
    }
    long[] y = new long[n];
    for (int i = 0; i < n; i++) {
      y[i] = x.type().isFloating() ? to.toLong(x.doubles()[i]) : to.wrap(x.longs()[i]);
    }
    return NdArray.of(to, y, x.shape());
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return new NdArray[] {to(to, x[0], saturate)};
  }

  @Override
  public boolean passes(int input) {
    return to.isFloating();
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, flow.of(0));
  }
}
