package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Slices along an axis by their indices, as rows of an embedding table; rule: {@code gy} is added
 * to the rows it came from.
 */
final class Gather extends Movement {
  private final long axis;

  Gather(Node node) {
    node.takes(2, 2);
    axis = node.integer("axis", 0);
  }

  @Override
  Origin origin(NdArray[] x) {
    int along = Shapes.axis(axis, x[0].rank());
    int[] from = x[0].shape();
    int inner = Shapes.size(Arrays.copyOfRange(from, along + 1, from.length));
    int outer = Shapes.size(Arrays.copyOf(from, along));
    long[] indices = x[1].longs();
    int[] shape =
        Stream.of(
                Arrays.copyOf(from, along),
                x[1].shape(),
                Arrays.copyOfRange(from, along + 1, from.length))
            .flatMapToInt(IntStream::of)
            .toArray();
    int[] source = new int[Shapes.size(shape)];
    int to = 0;
    for (int o = 0; o < outer; o++) {
      for (long index : indices) {
        int start = (o * from[along] + Indices.within(index, from[along])) * inner;
        for (int i = 0; i < inner; i++) {
          source[to++] = start + i;
        }
      }
    }
    return new Origin(shape, source);
  }
}
