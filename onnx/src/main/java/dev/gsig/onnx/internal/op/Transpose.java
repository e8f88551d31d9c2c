package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/** The axes in another order, reversed when none is given; rule: {@code gy} back in order. */
final class Transpose extends Movement {
  private final long[] order;

  Transpose(Node node) {
    node.takes(1, 1);
    order = node.integers("perm");
  }

  @Override
  Origin origin(NdArray[] x) {
    int rank = x[0].rank();
    int[] axes = order == null ? new int[rank] : new int[order.length];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = order == null ? rank - 1 - i : Shapes.axis(order[i], rank);
    }
    if (axes.length != rank || Arrays.stream(axes).distinct().count() != rank) {
      throw new InvalidInputException("\"perm\" does not order the axes of " + x[0]);
    }
    int[] strides = Shapes.strides(x[0].shape());
    int[] shape = Arrays.stream(axes).map(x[0]::dim).toArray();
    int[] steps = Arrays.stream(axes).map(i -> strides[i]).toArray();
    return new Origin(shape, Shapes.walk(shape, steps, 0));
  }
}
