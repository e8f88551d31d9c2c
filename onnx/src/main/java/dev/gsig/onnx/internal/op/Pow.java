package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/**
 * {@code y = a^b} of a's type, whatever b's; rule: {@code ga = gy b a^(b - 1)}, {@code gb = gy y ln
 * a}, which is zero at {@code a = 0}.
 */
final class Pow extends Binary {
  Pow(Node node) {
    super(node);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = x[0].type();
    NdArray a = NdArray.of(ElementType.DOUBLE, x[0].numbers(), x[0].shape());
    NdArray b = NdArray.of(ElementType.DOUBLE, x[1].numbers(), x[1].shape());
    NdArray y = super.forward(new NdArray[] {a, b})[0];
    return new NdArray[] {Cast.to(type, y, false)};
  }

  @Override
  double value(double a, double b) {
    return b == 2 ? a * a : StrictMath.pow(a, b);
  }

  @Override
  double slopeA(double a, double b, double y) {
    return b == 0 ? 0 : b * value(a, b - 1);
  }

  @Override
  double slopeB(double a, double b, double y) {
    return a == 0 ? 0 : y * StrictMath.log(a);
  }
}
