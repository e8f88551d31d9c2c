package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;

/** {@link Scattering} of one element for each index along an axis. */
final class ScatterElements extends Scattering {
  private final long axis;

  ScatterElements(Node node) {
    super(node);
    axis = node.integer("axis", 0);
  }

  @Override
  int[] targets(NdArray[] x) {
    return GatherElements.places(x[0], x[1], axis);
  }
}
