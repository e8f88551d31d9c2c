package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

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

/**
 * The float32 backend: token panels ({@link SimdTensor}) and {@link PanelKernels}. Results are the
 * same bits for any batch, padding, thread and kernel variant.
 */
final class SimdBackend implements HostBackend {
  /** Name as on the command line. */
  public static final String NAME = "simd";

  private final SizeClasses<float[]> arena = new SizeClasses<>(float[]::new, Float.BYTES);
  private final KernelChoice choice;
  private final String name;
  private final SimdAlgebra algebra;
  private final SimdAttention attention;
  private final SimdTraining training;
  private boolean closed;

  SimdBackend(KernelChoice choice, String name) {
    this.choice = choice;
    this.name = name;
    this.algebra = new SimdAlgebra(choice, arena);
    this.attention = new SimdAttention(choice, arena);
    this.training = new SimdTraining(choice, arena);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return "float32, " + choice.reason;
  }

  @Override
  public int significantDigits() {
    return 6;
  }

  @Override
  public Backend fork() {
    Checks.notClosed(closed, name);
    return new SimdBackend(choice, name);
  }

  @Override
  public void close() {
    closed = true;
    arena.clear();
  }

  // ---- memory

  @Override
  public Tensor allocate(Shape shape) {
    Checks.notClosed(closed, name);
    return new SimdTensor(shape, arena.take(SimdTensor.storage(shape)));
  }

  @Override
  public void release(Tensor t) {
    SimdTensor s = SimdTensor.of(t);
    if (s.drop()) {
      arena.giveBack(s.data);
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
    SimdTensor t = SimdTensor.of(allocate(shape));
    for (int b = 0, i = 0; b < shape.batch(); b++) {
      for (int r = 0; r < shape.rows(); r++) {
        int row = t.row(b, r);
        for (int c = 0; c < shape.cols(); c++) {
          t.data[row + c * LANES] = SimdTensor.round(rowMajor[i++]);
        }
      }
    }
    return t;
  }

  @Override
  public void download(Tensor x, double[] rowMajor) {
    SimdTensor t = SimdTensor.of(x);
    Shape shape = t.shape();
    for (int b = 0, i = 0; b < shape.batch(); b++) {
      for (int r = 0; r < shape.rows(); r++) {
        int row = t.row(b, r);
        for (int c = 0; c < shape.cols(); c++) {
          rowMajor[i++] = t.data[row + c * LANES];
        }
      }
    }
  }

  @Override
  public void fill(Tensor y, double value) {
    SimdTensor t = SimdTensor.of(y);
    Arrays.fill(t.data, 0, t.storage(), SimdTensor.round(value));
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    SimdTensor s = SimdTensor.of(x);
    System.arraycopy(s.data, 0, SimdTensor.of(y).data, 0, s.storage());
  }

  // ---- linear layers

  @Override
  public LinearWeights linearWeights(int outputs, int inputs, double[] weight, double[] bias) {
    return new PackedLinear(outputs, inputs, weight, bias);
  }

  @Override
  public void update(LinearWeights w, double[] weight, double[] bias) {
    ((PackedLinear) w).pack(weight, bias);
  }

  @Override
  public void linear(Tensor x, LinearWeights w, Tensor y) {
    PanelKernels kernels = choice.kernels();
    SimdTensor in = SimdTensor.of(x);
    PackedLinear l = (PackedLinear) w;
    l.forward(kernels, x.shape().batch() * in.panels(), in.data, SimdTensor.of(y).data, null);
  }

  @Override
  public void linear(Tensor x, LinearWeights w, Activation act, Tensor y, Tensor derivative) {
    PanelKernels kernels = choice.kernels();
    SimdTensor in = SimdTensor.of(x);
    float[] out = SimdTensor.of(y).data;
    float[] slope = derivative == null ? null : SimdTensor.of(derivative).data;
    ((PackedLinear) w)
        .forward(
            kernels,
            x.shape().batch() * in.panels(),
            in.data,
            out,
            (from, count) -> kernels.activation(act, out, out, slope, from, count));
  }

  @Override
  public void linearBackward(Tensor gy, LinearWeights w, Tensor gx, boolean accumulate) {
    PanelKernels kernels = choice.kernels();
    SimdTensor g = SimdTensor.of(gy);
    int panels = g.shape().batch() * g.panels();
    ((PackedLinear) w).backward(kernels, panels, g.data, SimdTensor.of(gx).data, accumulate);
  }

  // ---- elementwise

  @Override
  public void activation(Activation act, Tensor x, Tensor y, Tensor derivative) {
    PanelKernels kernels = choice.kernels();
    SimdTensor in = SimdTensor.of(x);
    float[] d = derivative == null ? null : SimdTensor.of(derivative).data;
    kernels.activation(act, in.data, SimdTensor.of(y).data, d, 0, in.storage());
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor y, boolean accumulate) {
    PanelKernels kernels = choice.kernels();
    SimdTensor p = SimdTensor.of(a);
    kernels.multiply(p.data, SimdTensor.of(b).data, SimdTensor.of(y).data, p.storage(), accumulate);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    PanelKernels kernels = choice.kernels();
    boolean broadcast = b.shape().batch() == 1;
    SimdTensor p = SimdTensor.of(a);
    SimdTensor q = SimdTensor.of(b);
    int item = p.itemSize();
    for (int i = 0; i < a.shape().batch(); i++) {
      int q0 = broadcast ? 0 : i * item;
      kernels.add(p.data, i * item, q.data, q0, SimdTensor.of(y).data, i * item, item);
    }
  }

  @Override
  public void copyColumns(Tensor x, int xCol, Tensor y, int yCol, int count, boolean accumulate) {
    PanelKernels kernels = choice.kernels();
    SimdTensor in = SimdTensor.of(x);
    SimdTensor out = SimdTensor.of(y);
    for (int p = 0; p < x.shape().batch() * in.panels(); p++) {
      int from = p * in.panelSize() + xCol * LANES;
      int to = p * out.panelSize() + yCol * LANES;
      if (accumulate) {
        kernels.add(out.data, to, in.data, from, out.data, to, count * LANES);
      } else {
        System.arraycopy(in.data, from, out.data, to, count * LANES);
      }
    }
  }

  // ---- rotary positions

  @Override
  public void rotate(Rotation rotation, Tensor x, Tensor turns, boolean transposed, Tensor y) {
    PanelKernels kernels = choice.kernels();
    SimdTensor t = SimdTensor.of(turns);
    SimdTensor out = SimdTensor.of(y);
    if (x != y) {
      copy(x, y);
    }
    int turnPanels = t.shape().batch() * t.panels();
    for (int panel = 0; panel < y.shape().batch() * out.panels(); panel++) {
      for (int h = 0; h < rotation.heads(); h++) {
        kernels.rotate(
            rotation.pairs(),
            transposed ? -1f : 1f,
            t.data,
            panel % turnPanels * t.panelSize(),
            out.data,
            panel * out.panelSize() + h * rotation.headSize() * LANES,
            rotation.step() * LANES,
            rotation.apart() * LANES);
      }
    }
  }

  // ---- products of two tensors, transposes, softmax

  @Override
  public void matmul(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor y, boolean accumulate) {
    int items = Math.max(a.shape().batch(), b.shape().batch());
    algebra.matmul(
        SimdTensor.of(a),
        transposeA,
        SimdTensor.of(b),
        transposeB,
        SimdTensor.of(y),
        items,
        accumulate);
  }

  @Override
  public void transpose(Tensor x, Tensor y) {
    SimdAlgebra.transpose(SimdTensor.of(x), SimdTensor.of(y));
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    algebra.softmax(SimdTensor.of(x), SimdTensor.of(y));
  }

  // ---- layer norm

  @Override
  public NormWeights normWeights(boolean centred, double[] gamma, double[] beta, double epsilon) {
    return new SimdNorm(centred, gamma, beta, epsilon);
  }

  @Override
  public void update(NormWeights w, double[] gamma, double[] beta) {
    ((SimdNorm) w).set(gamma, beta);
  }

  @Override
  public void layerNorm(
      Tensor x,
      Tensor residual,
      NormWeights w,
      Tensor y,
      Tensor normalized,
      Tensor reciprocalDeviation) {
    PanelKernels kernels = choice.kernels();
    SimdNorm norm = (SimdNorm) w;
    SimdTensor in = SimdTensor.of(x);
    int d = x.shape().cols();
    for (int p = 0; p < x.shape().batch() * in.panels(); p++) {
      int at = p * in.panelSize();
      kernels.layerNorm(
          d,
          w.isCentred(),
          in.data,
          at,
          residual == null ? null : SimdTensor.of(residual).data,
          at,
          norm.gamma,
          norm.beta,
          norm.epsilon,
          SimdTensor.of(y).data,
          at,
          SimdTensor.of(normalized).data,
          at,
          SimdTensor.of(reciprocalDeviation).data,
          p * LANES);
    }
  }

  @Override
  public void layerNormBackward(
      Tensor gy, NormWeights w, Tensor normalized, Tensor reciprocalDeviation, Tensor gs) {
    PanelKernels kernels = choice.kernels();
    SimdTensor g = SimdTensor.of(gy);
    int d = gy.shape().cols();
    for (int p = 0; p < gy.shape().batch() * g.panels(); p++) {
      int at = p * g.panelSize();
      kernels.layerNormBackward(
          d,
          w.isCentred(),
          g.data,
          at,
          ((SimdNorm) w).gamma,
          SimdTensor.of(normalized).data,
          at,
          SimdTensor.of(reciprocalDeviation).data,
          p * LANES,
          SimdTensor.of(gs).data,
          at);
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
    attention.forward(
        spec,
        SimdTensor.of(query),
        SimdTensor.of(keyValue),
        mask,
        SimdTensor.of(y),
        SimdTensor.of(saved));
  }

  @Override
  public Shape savedByAttention(AttentionSpec spec, Shape query, Shape keyValue) {
    return SimdAttention.saved(spec, query, keyValue);
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
    attention.backward(
        spec,
        SimdTensor.of(query),
        SimdTensor.of(keyValue),
        mask,
        SimdTensor.of(saved),
        SimdTensor.of(gy),
        SimdTensor.of(gQuery),
        SimdTensor.of(gKeyValue));
  }

  // ---- rows

  /** {@code y[row] (+)= x[row]} over d features, both strided by the lanes. */
  private static void copyRow(float[] x, int x0, float[] y, int y0, int d, boolean accumulate) {
    for (int c = 0; c < d; c++) {
      int to = y0 + c * LANES;
      y[to] = accumulate ? y[to] + x[x0 + c * LANES] : x[x0 + c * LANES];
    }
  }

  @Override
  public void gather(Tensor x, int[] rows, Tensor y, boolean accumulate) {
    SimdTensor in = SimdTensor.of(x);
    SimdTensor out = SimdTensor.of(y);
    for (int r = 0; r < rows.length; r++) {
      copyRow(in.data, in.row(rows[r]), out.data, out.row(r), y.shape().cols(), accumulate);
    }
  }

  @Override
  public void scatterAdd(Tensor gy, int[] rows, Tensor gx) {
    SimdTensor in = SimdTensor.of(gy);
    SimdTensor out = SimdTensor.of(gx);
    for (int r = 0; r < rows.length; r++) {
      copyRow(in.data, in.row(r), out.data, out.row(rows[r]), gy.shape().cols(), true);
    }
  }

  @Override
  public void meanRows(Tensor x, int[] lengths, Tensor y) {
    SimdTensor in = SimdTensor.of(x);
    SimdTensor out = SimdTensor.of(y);
    for (int b = 0; b < lengths.length; b++) {
      int to = out.row(0, b);
      for (int c = 0; c < x.shape().cols(); c++) {
        float sum = 0f;
        for (int l = 0; l < lengths[b]; l++) {
          sum += in.data[in.row(b, l) + c * LANES];
        }
        out.data[to + c * LANES] = sum / lengths[b];
      }
    }
  }

  @Override
  public void meanRowsBackward(Tensor gy, int[] lengths, Tensor gx) {
    SimdTensor g = SimdTensor.of(gy);
    SimdTensor out = SimdTensor.of(gx);
    for (int b = 0; b < lengths.length; b++) {
      int from = g.row(0, b);
      for (int l = 0; l < gx.shape().rows(); l++) {
        int to = out.row(b, l);
        for (int c = 0; c < gx.shape().cols(); c++) {
          float share = g.data[from + c * LANES] / lengths[b];
          out.data[to + c * LANES] = l < lengths[b] ? share : 0f;
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
    SimdGru.forward(
        SimdTensor.of(inputGates),
        SimdTensor.of(hiddenGates),
        SimdTensor.of(state),
        active,
        SimdTensor.of(y),
        SimdTensor.of(gates));
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
    SimdGru.backward(
        SimdTensor.of(gy),
        SimdTensor.of(hiddenGates),
        SimdTensor.of(state),
        active,
        SimdTensor.of(gates),
        SimdTensor.of(gInputGates),
        SimdTensor.of(gHiddenGates),
        SimdTensor.of(gState));
  }

  // ---- linear combinations of items

  @Override
  public void lerp(Tensor start, Tensor end, double[] alphas, Tensor y, int first) {
    PanelKernels kernels = choice.kernels();
    SimdTensor from = SimdTensor.of(start);
    SimdTensor to = SimdTensor.of(end);
    SimdTensor out = SimdTensor.of(y);
    int item = out.itemSize();
    for (int k = 0; k < alphas.length; k++) {
      int at = (first + k) * item;
      float a = SimdTensor.round(alphas[k]);
      if (a == 0f || a == 1f) {
        // the ends by themselves: their difference may overflow, and 0 times that is NaN
        System.arraycopy(a == 0f ? from.data : to.data, 0, out.data, at, item);
      } else {
        kernels.lerp(a, from.data, to.data, out.data, at, item);
      }
    }
  }

  @Override
  public void addWeighted(Tensor g, double[] weights, int from, int to, Tensor sum) {
    PanelKernels kernels = choice.kernels();
    SimdTensor in = SimdTensor.of(g);
    int item = in.itemSize();
    for (int k = from; k < to; k++) {
      kernels.axpy(SimdTensor.round(weights[k]), in.data, k * item, SimdTensor.of(sum).data, item);
    }
  }

  // ---- training

  @Override
  public void linearWeightGradient(Tensor x, Tensor gy, Tensor gw, boolean accumulate) {
    training.linearWeightGradient(
        SimdTensor.of(x), SimdTensor.of(gy), SimdTensor.of(gw), accumulate);
  }

  @Override
  public void sumRows(Tensor x, Tensor y, boolean accumulate) {
    training.sumRows(SimdTensor.of(x), SimdTensor.of(y), accumulate);
  }

  @Override
  public double[] softmaxCrossEntropy(
      Tensor logits, int[] targets, double[] weights, Tensor gLogits) {
    return training.softmaxCrossEntropy(
        SimdTensor.of(logits), targets, weights, SimdTensor.of(gLogits));
  }
}
