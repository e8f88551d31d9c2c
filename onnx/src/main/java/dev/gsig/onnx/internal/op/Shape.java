package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import java.util.stream.IntStream;

/** The extents, of some axes. No gradient. */
final class Shape implements Operator {
  private final long start;
  private final long end;

  Shape(Node node) {
    node.takes(1, 1);
    start = node.opset() >= 15 ? node.integer("start", 0) : 0;
    end = node.opset() >= 15 ? node.integer("end", Long.MAX_VALUE) : Long.MAX_VALUE;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int rank = x[0].rank();
    int from = bound(start, rank);
    int to = Math.max(from, bound(end, rank));
    return new NdArray[] {
      NdArray.indices(IntStream.range(from, to).mapToLong(x[0]::dim).toArray())
    };
  }

  private static int bound(long index, int rank) {
    return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }
}
