package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Parts along an axis; rule: the gradients of the parts one behind the other. */
final class Split implements Operator {
  private final long axis;
  private final long[] sizes;
  private final int parts;

  Split(Node node) {
    boolean asInput = node.opset() >= 13;
    node.takes(1, asInput ? 2 : 1);
    axis = node.integer("axis", 0);
    sizes = asInput ? null : node.integers("split");
    parts = node.outputs();
    if (node.opset() >= 18 && node.integer("num_outputs", parts) != parts) {
      throw new InvalidInputException("\"num_outputs\" is not the number of outputs");
    }
  }

  private int[] sizes(NdArray[] x, int n) {
    long[] given = Axes.read(sizes, x, 1);
    if (given == null) {
      int each = (n + parts - 1) / parts;
      return IntStream.range(0, parts)
          .map(i -> Math.max(0, Math.min(each, n - i * each)))
          .toArray();
    }
    if (given.length != parts
        || Arrays.stream(given).anyMatch(s -> s < 0 || s > n)
        || Arrays.stream(given).sum() != n) {
      throw new InvalidInputException("the sizes of the parts do not fit " + x[0]);
    }
    return Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
  }

  /** For each part where its elements come from. */
  private List<Movement.Origin> origins(NdArray[] x) {
    int along = Shapes.axis(axis, x[0].rank());
    int[] strides = Shapes.strides(x[0].shape());
    List<Movement.Origin> origins = new ArrayList<>();
    int start = 0;
    for (int size : sizes(x, x[0].dim(along))) {
      int[] shape = x[0].shape();
      shape[along] = size;
      origins.add(new Movement.Origin(shape, Shapes.walk(shape, strides, start * strides[along])));
      start += size;
    }
    return origins;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return origins(x).stream()
        .map(part -> x[0].picked(part.source(), 0, part.shape()))
        .toArray(NdArray[]::new);
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    double[] gx = new double[x[0].size()];
    List<Movement.Origin> origins = origins(x);
    for (int k = 0; k < parts; k++) {
      if (y[k] != null) {
        double[] back = Movement.returned(flow.of(k), origins.get(k).source(), gx.length);
        for (int i = 0; i < gx.length; i++) {
          gx[i] += back[i];
        }
      }
    }
    flow.give(0, gx);
  }
}
