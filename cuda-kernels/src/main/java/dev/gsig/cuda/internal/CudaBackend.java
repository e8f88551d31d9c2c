package dev.gsig.cuda.internal;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import jcuda.driver.JCudaDriver;

/**
 * Float32 on an NVIDIA GPU, each primitive a kernel. Every backend has a stream of its own; its
 * kernels run there one after the other, and only what takes values to the host or from there waits
 * for them: {@link #upload}, {@link #download}, {@link #map}, and {@link #softmaxCrossEntropy} for
 * the losses. All sums have a fixed order, so that results do not depend on the device or on how a
 * computation was cut up.
 */
final class CudaBackend implements Backend {
  /** Name as on the command line. */
  static final String NAME = "cuda";

  /** Enough to fill a device with the smallest items. */
  private static final int MOST_ITEMS = 1 << 12;

  private final Device device;
  private final IntUnaryOperator sizeClass;
  private final CudaStream stream;
  private final Launcher launcher;
  private final DeviceArena arena;
  private final Transfers transfers;
  private final Arguments arguments;
  private boolean closed;

  /**
   * A backend that is one of the device's users.
   *
   * @param device counts it already; no longer, if it cannot be made
   * @param sizeClass rounds the sizes of buffers up
   */
  static CudaBackend of(Device device, IntUnaryOperator sizeClass) {
    boolean made = false;
    try {
      CudaBackend backend = new CudaBackend(device, sizeClass);
      made = true;
      return backend;
    } finally {
      if (!made) {
        leave(device::leave); // what went wrong is being thrown already
      }
    }
  }

  private CudaBackend(Device device, IntUnaryOperator sizeClass) {
    this.device = device;
    this.sizeClass = sizeClass;
    enter();
    stream = new CudaStream();
    launcher = new Launcher(stream);
    arena = new DeviceArena(stream, sizeClass);
    transfers = new Transfers(stream);
    arguments = new Arguments(stream);
  }

  /** Every call begins here: a backend may change hands, and a thread may use two devices. */
  private Launcher enter() {
    Checks.notClosed(closed, NAME);
    device.makeCurrent();
    return launcher;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "float32, CUDA kernels on " + device.description();
  }

  @Override
  public int significantDigits() {
    return 6;
  }

  @Override
  public Backend fork() {
    enter();
    return of(device.share(), sizeClass);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    leave(
        () ->
            Cleanup.all(
                List.of(
                    device::makeCurrent,
                    arena::free,
                    transfers::free,
                    arguments::free,
                    stream::destroy,
                    device::leave)));
  }

  private static void leave(Runnable givingBack) {
    try {
      givingBack.run();
    } catch (CudaFault e) {
      // After a fault the driver answers every call with it. Whoever met it first has thrown it,
      // and it must not be replaced by this one; the memory goes with the process.
      System.getLogger(CudaBackend.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a backend whose device had failed", e);
    }
  }

  @Override
  public int advisedBatch(long elementsPerItem) {
    enter();
    // half of what is free, so that other workers find some; gradients take as much again
    double bytes = 2.0 * Float.BYTES * Math.max(1, elementsPerItem);
    double free = device.freeBytes() + arena.keptBytes();
    return (int) Math.max(1, Math.min(MOST_ITEMS, free / 2 / bytes));
  }

  @Override
  public boolean isParallel() {
    return true;
  }

  // ---- memory

  @Override
  public Tensor allocate(Shape shape) {
    enter();
    return new CudaTensor(shape, arena.take(shape.size()));
  }

  @Override
  public void release(Tensor t) {
    CudaTensor c = CudaTensor.of(t);
    if (c.drop()) {
      arena.giveBack(c.buffer());
    }
  }

  @Override
  public <T> T attempt(Supplier<T> part) {
    long mark = arena.taken();
    boolean done = false;
    try {
      T result = part.get();
      done = true;
      return result;
    } finally {
      if (!done) {
        arena.giveBackSince(mark);
      }
    }
  }

  @Override
  public long arenaBytes() {
    return arena.totalBytes();
  }

  @Override
  public Tensor upload(Shape shape, double[] rowMajor) {
    CudaTensor t = CudaTensor.of(allocate(shape));
    transfers.upload(rowMajor, shape.size(), t.buffer());
    return t;
  }

  @Override
  public void download(Tensor t, double[] rowMajor) {
    CudaTensor c = CudaTensor.of(t);
    enter();
    transfers.download(c.buffer(), rowMajor, c.size());
  }

  @Override
  public void fill(Tensor y, double value) {
    enter();
    CudaTensor t = CudaTensor.of(y);
    int bits = Float.floatToIntBits((float) value);
    int code = JCudaDriver.cuMemsetD32Async(t.buffer().at(0), bits, t.size(), stream.handle());
    Status.check(code, "cuMemsetD32Async");
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    enter();
    CudaTensor from = CudaTensor.of(x);
    long bytes = (long) Float.BYTES * from.size();
    int code =
        JCudaDriver.cuMemcpyDtoDAsync(
            CudaTensor.of(y).buffer().at(0), from.buffer().at(0), bytes, stream.handle());
    Status.check(code, "cuMemcpyDtoDAsync");
  }

  // ---- linear layers

  private DeviceBuffer constant(double[] values) {
    enter();
    DeviceBuffer buffer = device.weights(values.length);
    transfers.upload(values, values.length, buffer);
    return buffer;
  }

  @Override
  public LinearWeights linearWeights(int outputs, int inputs, double[] weight, double[] bias) {
    DeviceBuffer w = constant(weight);
    return new CudaLinear(outputs, inputs, w, bias == null ? null : constant(bias));
  }

  @Override
  public void update(LinearWeights w, double[] weight, double[] bias) {
    enter();
    ((CudaLinear) w).write(transfers, weight, bias);
  }

  @Override
  public void linear(Tensor x, LinearWeights w, Tensor y) {
    device.linear.forward(enter(), CudaTensor.of(x), (CudaLinear) w, CudaTensor.of(y));
  }

  @Override
  public void linearBackward(Tensor gy, LinearWeights w, Tensor gx, boolean accumulate) {
    device.linear.backward(
        enter(), CudaTensor.of(gy), (CudaLinear) w, CudaTensor.of(gx), accumulate);
  }

  // ---- elementwise

  @Override
  public void activation(Activation act, Tensor x, Tensor y, Tensor derivative) {
    device.activation.activation(
        enter(), act, CudaTensor.of(x), CudaTensor.of(y), CudaTensor.of(derivative));
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor y, boolean accumulate) {
    device.activation.multiply(
        enter(), CudaTensor.of(a), CudaTensor.of(b), CudaTensor.of(y), accumulate);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    device.activation.add(enter(), CudaTensor.of(a), CudaTensor.of(b), CudaTensor.of(y));
  }

  @Override
  public void copyColumns(Tensor x, int xCol, Tensor y, int yCol, int count, boolean accumulate) {
    if (count > 0) {
      device.activation.copyColumns(
          enter(), CudaTensor.of(x), xCol, CudaTensor.of(y), yCol, count, accumulate);
    }
  }

  // ---- rotary positions

  @Override
  public void rotate(Rotation rotation, Tensor x, Tensor turns, boolean transposed, Tensor y) {
    if (x != y) {
      copy(x, y);
    }
    device.activation.rotate(enter(), rotation, CudaTensor.of(turns), transposed, CudaTensor.of(y));
  }

  // ---- products of two tensors, transposes, softmax

  @Override
  public void matmul(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor y, boolean accumulate) {
    device.linear.matmul(
        enter(),
        CudaTensor.of(a),
        transposeA,
        CudaTensor.of(b),
        transposeB,
        CudaTensor.of(y),
        accumulate);
  }

  @Override
  public void transpose(Tensor x, Tensor y) {
    device.linear.transpose(enter(), CudaTensor.of(x), CudaTensor.of(y));
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    device.softmax.softmax(enter(), CudaTensor.of(x), CudaTensor.of(y));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor y) {
    device.softmax.logSoftmax(enter(), CudaTensor.of(x), CudaTensor.of(y));
  }

  // ---- layer norm

  @Override
  public NormWeights normWeights(boolean centred, double[] gamma, double[] beta, double epsilon) {
    DeviceBuffer shift = beta == null ? null : constant(beta);
    return new CudaNorm(gamma.length, centred, constant(gamma), shift, epsilon);
  }

  @Override
  public void update(NormWeights w, double[] gamma, double[] beta) {
    enter();
    ((CudaNorm) w).write(transfers, gamma, beta);
  }

  @Override
  public void layerNorm(
      Tensor x,
      Tensor residual,
      NormWeights w,
      Tensor y,
      Tensor normalized,
      Tensor reciprocalDeviation) {
    device.norm.forward(
        enter(),
        CudaTensor.of(x),
        CudaTensor.of(residual),
        (CudaNorm) w,
        CudaTensor.of(y),
        CudaTensor.of(normalized),
        CudaTensor.of(reciprocalDeviation));
  }

  @Override
  public void layerNormBackward(
      Tensor gy, NormWeights w, Tensor normalized, Tensor reciprocalDeviation, Tensor gs) {
    device.norm.backward(
        enter(),
        CudaTensor.of(gy),
        (CudaNorm) w,
        CudaTensor.of(normalized),
        CudaTensor.of(reciprocalDeviation),
        CudaTensor.of(gs));
  }

  // ---- attention

  /** The largest score and the reciprocal of the sum of exponentials, for each query. */
  @Override
  public Shape savedByAttention(AttentionSpec spec, Shape query, Shape keyValue) {
    return new Shape(query.batch() * spec.heads(), query.rows(), 2);
  }

  private AttentionKernels.Input attentionInput(
      AttentionSpec spec, Tensor query, Tensor keyValue, AttentionMask given) {
    enter();
    AttentionMask mask = spec.slopes().isEmpty() ? given : given.ranged(query.shape().rows());
    // lengths, ranges and slopes in one array: all have to be there when the kernel begins
    int ranges = mask.items();
    int slopes = ranges + 3 * mask.rangedQueries();
    int[] numbers = Arrays.copyOf(mask.lengths(), slopes + spec.slopes().size());
    for (int r = 0; r < mask.rangedQueries(); r++) {
      numbers[ranges + 3 * r] = mask.from(r);
      numbers[ranges + 3 * r + 1] = mask.to(r);
      numbers[ranges + 3 * r + 2] = mask.position(r);
    }
    for (int h = 0; h < spec.slopes().size(); h++) {
      numbers[slopes + h] = Float.floatToIntBits((float) spec.slope(h));
    }
    long at = arguments.integers(numbers);
    return new AttentionKernels.Input(
        spec,
        CudaTensor.of(query),
        CudaTensor.of(keyValue),
        at,
        mask.isRanged() ? at + (long) Integer.BYTES * ranges : 0,
        spec.slopes().isEmpty() ? 0 : at + (long) Integer.BYTES * slopes);
  }

  @Override
  public void attention(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor y,
      Tensor saved) {
    AttentionKernels.Input in = attentionInput(spec, query, keyValue, mask);
    device.attention.forward(launcher, in, CudaTensor.of(y), CudaTensor.of(saved));
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
    AttentionKernels.Input in = attentionInput(spec, query, keyValue, mask);
    CudaTensor g = CudaTensor.of(gy);
    CudaTensor s = CudaTensor.of(saved);
    Tensor scratch = allocate(saved.shape().withCols(1));
    CudaTensor deltas = CudaTensor.of(scratch);
    device.attention.queryGradient(launcher, in, g, s, deltas, CudaTensor.of(gQuery));
    device.attention.keyValueGradient(launcher, in, g, s, deltas, CudaTensor.of(gKeyValue));
    release(scratch);
  }

  // ---- rows

  @Override
  public void gather(Tensor x, int[] rows, Tensor y, boolean accumulate) {
    enter();
    long at = arguments.integers(rows);
    device.embedding.gather(launcher, CudaTensor.of(x), at, CudaTensor.of(y), accumulate);
  }

  @Override
  public void scatterAdd(Tensor gy, int[] rows, Tensor gx) {
    enter();
    long at = arguments.integers(byTarget(rows));
    device.embedding.scatterAdd(launcher, CudaTensor.of(gy), at, CudaTensor.of(gx));
  }

  /** Pairs of a row of gx and one of gy, so that what is added to one row is together, in order. */
  private static int[] byTarget(int[] rows) {
    long[] pairs = new long[rows.length];
    Arrays.setAll(pairs, r -> (long) rows[r] << Integer.SIZE | r);
    Arrays.sort(pairs);
    int[] flat = new int[2 * rows.length];
    for (int i = 0; i < pairs.length; i++) {
      flat[2 * i] = (int) (pairs[i] >> Integer.SIZE);
      flat[2 * i + 1] = (int) pairs[i];
    }
    return flat;
  }

  @Override
  public void meanRows(Tensor x, int[] lengths, Tensor y) {
    enter();
    long at = arguments.integers(lengths);
    device.reduction.meanRows(launcher, CudaTensor.of(x), at, CudaTensor.of(y));
  }

  @Override
  public void meanRowsBackward(Tensor gy, int[] lengths, Tensor gx) {
    enter();
    long at = arguments.integers(lengths);
    device.reduction.meanRowsBackward(launcher, CudaTensor.of(gy), at, CudaTensor.of(gx));
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
    enter();
    device.recurrent.forward(
        launcher,
        CudaTensor.of(inputGates),
        CudaTensor.of(hiddenGates),
        CudaTensor.of(state),
        arguments.flags(active),
        CudaTensor.of(y),
        CudaTensor.of(gates));
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
    enter();
    device.recurrent.backward(
        launcher,
        CudaTensor.of(gy),
        CudaTensor.of(hiddenGates),
        CudaTensor.of(state),
        arguments.flags(active),
        CudaTensor.of(gates),
        CudaTensor.of(gInputGates),
        CudaTensor.of(gHiddenGates),
        CudaTensor.of(gState));
  }

  // ---- linear combinations of items

  @Override
  public void lerp(Tensor start, Tensor end, double[] alphas, Tensor y, int first) {
    enter();
    long at = arguments.floats(alphas);
    device.embedding.lerp(
        launcher,
        CudaTensor.of(start),
        CudaTensor.of(end),
        at,
        CudaTensor.of(y),
        first,
        alphas.length);
  }

  @Override
  public void addWeighted(Tensor g, double[] weights, int from, int to, Tensor sum) {
    enter();
    long at = arguments.floats(weights);
    device.reduction.addWeighted(launcher, CudaTensor.of(g), at, from, to, CudaTensor.of(sum));
  }

  // ---- training

  @Override
  public void linearWeightGradient(Tensor x, Tensor gy, Tensor gw, boolean accumulate) {
    matmul(gy, true, x, false, gw, accumulate);
  }

  @Override
  public void sumRows(Tensor x, Tensor y, boolean accumulate) {
    device.reduction.sumRows(enter(), CudaTensor.of(x), CudaTensor.of(y), accumulate);
  }

  @Override
  public double[] softmaxCrossEntropy(
      Tensor logits, int[] targets, double[] weights, Tensor gLogits) {
    enter();
    int[] pairs = new int[2 * targets.length];
    for (int m = 0; m < targets.length; m++) {
      pairs[2 * m] = targets[m];
      pairs[2 * m + 1] = Float.floatToIntBits((float) weights[m]);
    }
    Tensor losses = allocate(Shape.matrix(targets.length, 1));
    device.softmax.crossEntropy(
        launcher,
        CudaTensor.of(logits),
        arguments.integers(pairs),
        CudaTensor.of(losses),
        CudaTensor.of(gLogits));
    double[] values = download(losses);
    release(losses);
    return values;
  }
}
