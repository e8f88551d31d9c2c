package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Checks;
import dev.gsig.tensor.internal.HostBackend;
import dev.gsig.tensor.internal.SizeClasses;
import java.util.Arrays;
import java.util.function.Supplier;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * The float64 reference on EJML: written to be read and checked, not to be fast. Every other
 * backend is tested against it.
 */
final class EjmlBackend implements HostBackend {
  /** Name as on the command line. */
  public static final String NAME = "ejml";

  private final SizeClasses<double[]> arena = new SizeClasses<>(double[]::new, Double.BYTES);

  private boolean closed;

  /** A backend with an arena of its own. */
  public EjmlBackend() {}

  private static final class Linear extends LinearWeights {
    final DMatrixRMaj weight;
    final double[] bias;

    Linear(int outputs, int inputs, double[] weight, double[] bias) {
      super(outputs, inputs, bias != null);
      this.weight = DMatrixRMaj.wrap(outputs, inputs, weight.clone());
      this.bias = bias == null ? new double[outputs] : bias.clone();
    }
  }

  private static final class Norm extends NormWeights {
    final double[] gamma;
    final double[] beta;
    final double epsilon;

    Norm(boolean centred, double[] gamma, double[] beta, double epsilon) {
      super(gamma.length, centred, beta != null);
      this.gamma = gamma.clone();
      this.beta = beta == null ? new double[gamma.length] : beta.clone();
      this.epsilon = epsilon;
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "float64, EJML: the reference, slow";
  }

  @Override
  public int significantDigits() {
    return 12;
  }

  @Override
  public Backend fork() {
    Checks.notClosed(closed, NAME);
    return new EjmlBackend();
  }

  @Override
  public void close() {
    closed = true;
    arena.clear();
  }

  // ---- memory

  @Override
  public Tensor allocate(Shape shape) {
    Checks.notClosed(closed, NAME);
    return new EjmlTensor(shape, arena.take(shape.size()));
  }

  @Override
  public void release(Tensor t) {
    EjmlTensor e = EjmlTensor.of(t);
    if (e.drop()) {
      arena.giveBack(e.data);
    }
  }

  @Override
  public <T> T attempt(Supplier<T> part) {
    return arena.attempt(part);
  }

  @Override
  public long arenaBytes() {
    return arena.totalBytes();
  }

  @Override
  public Tensor upload(Shape shape, double[] rowMajor) {
    Tensor t = allocate(shape);
    System.arraycopy(rowMajor, 0, EjmlTensor.of(t).data, 0, shape.size());
    return t;
  }

  @Override
  public void download(Tensor t, double[] rowMajor) {
    System.arraycopy(EjmlTensor.of(t).data, 0, rowMajor, 0, t.shape().size());
  }

  @Override
  public void fill(Tensor y, double value) {
    Arrays.fill(EjmlTensor.of(y).data, 0, y.shape().size(), value);
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    System.arraycopy(EjmlTensor.of(x).data, 0, EjmlTensor.of(y).data, 0, x.shape().size());
  }

  // ---- linear layers

  @Override
  public LinearWeights linearWeights(int outputs, int inputs, double[] weight, double[] bias) {
    return new Linear(outputs, inputs, weight, bias);
  }

  @Override
  public void update(LinearWeights w, double[] weight, double[] bias) {
    Linear l = (Linear) w;
    System.arraycopy(weight, 0, l.weight.data, 0, weight.length);
    if (bias != null) {
      System.arraycopy(bias, 0, l.bias, 0, bias.length);
    }
  }

  @Override
  public void linear(Tensor x, LinearWeights w, Tensor y) {
    Linear l = (Linear) w;
    DMatrixRMaj out = EjmlTensor.of(y).matrix();
    CommonOps_DDRM.multTransB(EjmlTensor.of(x).matrix(), l.weight, out);
    for (int r = 0; r < out.numRows; r++) {
      for (int o = 0; o < out.numCols; o++) {
        out.data[r * out.numCols + o] += l.bias[o];
      }
    }
  }

  @Override
  public void linearBackward(Tensor gy, LinearWeights w, Tensor gx, boolean accumulate) {
    DMatrixRMaj weight = ((Linear) w).weight;
    DMatrixRMaj g = EjmlTensor.of(gy).matrix();
    DMatrixRMaj out = EjmlTensor.of(gx).matrix();
    if (accumulate) {
      CommonOps_DDRM.multAdd(g, weight, out);
    } else {
      CommonOps_DDRM.mult(g, weight, out);
    }
  }

  // ---- elementwise

  @Override
  public void activation(Activation act, Tensor x, Tensor y, Tensor derivative) {
    double[] in = EjmlTensor.of(x).data;
    double[] out = EjmlTensor.of(y).data;
    double[] d = derivative == null ? null : EjmlTensor.of(derivative).data;
    for (int i = 0; i < x.shape().size(); i++) {
      double v = in[i];
      out[i] = DoubleMath.value(act, v);
      if (d != null) {
        d[i] = DoubleMath.derivative(act, v);
      }
    }
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor y, boolean accumulate) {
    double[] p = EjmlTensor.of(a).data;
    double[] q = EjmlTensor.of(b).data;
    double[] out = EjmlTensor.of(y).data;
    for (int i = 0; i < a.shape().size(); i++) {
      out[i] = p[i] * q[i] + (accumulate ? out[i] : 0);
    }
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    int period = b.shape().batch() == 1 ? b.shape().size() : a.shape().size();
    double[] p = EjmlTensor.of(a).data;
    double[] q = EjmlTensor.of(b).data;
    double[] out = EjmlTensor.of(y).data;
    for (int i = 0; i < a.shape().size(); i++) {
      out[i] = p[i] + q[i % period];
    }
  }

  @Override
  public void copyColumns(Tensor x, int xCol, Tensor y, int yCol, int count, boolean accumulate) {
    int xCols = x.shape().cols();
    int yCols = y.shape().cols();
    double[] in = EjmlTensor.of(x).data;
    double[] out = EjmlTensor.of(y).data;
    for (int r = 0; r < x.shape().batch() * x.shape().rows(); r++) {
      for (int c = 0; c < count; c++) {
        int o = r * yCols + yCol + c;
        out[o] = in[r * xCols + xCol + c] + (accumulate ? out[o] : 0);
      }
    }
  }

  // ---- rotary positions

  @Override
  public void rotate(Rotation rotation, Tensor x, Tensor turns, boolean transposed, Tensor y) {
    if (x != y) {
      copy(x, y);
    }
    int cols = y.shape().cols();
    int pairs = rotation.pairs();
    double[] t = EjmlTensor.of(turns).data;
    double[] out = EjmlTensor.of(y).data;
    for (int r = 0; r < y.shape().allRows(); r++) {
      int row = r % turns.shape().allRows() * 2 * pairs;
      for (int h = 0; h < rotation.heads(); h++) {
        for (int i = 0; i < pairs; i++) {
          double cos = t[row + i];
          double sin = transposed ? -t[row + pairs + i] : t[row + pairs + i];
          int p = r * cols + h * rotation.headSize() + i * rotation.step();
          int q = p + rotation.apart();
          double a = out[p];
          double b = out[q];
          out[p] = cos * a - sin * b;
          out[q] = cos * b + sin * a;
        }
      }
    }
  }

  // ---- products of two tensors

  @Override
  public void matmul(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor y, boolean accumulate) {
    int items = Math.max(a.shape().batch(), b.shape().batch());
    if (!accumulate) {
      fill(y, 0);
    }
    DMatrixRMaj product = new DMatrixRMaj(y.shape().rows(), y.shape().cols());
    double[] out = EjmlTensor.of(y).data;
    for (int item = 0; item < items; item++) {
      DMatrixRMaj p = EjmlTensor.of(a).item(item);
      DMatrixRMaj q = EjmlTensor.of(b).item(item);
      if (transposeA && transposeB) {
        CommonOps_DDRM.multTransAB(p, q, product);
      } else if (transposeA) {
        CommonOps_DDRM.multTransA(p, q, product);
      } else if (transposeB) {
        CommonOps_DDRM.multTransB(p, q, product);
      } else {
        CommonOps_DDRM.mult(p, q, product);
      }
      int to = item % y.shape().batch() * product.getNumElements();
      for (int i = 0; i < product.getNumElements(); i++) {
        out[to + i] += product.data[i];
      }
    }
  }

  // ---- layer norm

  @Override
  public NormWeights normWeights(boolean centred, double[] gamma, double[] beta, double epsilon) {
    return new Norm(centred, gamma, beta, epsilon);
  }

  @Override
  public void update(NormWeights w, double[] gamma, double[] beta) {
    System.arraycopy(gamma, 0, ((Norm) w).gamma, 0, gamma.length);
    if (beta != null) {
      System.arraycopy(beta, 0, ((Norm) w).beta, 0, beta.length);
    }
  }

  @Override
  public void layerNorm(
      Tensor x,
      Tensor residual,
      NormWeights w,
      Tensor y,
      Tensor normalized,
      Tensor reciprocalDeviation) {
    Norm norm = (Norm) w;
    int d = x.shape().cols();
    double[] in = EjmlTensor.of(x).data;
    double[] add = residual == null ? null : EjmlTensor.of(residual).data;
    double[] out = EjmlTensor.of(y).data;
    double[] n = EjmlTensor.of(normalized).data;
    double[] rd = EjmlTensor.of(reciprocalDeviation).data;
    for (int r = 0; r < x.shape().batch() * x.shape().rows(); r++) {
      int o = r * d;
      double mean = 0;
      for (int c = 0; c < d; c++) {
        n[o + c] = in[o + c] + (add == null ? 0 : add[o + c]);
        mean += norm.isCentred() ? n[o + c] / d : 0;
      }
      // the mean of what is left is the rounding error of the mean: a constant row becomes 0
      double rest = 0;
      for (int c = 0; c < d; c++) {
        n[o + c] -= mean;
        rest += norm.isCentred() ? n[o + c] / d : 0;
      }
      double variance = 0;
      for (int c = 0; c < d; c++) {
        n[o + c] -= rest;
        variance += n[o + c] * n[o + c] / d;
      }
      // squares beyond float64 must not turn a row into beta: 1 / infinity would be 0
      rd[r] =
          variance == Double.POSITIVE_INFINITY
              ? Double.NaN
              : 1 / Math.sqrt(variance + norm.epsilon);
      for (int c = 0; c < d; c++) {
        n[o + c] *= rd[r];
        out[o + c] = norm.gamma[c] * n[o + c] + norm.beta[c];
      }
    }
  }

  @Override
  public void layerNormBackward(
      Tensor gy, NormWeights w, Tensor normalized, Tensor reciprocalDeviation, Tensor gs) {
    Norm norm = (Norm) w;
    int d = gy.shape().cols();
    double[] g = EjmlTensor.of(gy).data;
    double[] n = EjmlTensor.of(normalized).data;
    double[] rd = EjmlTensor.of(reciprocalDeviation).data;
    double[] out = EjmlTensor.of(gs).data;
    for (int r = 0; r < gy.shape().batch() * gy.shape().rows(); r++) {
      int o = r * d;
      double mean = 0;
      double projection = 0;
      for (int c = 0; c < d; c++) {
        double u = norm.gamma[c] * g[o + c];
        mean += norm.isCentred() ? u / d : 0;
        projection += u * n[o + c] / d;
      }
      for (int c = 0; c < d; c++) {
        double u = norm.gamma[c] * g[o + c];
        out[o + c] = (u - mean - n[o + c] * projection) * rd[r];
      }
    }
  }

  // ---- attention

  @Override
  public void attention(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor y,
      Tensor saved) {
    EjmlAttention.forward(
        spec, EjmlTensor.of(query), EjmlTensor.of(keyValue), mask, EjmlTensor.of(y));
  }

  /** Nothing, as far as a shape can say so. */
  @Override
  public Shape savedByAttention(AttentionSpec spec, Shape query, Shape keyValue) {
    return Shape.matrix(1, 1);
  }

  @Override
  public void attentionBackward(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor saved,
      Tensor gy,
      Tensor gQuery,
      Tensor gKeyValue) {
    EjmlAttention.backward(
        spec,
        EjmlTensor.of(query),
        EjmlTensor.of(keyValue),
        mask,
        EjmlTensor.of(gy),
        EjmlTensor.of(gQuery),
        EjmlTensor.of(gKeyValue));
  }

  // ---- rows

  @Override
  public void gather(Tensor x, int[] rows, Tensor y, boolean accumulate) {
    int d = y.shape().cols();
    double[] in = EjmlTensor.of(x).data;
    double[] out = EjmlTensor.of(y).data;
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < d; c++) {
        out[r * d + c] = in[rows[r] * d + c] + (accumulate ? out[r * d + c] : 0);
      }
    }
  }

  @Override
  public void scatterAdd(Tensor gy, int[] rows, Tensor gx) {
    int d = gy.shape().cols();
    double[] in = EjmlTensor.of(gy).data;
    double[] out = EjmlTensor.of(gx).data;
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < d; c++) {
        out[rows[r] * d + c] += in[r * d + c];
      }
    }
  }

  @Override
  public void meanRows(Tensor x, int[] lengths, Tensor y) {
    int d = x.shape().cols();
    double[] in = EjmlTensor.of(x).data;
    double[] out = EjmlTensor.of(y).data;
    for (int b = 0; b < lengths.length; b++) {
      for (int c = 0; c < d; c++) {
        double sum = 0;
        for (int l = 0; l < lengths[b]; l++) {
          sum += in[(b * x.shape().rows() + l) * d + c];
        }
        out[b * d + c] = sum / lengths[b];
      }
    }
  }

  @Override
  public void meanRowsBackward(Tensor gy, int[] lengths, Tensor gx) {
    int d = gx.shape().cols();
    double[] g = EjmlTensor.of(gy).data;
    double[] out = EjmlTensor.of(gx).data;
    for (int b = 0; b < lengths.length; b++) {
      for (int l = 0; l < gx.shape().rows(); l++) {
        for (int c = 0; c < d; c++) {
          out[(b * gx.shape().rows() + l) * d + c] = l < lengths[b] ? g[b * d + c] / lengths[b] : 0;
        }
      }
    }
  }

  // ---- recurrence

  @Override
  public void gruCell(
      Tensor inputGates,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor y,
      Tensor gates) {
    int hidden = state.shape().cols();
    double[] in = EjmlTensor.of(inputGates).data;
    double[] hg = EjmlTensor.of(hiddenGates).data;
    double[] h = EjmlTensor.of(state).data;
    double[] out = EjmlTensor.of(y).data;
    double[] saved = EjmlTensor.of(gates).data;
    for (int b = 0; b < active.length; b++) {
      for (int c = 0; c < hidden; c++) {
        int ir = b * 3 * hidden + c;
        int iz = ir + hidden;
        int in0 = iz + hidden;
        double r = DoubleMath.sigmoid(in[ir] + hg[ir]);
        double z = DoubleMath.sigmoid(in[iz] + hg[iz]);
        double n = StrictMath.tanh(in[in0] + r * hg[in0]);
        saved[ir] = r;
        saved[iz] = z;
        saved[in0] = n;
        double old = h[b * hidden + c];
        out[b * hidden + c] = active[b] ? (1 - z) * n + z * old : old;
      }
    }
  }

  @Override
  public void gruCellBackward(
      Tensor gy,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor gates,
      Tensor gInputGates,
      Tensor gHiddenGates,
      Tensor gState) {
    int hidden = state.shape().cols();
    double[] g = EjmlTensor.of(gy).data;
    double[] hg = EjmlTensor.of(hiddenGates).data;
    double[] h = EjmlTensor.of(state).data;
    double[] saved = EjmlTensor.of(gates).data;
    double[] gIn = EjmlTensor.of(gInputGates).data;
    double[] gHid = EjmlTensor.of(gHiddenGates).data;
    double[] gH = EjmlTensor.of(gState).data;
    for (int b = 0; b < active.length; b++) {
      for (int c = 0; c < hidden; c++) {
        int ir = b * 3 * hidden + c;
        int iz = ir + hidden;
        int in0 = iz + hidden;
        double up = g[b * hidden + c];
        double go = active[b] ? up : 0;
        double r = saved[ir];
        double z = saved[iz];
        double n = saved[in0];
        double gn = go * (1 - z) * (1 - n * n);
        gIn[in0] = gn;
        gHid[in0] = gn * r;
        gIn[ir] = gn * hg[in0] * r * (1 - r);
        gHid[ir] = gIn[ir];
        gIn[iz] = go * (h[b * hidden + c] - n) * z * (1 - z);
        gHid[iz] = gIn[iz];
        gH[b * hidden + c] = active[b] ? up * z : up;
      }
    }
  }

  // ---- linear combinations of items

  @Override
  public void lerp(Tensor start, Tensor end, double[] alphas, Tensor y, int first) {
    int n = start.shape().size();
    double[] s = EjmlTensor.of(start).data;
    double[] e = EjmlTensor.of(end).data;
    double[] out = EjmlTensor.of(y).data;
    for (int k = 0; k < alphas.length; k++) {
      double a = alphas[k];
      for (int i = 0; i < n; i++) {
        // the ends by themselves: e - s may overflow, and 0 times that is NaN
        out[(first + k) * n + i] = a == 0 ? s[i] : a == 1 ? e[i] : s[i] + a * (e[i] - s[i]);
      }
    }
  }

  @Override
  public void addWeighted(Tensor g, double[] weights, int from, int to, Tensor sum) {
    int n = sum.shape().size();
    double[] in = EjmlTensor.of(g).data;
    double[] out = EjmlTensor.of(sum).data;
    for (int k = from; k < to; k++) {
      for (int i = 0; i < n; i++) {
        out[i] += weights[k] * in[k * n + i];
      }
    }
  }
}
