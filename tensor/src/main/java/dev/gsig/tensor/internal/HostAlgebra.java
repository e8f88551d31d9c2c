package dev.gsig.tensor.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/** Products, transposes and softmax of {@link Backend} on the host, in float64. */
public final class HostAlgebra {
  private HostAlgebra() {}

  public static void matmul(
      Backend backend,
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      Tensor y,
      boolean accumulate) {
    int items = Checks.matmul(a, transposeA, b, transposeB, y);
    int inner = transposeA ? a.shape().rows() : a.shape().cols();
    Shape out = y.shape();
    double[] p = backend.download(a);
    double[] q = backend.download(b);
    double[] sum = accumulate ? backend.download(y) : new double[out.size()];
    for (int item = 0; item < items; item++) {
      int y0 = item % out.batch() * out.rows() * out.cols();
      for (int r = 0; r < out.rows(); r++) {
        for (int c = 0; c < out.cols(); c++) {
          int at = y0 + r * out.cols() + c;
          for (int k = 0; k < inner; k++) {
            sum[at] +=
                p[index(a.shape(), item, transposeA, r, k)]
                    * q[index(b.shape(), item, transposeB, k, c)];
          }
        }
      }
    }
    backend.write(y, sum);
  }

  private static int index(Shape shape, int item, boolean transposed, int row, int col) {
    int r = transposed ? col : row;
    int c = transposed ? row : col;
    return (item % shape.batch() * shape.rows() + r) * shape.cols() + c;
  }

  public static void transpose(Backend backend, Tensor x, Tensor y) {
    Checks.transpose(x, y);
    Shape s = y.shape();
    double[] in = backend.download(x);
    double[] out = new double[in.length];
    for (int i = 0; i < out.length; i++) {
      int row = i / s.cols() % s.rows();
      out[i] = in[index(x.shape(), i / (s.rows() * s.cols()), true, row, i % s.cols())];
    }
    backend.write(y, out);
  }

  public static void softmax(Backend backend, Tensor x, Tensor y) {
    Checks.sameShape("softmax", x, y);
    double[] values = backend.download(x);
    int d = x.shape().cols();
    for (int row = 0; row < values.length; row += d) {
      double max = Arrays.stream(values, row, row + d).max().orElseThrow();
      double sum = 0;
      for (int c = row; c < row + d; c++) {
        values[c] = StrictMath.exp(values[c] - max);
        sum += values[c];
      }
      for (int c = row; c < row + d; c++) {
        values[c] /= sum;
      }
    }
    backend.write(y, values);
  }
}
