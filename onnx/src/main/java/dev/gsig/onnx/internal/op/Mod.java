package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/**
 * The remainder of {@code a / b}: of a's sign with {@code fmod}, else, for whole numbers, of b's;
 * rule: {@code ga = gy}, {@code gb = -gy trunc(a / b)}.
 */
final class Mod extends Binary {
  private final boolean fmod;

  Mod(Node node) {
    super(node);
    fmod = node.flag("fmod", false);
  }

  @Override
  double value(double a, double b) {
    if (!fmod) {
      throw new InvalidInputException("floating numbers need \"fmod\" 1");
    }
    return a % b;
  }

  @Override
  long value(ElementType type, long a, long b) {
    if (!type.isSigned()) {
      return Long.remainderUnsigned(a, b);
    }
    return fmod ? a % b : Math.floorMod(a, b);
  }

  @Override
  double slopeA(double a, double b, double y) {
    return 1;
  }

  @Override
  double slopeB(double a, double b, double y) {
    return -Math.rint((a - y) / b);
  }
}
