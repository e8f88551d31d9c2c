package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * A further axis in which one value stands at each index, and another one elsewhere. No gradient.
 */
final class OneHot implements Operator {
  private final long axis;

  OneHot(Node node) {
    node.takes(3, 3);
    axis = node.integer("axis", -1);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int depth = Shapes.of((long) x[1].number(0))[0];
    int rank = x[0].rank() + 1;
    int along = Shapes.axis(axis, rank);
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = i == along ? depth : x[0].dim(i < along ? i : i - 1);
    }
    int inner = Shapes.strides(shape)[along];
    int[] source = new int[Shapes.size(shape)];
    for (int i = 0; i < x[0].size(); i++) {
      double index = x[0].number(i);
      double at = index < 0 ? index + depth : index;
      if (at >= 0 && at < depth) {
        source[(i / inner * depth + (int) at) * inner + i % inner] = 1;
      }
    }
    return new NdArray[] {x[2].picked(source, 0, shape)};
  }
}
