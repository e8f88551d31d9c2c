package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;

/** Whether something does not hold. No gradient. */
final class Not extends Unary {
  Not(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    throw new InvalidInputException("takes truth values");
  }

  @Override
  long value(long x) {
    return 1 - x;
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
