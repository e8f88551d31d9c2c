package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.PrimitiveRuns;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The vector kernels and their scalar twins give the same bits, special values included. Without
 * the Vector API both names open the scalar kernels, and this holds trivially.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimdBitIdentityTest {
  private static final int RANDOM_VALUES = 1 << 19;

  private static final int[] LENGTHS = {1, 2, 3, 5, 8, 13, 16, 17, 19};

  private Backend vector;
  private Backend scalar;

  @BeforeAll
  void open() {
    vector = Backends.open("simd-vector");
    scalar = Backends.open("simd-scalar");
  }

  @AfterAll
  void close() {
    vector.close();
    scalar.close();
  }

  @Test
  void everyPrimitive() {
    PrimitiveRuns.ALL.forEach(
        (name, run) -> Bits.assertSame(name, run.apply(vector), run.apply(scalar)));
  }

  /** Every exponent, every sign, NaN of every kind: the bits themselves are random. */
  private static double[] anyFloats(Random random, int n) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = Float.intBitsToFloat(random.nextInt());
    }
    return v;
  }

  /** Where the functions bend: uniform in the range that matters, and the borders of ranges. */
  private static double[] usualFloats(Random random, int n) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (random.nextDouble() * 240 - 120);
    }
    float[] borders = {
      0f, 10f, 13.2f, 87.33f, 88.8f, 104f, 0.3465736f, Float.MIN_NORMAL, Float.MIN_VALUE, 1e30f
    };
    int i = 0;
    for (float b : borders) {
      for (float x : new float[] {b, Math.nextUp(b), Math.nextDown(b)}) {
        v[i++] = x;
        v[i++] = -x;
      }
    }
    return v;
  }

  private static double[] activation(Backend backend, Activation act, double[] values) {
    Shape shape = new Shape(1, 16, values.length / 16);
    Tensor x = backend.upload(shape, values);
    Tensor derivative = backend.allocate(shape);
    backend.activation(act, x, x, derivative);
    double[] y = backend.download(x);
    double[] slope = backend.download(derivative);
    backend.release(x);
    backend.release(derivative);
    double[] both = java.util.Arrays.copyOf(y, 2 * y.length);
    System.arraycopy(slope, 0, both, y.length, slope.length);
    return both;
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationsOfAnyFloat(Activation act) {
    Random random = new Random(7);
    for (double[] values :
        new double[][] {anyFloats(random, RANDOM_VALUES), usualFloats(random, RANDOM_VALUES)}) {
      double[] v = activation(vector, act, values);
      Bits.assertSame(act.configName(), v, activation(scalar, act, values));
    }
  }

  /** Mostly ordinary values, with a few that are not. */
  private static double[] mixed(Random random, int n) {
    double[] special = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 3e38, -3e38, 1e-42, -0.0, 1e30
    };
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] =
          random.nextInt(60) == 0
              ? special[random.nextInt(special.length)]
              : 4 * random.nextDouble() - 2;
    }
    return v;
  }

  @Test
  void linearOfSpecialValues() {
    Bits.assertSame("linear", linear(vector), linear(scalar));
  }

  private static double[] linear(Backend backend) {
    Random random = new Random(8);
    LinearWeights w = backend.linearWeights(70, 23, mixed(random, 1610), mixed(random, 70));
    Tensor x = backend.upload(new Shape(2, 19, 23), mixed(random, 2 * 19 * 23));
    Tensor y = backend.allocate(new Shape(2, 19, 70));
    backend.linear(x, w, y);
    return backend.download(y);
  }

  @Test
  void layerNormOfSpecialValues() {
    Bits.assertSame("layer norm", layerNorm(vector, true), layerNorm(scalar, true));
    Bits.assertSame("not centred", layerNorm(vector, false), layerNorm(scalar, false));
  }

  private static double[] layerNorm(Backend backend, boolean centred) {
    Random random = new Random(9);
    NormWeights w = backend.normWeights(centred, mixed(random, 13), mixed(random, 13), 1e-12);
    Shape shape = new Shape(2, 67, 13);
    Tensor x = backend.upload(shape, mixed(random, shape.size()));
    Tensor y = backend.allocate(shape);
    Tensor n = backend.allocate(shape);
    Tensor rd = backend.allocate(shape.withCols(1));
    backend.layerNorm(x, null, w, y, n, rd);
    Tensor gs = backend.allocate(shape);
    backend.layerNormBackward(y, w, n, rd, gs);
    double[] a = backend.download(y);
    double[] b = backend.download(gs);
    double[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void attentionOfSpecialValues() {
    for (double mask : new double[] {Double.NEGATIVE_INFINITY, -10000, -Float.MAX_VALUE}) {
      AttentionSpec spec = new AttentionSpec(2, 3, 0.5, mask);
      AttentionMask all = AttentionMask.padding(LENGTHS);
      Bits.assertSame("mask " + mask, attention(vector, spec, all), attention(scalar, spec, all));
    }
    double removed = Double.NEGATIVE_INFINITY;
    AttentionSpec falling = new AttentionSpec(2, 2, 3, 0.5, removed, List.of(0.25, 1e30));
    AttentionMask window =
        AttentionMask.window(LENGTHS, AttentionMask.everyRow(LENGTHS.length, 5), 2, 1);
    Bits.assertSame(
        "windows", attention(vector, falling, window), attention(scalar, falling, window));
  }

  private static double[] attention(Backend backend, AttentionSpec spec, AttentionMask mask) {
    Random random = new Random(10);
    Shape q = new Shape(9, 5, 6);
    Shape kv = new Shape(9, 19, 12);
    Tensor y = backend.allocate(q);
    Tensor query = backend.upload(q, mixed(random, q.size()));
    Tensor keyValue = backend.upload(kv, mixed(random, kv.size()));
    Tensor p = backend.allocate(spec.probabilities(q, kv));
    backend.attention(spec, query, keyValue, mask, y, p);
    return backend.download(y);
  }
}
