package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The float32 kernels against EJML in float64 at thousands of random shapes: whatever the sizes, no
 * entry is further from the reference than a few units in the last place of the largest.
 */
class RandomShapesTest {
  private static final int SHAPES = 300;
  private static final double TOLERANCE = 1e-5;

  /** A primitive, forward and backward, at a shape that chance chooses. */
  enum Primitive {
    LINEAR(RandomShapesTest::linear),
    DENSE(RandomShapesTest::dense),
    LAYER_NORM(RandomShapesTest::layerNorm),
    ATTENTION(RandomShapesTest::attention),
    ROWS(RandomShapesTest::rows),
    GRU(RandomShapesTest::gru),
    PATH(RandomShapesTest::path);

    @SuppressWarnings("ImmutableEnumChecker") // a method, without state
    final BiFunction<Run, Random, String> run;

    Primitive(BiFunction<Run, Random, String> run) {
      this.run = run;
    }
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithFloat64(Primitive primitive) {
    try (Backend simd = Backends.open("simd");
        Backend exact = Backends.open("ejml")) {
      for (int seed = 0; seed < SHAPES; seed++) {
        Run fast = new Run(simd, seed);
        Run reference = new Run(exact, seed);
        String what = primitive.run.apply(fast, new Random(~seed));
        primitive.run.apply(reference, new Random(~seed));
        assertClose(seed + ": " + what, fast.finish(), reference.finish());
      }
      assertThat(simd.arenaBytes()).isLessThan(64 << 20);
    }
  }

  /** What is compared is not empty, and a wrong number is noticed. */
  @Test
  void aDifferenceIsNoticed() {
    List<double[]> one = List.of(new double[] {1, 2}, new double[] {3});
    List<double[]> other = List.of(new double[] {1, 2.001}, new double[] {3});
    assertThat(worst(one, one)).isZero();
    assertThat(worst(one, other)).isGreaterThan(TOLERANCE);
    assertThat(worst(one, List.of(new double[] {1, Double.NaN}, new double[] {3}))).isInfinite();
  }

  private static void assertClose(String what, List<double[]> actual, List<double[]> expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected).isNotEmpty();
    assertThat(worst(actual, expected)).as(what).isLessThan(TOLERANCE);
  }

  /** Largest deviation, relative to the tensor's largest entry, or to 1, as inputs are, if less. */
  private static double worst(List<double[]> actual, List<double[]> expected) {
    double worst = 0;
    for (int t = 0; t < expected.size(); t++) {
      double largest = Math.max(1, Arrays.stream(expected.get(t)).map(Math::abs).max().orElse(1));
      for (int i = 0; i < expected.get(t).length; i++) {
        double deviation = Math.abs(actual.get(t)[i] - expected.get(t)[i]) / largest;
        worst = Math.max(worst, Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : deviation);
      }
    }
    return worst;
  }

  /** Seeded inputs that float32 holds, and the tensors of one run. */
  private static final class Run {
    final Backend backend;
    private final Random random;
    private final List<Tensor> held = new ArrayList<>();
    private final List<Tensor> results = new ArrayList<>();

    Run(Backend backend, long seed) {
      this.backend = backend;
      this.random = new Random(seed);
    }

    double[] values(int n) {
      return random.doubles(n, -2, 2).map(v -> (float) v).toArray();
    }

    Tensor input(Shape shape) {
      Tensor t = backend.upload(shape, values(shape.size()));
      held.add(t);
      return t;
    }

    /** Full of NaN before; compared afterwards. */
    Tensor result(Shape shape) {
      Tensor t = scratch(shape);
      results.add(t);
      return t;
    }

    /** Full of NaN before; not compared. */
    Tensor scratch(Shape shape) {
      Tensor t = backend.allocate(shape);
      backend.fill(t, Double.NaN);
      held.add(t);
      return t;
    }

    /** Has values before and is compared afterwards. */
    Tensor accumulator(Shape shape) {
      Tensor t = input(shape);
      results.add(t);
      return t;
    }

    List<double[]> finish() {
      List<double[]> values = results.stream().map(backend::download).toList();
      held.forEach(backend::release);
      return values;
    }
  }

  /** Small sizes more often than large ones, so that every remainder comes up. */
  private static int size(Random random, int largest) {
    return 1 + (int) (largest * Math.pow(random.nextDouble(), 2));
  }

  private static int[] lengths(Random random, int batch, int rows) {
    return random.ints(batch, 1, rows + 1).toArray();
  }

  private static LinearWeights weights(Run run, int outputs, int inputs) {
    double[] weight = run.values(outputs * inputs);
    return run.backend.linearWeights(outputs, inputs, weight, run.values(outputs));
  }

  private static String linear(Run run, Random random) {
    Shape x = new Shape(size(random, 5), size(random, 50), size(random, 300));
    int outputs = size(random, 90);
    LinearWeights w = weights(run, outputs, x.cols());
    Tensor y = run.result(x.withCols(outputs));
    run.backend.linear(run.input(x), w, y);
    Tensor gy = run.input(x.withCols(outputs));
    run.backend.linearBackward(gy, w, run.result(x), false);
    run.backend.linearBackward(gy, w, run.accumulator(x), true);
    return x + " to " + outputs;
  }

  private static String dense(Run run, Random random) {
    Shape x = new Shape(size(random, 5), size(random, 50), size(random, 60));
    // A kink at 0 would be on different sides of rounding.
    Activation[] smooth = {
      Activation.GELU, Activation.GELU_NEW, Activation.TANH, Activation.SIGMOID, Activation.SILU
    };
    Activation act = smooth[random.nextInt(smooth.length)];
    int outputs = size(random, 90);
    Shape y = x.withCols(outputs);
    Tensor in = run.input(x);
    run.backend.linear(in, weights(run, outputs, x.cols()), act, run.result(y), run.result(y));
    run.backend.activation(act, in, run.result(x), run.result(x));
    run.backend.multiply(in, run.input(x), run.accumulator(x), true);
    run.backend.add(in, run.input(x.withBatch(1)), run.result(x));
    return act + " of " + x + " to " + outputs;
  }

  private static String layerNorm(Run run, Random random) {
    // Of few features the deviation can be as small as one likes, and its reciprocal as uncertain.
    Shape x = new Shape(size(random, 5), size(random, 50), 7 + size(random, 300));
    int d = x.cols();
    NormWeights w = run.backend.normWeights(run.values(d), run.values(d), 1e-5);
    Tensor normalized = run.result(x);
    Tensor deviation = run.result(x.withCols(1));
    Tensor residual = random.nextBoolean() ? run.input(x) : null;
    run.backend.layerNorm(run.input(x), residual, w, run.result(x), normalized, deviation);
    run.backend.layerNormBackward(run.input(x), w, normalized, deviation, run.result(x));
    return x + (residual == null ? "" : " with residual");
  }

  private static String attention(Run run, Random random) {
    double[] masks = {Double.NEGATIVE_INFINITY, -10000, -0.75};
    double mask = masks[random.nextInt(masks.length)];
    int headSize = size(random, 40);
    AttentionSpec spec =
        new AttentionSpec(size(random, 6), headSize, 1 / Math.sqrt(headSize), mask);
    int batch = size(random, 4);
    int keys = size(random, 80);
    Shape q = new Shape(batch, random.nextBoolean() ? 1 : size(random, 80), spec.width());
    Shape kv = new Shape(batch, keys, 2 * spec.width());
    int[] lengths = lengths(random, batch, keys);
    Tensor query = run.input(q);
    Tensor keyValue = run.input(kv);
    Tensor saved = run.scratch(run.backend.savedByAttention(spec, q, kv));
    run.backend.attention(spec, query, keyValue, lengths, run.result(q), saved);
    Tensor gy = run.input(q);
    run.backend.attentionBackward(
        spec, query, keyValue, lengths, saved, gy, run.result(q), run.result(kv));
    return spec + ", " + q + " on " + kv + ", lengths " + Arrays.toString(lengths);
  }

  private static String rows(Run run, Random random) {
    Shape x = new Shape(size(random, 6), size(random, 60), size(random, 60));
    int[] ids = random.ints((long) x.batch() * x.rows(), 0, 23).toArray();
    Tensor table = run.input(Shape.matrix(23, x.cols()));
    run.backend.gather(table, ids, run.result(x), false);
    run.backend.gather(table, ids, run.accumulator(x), true);
    Shape rows = Shape.matrix(x.batch(), x.cols());
    int[] chosen = random.ints(x.batch(), 0, x.allRows()).toArray();
    int[] lengths = lengths(random, x.batch(), x.rows());
    Tensor in = run.input(x);
    Tensor gy = run.input(rows);
    run.backend.gather(in, chosen, run.result(rows), false);
    run.backend.scatterAdd(gy, chosen, run.accumulator(x));
    run.backend.meanRows(in, lengths, run.result(rows));
    run.backend.meanRowsBackward(gy, lengths, run.result(x));
    int count = size(random, x.cols());
    Tensor wide = run.accumulator(x.withCols(x.cols() + 5));
    run.backend.copyColumns(in, x.cols() - count, wide, 2, count, random.nextBoolean());
    return x.toString();
  }

  private static String gru(Run run, Random random) {
    Shape state = Shape.matrix(size(random, 40), size(random, 40));
    Shape gates = state.withCols(3 * state.cols());
    boolean[] active = new boolean[state.rows()];
    for (int b = 0; b < active.length; b++) {
      active[b] = random.nextInt(4) != 0;
    }
    Tensor hiddenGates = run.input(gates);
    Tensor h = run.input(state);
    Tensor y = run.result(state);
    Tensor saved = run.scratch(gates);
    run.backend.gruCell(run.input(gates), hiddenGates, h, active, y, saved);
    run.backend.gruCellBackward(
        run.input(state),
        hiddenGates,
        h,
        active,
        saved,
        run.result(gates),
        run.result(gates),
        run.result(state));
    return state.toString();
  }

  private static String path(Run run, Random random) {
    Shape item = Shape.matrix(size(random, 60), size(random, 60));
    int steps = size(random, 40);
    double[] alphas = random.doubles(steps, 0, 1).toArray();
    double[] weights = random.doubles(steps, 0, 1).toArray();
    Shape all = item.withBatch(steps);
    run.backend.lerp(run.input(item), run.input(item), alphas, run.result(all), 0);
    int from = random.nextInt(steps) / 8 * 8;
    run.backend.addWeighted(run.input(all), weights, from, steps, run.accumulator(item));
    return steps + " steps of " + item;
  }
}
