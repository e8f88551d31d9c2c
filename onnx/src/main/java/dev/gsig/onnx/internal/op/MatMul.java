package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Products of matrices, the last two axes, with broadcasting of the others; one axis alone is a row
 * on the left and a column on the right. Rule: {@code gA = gY B'}, {@code gB = A' gY}.
 */
final class MatMul implements Operator {
  MatMul(Node node) {
    node.takes(2, 2);
  }

  /** Both inputs as stacks of matrices, and where the matrices of each product are. */
  private record Stacks(
      int rows,
      int inner,
      int columns,
      int[] at,
      int[] bt,
      int[] shape,
      boolean hasRow,
      boolean hasColumn) {
    static Stacks of(NdArray[] x) {
      int[] a = x[0].rank() == 1 ? new int[] {1, x[0].dim(0)} : x[0].shape();
      int[] b = x[1].rank() == 1 ? new int[] {x[1].dim(0), 1} : x[1].shape();
      if (a.length == 0 || b.length == 0 || a[a.length - 1] != b[b.length - 2]) {
        throw new InvalidInputException("the matrices " + x[0] + " and " + x[1] + " do not fit");
      }
      int[] outer =
          Shapes.broadcast(Arrays.copyOf(a, a.length - 2), Arrays.copyOf(b, b.length - 2));
      return new Stacks(
          a[a.length - 2],
          a[a.length - 1],
          b[b.length - 1],
          Shapes.broadcastIndex(Arrays.copyOf(a, a.length - 2), outer),
          Shapes.broadcastIndex(Arrays.copyOf(b, b.length - 2), outer),
          outer,
          x[0].rank() > 1,
          x[1].rank() > 1);
    }

    Product.Matrix a(double[] values, int product) {
      return new Product.Matrix(values, at[product] * rows * inner, inner, 1);
    }

    Product.Matrix b(double[] values, int product) {
      return new Product.Matrix(values, bt[product] * inner * columns, columns, 1);
    }

    Product.Matrix y(double[] values, int product) {
      return new Product.Matrix(values, product * rows * columns, columns, 1);
    }

    int[] result() {
      IntStream matrix =
          IntStream.concat(
              hasRow ? IntStream.of(rows) : IntStream.empty(),
              hasColumn ? IntStream.of(columns) : IntStream.empty());
      return IntStream.concat(IntStream.of(shape), matrix).toArray();
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    Stacks s = Stacks.of(x);
    double[] a = x[0].numbers();
    double[] b = x[1].numbers();
    double[] y = new double[Shapes.size(s.result())];
    for (int i = 0; i < s.at.length; i++) {
      Product.add(s.a(a, i), s.b(b, i), s.y(y, i), s.rows, s.inner, s.columns);
    }
    return new NdArray[] {Cast.to(type, NdArray.of(ElementType.DOUBLE, y, s.result()), false)};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Stacks s = Stacks.of(x);
    double[] gy = flow.of(0);
    if (flow.wants(0)) {
      double[] ga = new double[x[0].size()];
      for (int i = 0; i < s.at.length; i++) {
        Product.Matrix b = s.b(x[1].doubles(), i).transposed();
        Product.add(s.y(gy, i), b, s.a(ga, i), s.rows, s.columns, s.inner);
      }
      flow.give(0, ga);
    }
    if (flow.wants(1)) {
      double[] gb = new double[x[1].size()];
      for (int i = 0; i < s.at.length; i++) {
        Product.Matrix a = s.a(x[0].doubles(), i).transposed();
        Product.add(a, s.y(gy, i), s.b(gb, i), s.inner, s.rows, s.columns);
      }
      flow.give(1, gb);
    }
  }
}
