package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * {@code Y = alpha A B + beta C}, with A or B transposed where asked; rule: {@code gA = alpha gY
 * B'}, {@code gB = alpha A' gY}, {@code gC = beta gY}, summed where C was repeated.
 */
final class Gemm implements Operator {
  private final double alpha;
  private final double beta;
  private final boolean transA;
  private final boolean transB;

  Gemm(Node node) {
    node.takes(node.opset() < 11 ? 3 : 2, 3);
    alpha = node.number("alpha", 1);
    beta = node.number("beta", 1);
    transA = node.flag("transA", false);
    transB = node.flag("transB", false);
  }

  private static Product.Matrix matrix(double[] values, NdArray x, boolean transposed) {
    Product.Matrix matrix = new Product.Matrix(values, 0, x.dim(1), 1);
    return transposed ? matrix.transposed() : matrix;
  }

  private static double[] scaled(double[] x, double factor) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= factor;
    }
    return y;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x[0], x[1]);
    if (x[0].rank() != 2
        || x[1].rank() != 2
        || x[0].dim(transA ? 0 : 1) != x[1].dim(transB ? 1 : 0)) {
      throw new InvalidInputException("the matrices " + x[0] + " and " + x[1] + " do not fit");
    }
    int rows = x[0].dim(transA ? 1 : 0);
    int inner = x[0].dim(transA ? 0 : 1);
    int columns = x[1].dim(transB ? 0 : 1);
    double[] y = new double[Shapes.size(rows, columns)];
    Product.add(
        matrix(x[0].numbers(), x[0], transA),
        matrix(x[1].numbers(), x[1], transB),
        new Product.Matrix(y, 0, columns, 1),
        rows,
        inner,
        columns);
    y = scaled(y, alpha);
    if (x.length > 2 && x[2] != null) {
      int[] ct = Broadcast.index(x[2], new int[] {rows, columns});
      for (int i = 0; i < y.length; i++) {
        y[i] += beta * x[2].number(ct[i]);
      }
    }
    return new NdArray[] {Cast.to(type, NdArray.of(ElementType.DOUBLE, y, rows, columns), false)};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int rows = y[0].dim(0);
    int columns = y[0].dim(1);
    int inner = x[0].dim(transA ? 0 : 1);
    Product.Matrix gy = new Product.Matrix(scaled(flow.of(0), alpha), 0, columns, 1);
    if (flow.wants(0)) {
      double[] ga = new double[x[0].size()];
      Product.Matrix b = matrix(x[1].doubles(), x[1], transB).transposed();
      Product.add(gy, b, matrix(ga, x[0], transA), rows, columns, inner);
      flow.give(0, ga);
    }
    if (flow.wants(1)) {
      double[] gb = new double[x[1].size()];
      Product.Matrix a = matrix(x[0].doubles(), x[0], transA).transposed();
      Product.add(a, gy, matrix(gb, x[1], transB), inner, rows, columns);
      flow.give(1, gb);
    }
    if (flow.wants(2)) {
      int[] ct = Broadcast.index(x[2], y[0].shape());
      flow.give(2, Broadcast.sum(scaled(flow.of(0), beta), ct, x[2].size()));
    }
  }
}
