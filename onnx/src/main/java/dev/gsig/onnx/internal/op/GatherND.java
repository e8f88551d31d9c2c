package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Slices by tuples of indices; rule: {@code gy} is added to the slices it came from. */
final class GatherND extends Movement {
  private final long batch;

  GatherND(Node node) {
    node.takes(2, 2);
    batch = node.opset() >= 12 ? node.integer("batch_dims", 0) : 0;
  }

  @Override
  Origin origin(NdArray[] x) {
    Tuples tuples = Tuples.of(x[0], x[1], Math.toIntExact(batch));
    int[] source = new int[Math.multiplyExact(tuples.starts().length, tuples.size())];
    for (int i = 0; i < source.length; i++) {
      source[i] = tuples.starts()[i / tuples.size()] + i % tuples.size();
    }
    int[] indices = Arrays.copyOf(x[1].shape(), x[1].rank() - 1);
    return new Origin(
        IntStream.concat(IntStream.of(indices), IntStream.of(tuples.rest())).toArray(), source);
  }
}
