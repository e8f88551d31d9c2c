package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * With further elements before and behind: constant, or those of the input mirrored, repeated or in
 * circles; rule: {@code gy} back in place.
 */
final class Pad extends Movement {
  private final String mode;
  private final long[] pads;
  private final double constant;

  Pad(Node node) {
    boolean asInput = node.opset() >= 11;
    node.takes(asInput ? 2 : 1, asInput ? 4 : 1);
    mode = node.word("mode", "constant", "reflect", "edge", "wrap");
    pads = asInput ? null : node.integers("pads");
    constant = asInput ? 0 : node.number("value", 0);
  }

  @Override
  double fill(NdArray[] x) {
    return x.length > 2 && x[2] != null ? x[2].number(0) : constant;
  }

  @Override
  Origin origin(NdArray[] x) {
    int rank = x[0].rank();
    long[] sizes = Axes.read(pads, x, 1);
    long[] axes = Axes.read(null, x, 3);
    int padded = axes == null ? rank : axes.length;
    if (sizes == null || sizes.length != 2 * padded) {
      throw new InvalidInputException("\"pads\" does not fit " + x[0]);
    }
    int[] before = new int[rank];
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = x[0].dim(i);
    }
    for (int i = 0; i < padded; i++) {
      int axis = Shapes.axis(axes == null ? i : axes[i], rank);
      before[axis] = Math.toIntExact(sizes[i]);
      shape[axis] = Math.addExact(shape[axis], Math.addExact(sizes[i], sizes[padded + i]));
    }
    int[] to = Shapes.of(shape);
    int[] strides = Shapes.strides(x[0].shape());
    int[] own = Shapes.strides(to);
    int[] source = new int[Shapes.size(to)];
    for (int i = 0; i < source.length; i++) {
      int place = 0;
      for (int axis = 0; axis < rank && place >= 0; axis++) {
        int at = from(i / own[axis] % to[axis] - before[axis], x[0].dim(axis));
        place = at < 0 ? -1 : place + at * strides[axis];
      }
      source[i] = place;
    }
    return new Origin(to, source);
  }

  /** Which of {@code n} elements stands at an index that may lie outside. */
  private int from(int index, int n) {
    if ((index >= 0 && index < n) || n == 0) {
      return n == 0 ? -1 : index;
    }
    return switch (mode) {
      case "edge" -> index < 0 ? 0 : n - 1;
      case "wrap" -> Math.floorMod(index, n);
      case "reflect" -> {
        int period = Math.max(1, 2 * n - 2);
        int at = Math.floorMod(index, period);
        yield at < n ? at : period - at;
      }
      default -> -1;
    };
  }
}
