package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One test's view of the backend under test: seeded values, tensors that are released at the end of
 * the test, and comparison within the backend's tolerance. All storage it hands out held NaN
 * before, padding included, so that a kernel that reads what it must not shows itself.
 */
final class Workbench implements AutoCloseable {
  /** Awkward sizes: alone, odd, prime, one panel, one panel and a row, larger than one block. */
  static final int[] SIZES = {1, 3, 7, 13, 16, 17, 65, 207};

  private static final int POISONED_LENGTH = 1 << 16;
  private static final int POISONED_COPIES = 4;

  private final Backend backend;
  private final double tolerance;
  private final Random random = new Random(20260711);
  private final List<Tensor> held = new ArrayList<>();

  /**
   * A bench on {@code backend}.
   *
   * @param tolerance largest deviation allowed, relative to the largest entry expected
   */
  Workbench(Backend backend, double tolerance) {
    this.backend = backend;
    this.tolerance = tolerance;
  }

  Backend backend() {
    return backend;
  }

  Random random() {
    return random;
  }

  /** The size {@code steps} places further round the list of {@link #SIZES}. */
  static int size(int steps) {
    return SIZES[steps % SIZES.length];
  }

  /** {@code n} values from -1 to 1 that float32 holds exactly. */
  double[] values(int n) {
    return values(n, 1);
  }

  /** {@code n} values from -{@code largest} to {@code largest} that float32 holds exactly. */
  double[] values(int n, double largest) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) ((2 * random.nextDouble() - 1) * largest);
    }
    return v;
  }

  /** {@code batch} lengths from 1 to {@code rows}; the first is {@code rows}, the second 1. */
  int[] lengths(int batch, int rows) {
    int[] lengths = new int[batch];
    for (int b = 0; b < batch; b++) {
      lengths[b] = b == 0 ? rows : b == 1 ? 1 : 1 + random.nextInt(rows);
    }
    return lengths;
  }

  /** A tensor of these values whose storage, padding included, held NaN before. */
  Tensor input(Shape shape, double... rowMajor) {
    Tensor garbage = backend.allocate(shape);
    backend.fill(garbage, Double.NaN);
    backend.release(garbage);
    return hold(backend.upload(shape, rowMajor));
  }

  /** A tensor full of NaN, for a kernel to overwrite. */
  Tensor output(Shape shape) {
    Tensor t = hold(backend.allocate(shape));
    backend.fill(t, Double.NaN);
    return t;
  }

  /** Releases {@code t} at the end of the test. */
  Tensor hold(Tensor t) {
    held.add(t);
    return t;
  }

  /** Leaves arrays full of NaN, of every size class up to 65536, in the arena. */
  void poisonArena() {
    List<Tensor> garbage = new ArrayList<>();
    for (int n = 16; n <= POISONED_LENGTH; n = SizeClasses.classOf(n + 1)) {
      for (int copy = 0; copy < POISONED_COPIES; copy++) {
        Tensor t = backend.allocate(Shape.matrix(16, n / 16));
        backend.fill(t, Double.NaN);
        garbage.add(t);
      }
    }
    garbage.forEach(backend::release);
  }

  /** Requires each entry to be within the tolerance times the largest entry expected. */
  void assertClose(String what, Tensor actual, double[] expected) {
    assertClose(what, backend.download(actual), expected);
  }

  /** Requires each entry to be within the tolerance times the largest entry expected. */
  void assertClose(String what, double[] actual, double[] expected) {
    assertClose(what, actual, expected, largest(expected));
  }

  /** Requires each entry to be within the tolerance times {@code largest}. */
  void assertClose(String what, double[] actual, double[] expected, double largest) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      requireWithin(what, i, actual[i], expected[i], tolerance * largest);
    }
  }

  /** The largest absolute value, or 1e-30 if all are smaller. */
  static double largest(double[] values) {
    double largest = 1e-30;
    for (double v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  /** Requires each entry to be within the tolerance times its own size, or times 1 if smaller. */
  void assertEachClose(String what, Tensor tensor, double[] expected) {
    double[] actual = backend.download(tensor);
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      requireWithin(what, i, actual[i], expected[i], allowed);
    }
  }

  private static void requireWithin(
      String what, int i, double actual, double expected, double allowed) {
    // written so that NaN fails
    if (!(Math.abs(actual - expected) <= allowed)) {
      fail("%s: entry %d is %s, expected %s within %s", what, i, actual, expected, allowed);
    }
  }

  /** Requires exactly these values. */
  void assertSame(String what, Tensor actual, double[] expected) {
    assertThat(backend.download(actual)).as(what).isEqualTo(expected);
  }

  @Override
  public void close() {
    held.forEach(backend::release);
    held.clear();
  }
}
