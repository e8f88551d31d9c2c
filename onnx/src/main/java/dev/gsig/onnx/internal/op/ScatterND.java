package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;

/** {@link Scattering} of slices by tuples of indices. */
final class ScatterND extends Scattering {
  ScatterND(Node node) {
    super(node);
  }

  @Override
  int[] targets(NdArray[] x) {
    Tuples tuples = Tuples.of(x[0], x[1], 0);
    int[] targets = new int[Math.multiplyExact(tuples.starts().length, tuples.size())];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = tuples.starts()[i / tuples.size()] + i % tuples.size();
    }
    return targets;
  }
}
