package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Without axes of extent 1, those given or all; rule: {@code gx = gy}. */
final class Squeeze extends Reshaping {
  private final long[] axes;

  Squeeze(Node node) {
    boolean asInput = node.opset() >= 13;
    node.takes(1, asInput ? 2 : 1);
    axes = asInput ? null : node.integers("axes");
  }

  @Override
  int[] shape(NdArray[] x) {
    int[] shape = x[0].shape();
    long[] given = Axes.read(axes, x, 1);
    Set<Integer> gone = new HashSet<>();
    if (given != null) {
      for (int axis : Axes.of(given, shape.length)) {
        if (shape[axis] != 1) {
          throw new InvalidInputException("axis " + axis + " of " + x[0] + " is not of extent 1");
        }
        gone.add(axis);
      }
    }
    return IntStream.range(0, shape.length)
        .filter(i -> given == null ? shape[i] != 1 : !gone.contains(i))
        .map(i -> shape[i])
        .toArray();
  }
}
