package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/**
 * A copy of the first input in which elements of the third stand at places that the second names,
 * or are added, multiplied, or compared there; rule for those that replace: {@code gy} goes to
 * whichever stands there in the end; for those added: to both. With the other reductions no
 * gradient passes.
 */
abstract class Scattering implements Operator {
  private final String reduction;

  Scattering(Node node) {
    node.takes(3, 3);
    reduction =
        node.opset() >= 16 ? node.word("reduction", "none", "add", "mul", "max", "min") : "none";
  }

  /** For each element of the third input its place in the first. */
  abstract int[] targets(NdArray[] x);

  private int[] checked(NdArray[] x) {
    Broadcast.type(x[0], x[2]);
    int[] targets = targets(x);
    if (targets.length != x[2].size()) {
      throw new InvalidInputException("updates " + x[2] + " do not fit indices " + x[1]);
    }
    return targets;
  }

  @Override
  public final NdArray[] forward(NdArray[] x) {
    int[] targets = checked(x);
    ElementType type = x[0].type();
    if (!type.isFloating()) {
      long[] y = x[0].longs().clone();
      for (int i = 0; i < targets.length; i++) {
        y[targets[i]] = reduced(type, y[targets[i]], x[2].longs()[i]);
      }
      return new NdArray[] {NdArray.of(type, y, x[0].shape())};
    }
    double[] y = x[0].doubles().clone();
    for (int i = 0; i < targets.length; i++) {
      y[targets[i]] = reduced(y[targets[i]], x[2].doubles()[i]);
    }
    return new NdArray[] {NdArray.of(type, y, x[0].shape())};
  }

  private double reduced(double old, double update) {
    return switch (reduction) {
      case "add" -> old + update;
      case "mul" -> old * update;
      case "max" -> Math.max(old, update);
      case "min" -> Math.min(old, update);
      default -> update;
    };
  }

  private long reduced(ElementType type, long old, long update) {
    return switch (reduction) {
      case "add" -> old + update;
      case "mul" -> old * update;
      case "max" -> type.compare(old, update) > 0 ? old : update;
      case "min" -> type.compare(old, update) < 0 ? old : update;
      default -> update;
    };
  }

  @Override
  public final boolean passes(int input) {
    return input != 1 && (reduction.equals("none") || reduction.equals("add"));
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int[] targets = checked(x);
    double[] gx = flow.of(0).clone();
    double[] gu = new double[targets.length];
    for (int i = targets.length - 1; i >= 0; i--) {
      gu[i] = gx[targets[i]];
      if (reduction.equals("none")) {
        gx[targets[i]] = 0; // an earlier update of the same place was replaced
      }
    }
    flow.give(0, gx);
    flow.give(2, gu);
  }
}
