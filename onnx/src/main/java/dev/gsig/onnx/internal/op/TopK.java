package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The k largest or smallest elements along an axis, in order, and their indices; rule: {@code gy}
 * of an element goes to where it came from.
 */
final class TopK implements Operator {
  private final long axis;
  private final boolean largest;
  private final long most;

  TopK(Node node) {
    boolean asInput = node.opset() >= 10;
    node.takes(asInput ? 2 : 1, asInput ? 2 : 1);
    axis = node.integer("axis", -1);
    most = asInput ? -1 : node.integer("k", -1);
    largest = node.opset() < 11 || node.flag("largest", true);
    if (node.opset() >= 11) {
      node.flag("sorted", true); // in order, too, where any order would do
    }
  }

  private Movement.Origin origin(NdArray[] x) {
    int along = Shapes.axis(axis, x[0].rank());
    long k = most >= 0 ? most : x[1].longs()[0];
    if (k < 0 || k > x[0].dim(along)) {
      throw new InvalidInputException(k + " elements are more than there are");
    }
    int[] shape = x[0].shape();
    shape[along] = (int) k;
    Lanes from = Lanes.along(x[0].shape(), along);
    Lanes to = Lanes.along(shape, along);
    int[] source = new int[Shapes.size(shape)];
    for (int row = 0; row < from.rows(); row++) {
      int start = row * from.width();
      Comparator<Integer> order = (i, j) -> Extremum.compare(x[0], i, j);
      List<Integer> sorted =
          IntStream.range(start, start + from.width())
              .mapToObj(i -> from.index()[i])
              .sorted((largest ? order.reversed() : order).thenComparingInt(i -> i))
              .toList();
      for (int i = 0; i < k; i++) {
        source[to.index()[row * (int) k + i]] = sorted.get(i);
      }
    }
    return new Movement.Origin(shape, source);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    Movement.Origin origin = origin(x);
    int along = Shapes.axis(axis, x[0].rank());
    int stride = Shapes.strides(x[0].shape())[along];
    long[] indices =
        Arrays.stream(origin.source()).mapToLong(i -> i / stride % x[0].dim(along)).toArray();
    return new NdArray[] {
      x[0].picked(origin.source(), 0, origin.shape()),
      NdArray.of(ElementType.INT64, indices, origin.shape())
    };
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, Movement.returned(flow.of(0), origin(x).source(), x[0].size()));
  }
}
