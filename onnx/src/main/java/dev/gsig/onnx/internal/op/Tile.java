package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** Repeated along each axis; rule: {@code gx} is the sum of {@code gy} of repetitions. */
final class Tile extends Movement {
  Tile(Node node) {
    node.takes(2, 2);
  }

  @Override
  Origin origin(NdArray[] x) {
    long[] repeats = x[1].longs();
    int rank = x[0].rank();
    if (repeats.length != rank) {
      throw new InvalidInputException(repeats.length + " repeats do not fit " + x[0]);
    }
    int[] strides = Shapes.strides(x[0].shape());
    int[] split = new int[2 * rank];
    int[] steps = new int[2 * rank];
    int[] shape = new int[rank];
    int[] times = Shapes.of(repeats);
    for (int i = 0; i < rank; i++) {
      split[2 * i] = times[i];
      split[2 * i + 1] = x[0].dim(i);
      steps[2 * i + 1] = strides[i];
      shape[i] = Math.multiplyExact(times[i], x[0].dim(i));
    }
    return new Origin(shape, Shapes.walk(split, steps, 0));
  }
}
