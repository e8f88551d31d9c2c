package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** One of several elements; rule: {@code gy} goes to the input it is, evenly to equal ones. */
abstract class Selection extends Variadic {
  Selection(Node node) {
    super(node);
  }

  @Override
  final double share(double x, double y) {
    return x == y ? 1 : 0;
  }

  @Override
  final double part(double shares) {
    return Math.max(shares, 1);
  }
}
