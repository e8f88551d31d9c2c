package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/** The inputs one behind the other along an axis; rule: each gets its part of {@code gy}. */
final class Concat implements Operator {
  private final long axis;

  Concat(Node node) {
    node.takes(Math.max(1, node.inputs()), node.inputs());
    axis = node.integer("axis", 1);
  }

  private static int inner(NdArray x, int along) {
    int[] shape = x.shape();
    return Shapes.size(Arrays.copyOfRange(shape, along, shape.length));
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    int along = Shapes.axis(axis, x[0].rank());
    int[] shape = x[0].shape();
    for (int k = 1; k < x.length; k++) {
      int[] other = x[k].shape();
      if (other.length == shape.length) {
        shape[along] = Math.addExact(shape[along], other[along]);
        other[along] = shape[along];
      }
      if (!Arrays.equals(other, shape)) {
        throw new InvalidInputException(x[k] + " does not fit behind " + x[0]);
      }
    }
    int size = Shapes.size(shape);
    Object to = type.isFloating() ? new double[size] : new long[size];
    int outer = Shapes.size(Arrays.copyOf(shape, along));
    int place = 0;
    for (int o = 0; o < outer; o++) {
      for (NdArray part : x) {
        int n = inner(part, along);
        Object from = type.isFloating() ? part.doubles() : part.longs();
        System.arraycopy(from, o * n, to, place, n);
        place += n;
      }
    }
    return new NdArray[] {
      type.isFloating()
          ? NdArray.of(type, (double[]) to, shape)
          : NdArray.of(type, (long[]) to, shape)
    };
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int along = Shapes.axis(axis, x[0].rank());
    int outer = Shapes.size(Arrays.copyOf(x[0].shape(), along));
    int row = inner(y[0], along);
    int start = 0;
    for (int k = 0; k < x.length; k++) {
      int n = inner(x[k], along);
      double[] g = new double[x[k].size()];
      for (int o = 0; o < outer; o++) {
        System.arraycopy(flow.of(0), o * row + start, g, o * n, n);
      }
      flow.give(k, g);
      start += n;
    }
  }
}
