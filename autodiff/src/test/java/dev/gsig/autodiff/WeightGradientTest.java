package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.GruCell;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients with respect to weights, against central differences, and that only training asks. */
class WeightGradientTest {
  /** A graph on weights that are made anew of the values theta. */
  interface Case {
    /** The result and the parts of weights that theta holds, one behind the other. */
    Built build(Tape tape, double[] theta);
  }

  /** What {@link Case#build} made. */
  record Built(Variable y, List<Weight> parts) {}

  /** A named case with as many values. */
  record Named(String name, int size, Case graph) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Variable values(Tape tape, Shape shape, long seed) {
    double[] values = new Random(seed).doubles(shape.size(), -1, 1).toArray();
    Tensor t = tape.backend().upload(shape, values);
    Variable constant = tape.constant(t);
    tape.backend().release(t);
    return constant;
  }

  private static LinearWeights linear(Tape tape, double[] theta, int outputs, int inputs) {
    int n = outputs * inputs;
    double[] bias = Arrays.copyOfRange(theta, n, n + outputs);
    return tape.backend().linearWeights(outputs, inputs, Arrays.copyOf(theta, n), bias);
  }

  private static List<Weight> both(LinearWeights w) {
    return List.of(Weight.matrix(w), Weight.bias(w));
  }

  static List<Named> cases() {
    return List.of(
        new Named(
            "linear",
            42,
            (tape, theta) -> {
              LinearWeights w = linear(tape, theta, 7, 5);
              Variable x = values(tape, new Shape(3, 17, 5), 1);
              return new Built(tape.apply(new Linear(w), x), both(w));
            }),
        new Named(
            "dense",
            42,
            (tape, theta) -> {
              LinearWeights w = linear(tape, theta, 7, 5);
              Variable x = values(tape, new Shape(2, 17, 5), 2);
              return new Built(tape.apply(new Dense(w, Activation.GELU), x), both(w));
            }),
        new Named(
            "weights used twice, behind one another",
            30,
            (tape, theta) -> {
              LinearWeights w = linear(tape, theta, 5, 5);
              Variable x = values(tape, new Shape(2, 3, 5), 3);
              Variable once = tape.apply(new Dense(w, Activation.TANH), x);
              return new Built(tape.apply(new Linear(w), once), both(w));
            }),
        new Named(
            "layer norm with residual",
            14,
            (tape, theta) -> {
              NormWeights w =
                  tape.backend()
                      .normWeights(Arrays.copyOf(theta, 7), Arrays.copyOfRange(theta, 7, 14), 1e-5);
              Shape shape = new Shape(2, 17, 7);
              Variable y = tape.apply(new Norm(w), values(tape, shape, 4), values(tape, shape, 5));
              return new Built(y, List.of(Weight.gamma(w), Weight.beta(w)));
            }),
        new Named(
            "root-mean-square norm",
            7,
            (tape, theta) -> {
              NormWeights w = tape.backend().normWeights(false, theta, null, 1e-5);
              Variable y = tape.apply(new Norm(w), values(tape, new Shape(2, 17, 7), 4));
              return new Built(y, List.of(Weight.gamma(w)));
            }),
        new Named(
            "embedding, rows repeated and picked",
            12,
            (tape, theta) -> {
              Tensor table = tape.backend().upload(Shape.matrix(4, 3), theta);
              int[] ids = {0, 3, 3, 1, 1, 1};
              Variable e = tape.weight(table).then(new Gather(ids, 2));
              Variable y = tape.apply(new Gather(new int[] {5, 0, 0, 1}), e);
              return new Built(y, List.of(Weight.table(table)));
            }),
        new Named(
            "recurrent layer of a gru, from a constant state",
            12 * 4 + 12,
            (tape, theta) -> {
              LinearWeights w = linear(tape, theta, 12, 4);
              Variable h = values(tape, Shape.matrix(2, 4), 6);
              for (int t = 0; t < 3; t++) {
                Variable gates = values(tape, Shape.matrix(2, 12), 7 + t);
                Variable hidden = tape.apply(new Linear(w), h);
                h = tape.apply(new GruCell(new boolean[] {true, t != 1}), gates, hidden, h);
              }
              return new Built(h, both(w));
            }));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithCentralDifferences(Named c) {
    Random random = new Random(5);
    double[] theta = random.doubles(c.size, -1, 1).toArray();
    double[] direction = random.doubles(c.size, -1, 1).toArray();
    double h = 1e-5;
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend, new Tape.Training(0, 0))) {
      Built built = c.graph.build(tape, theta);
      double[] projection = random.doubles(built.y.shape().size(), -1, 1).toArray();
      tape.backward(built.y, backend.upload(built.y.shape(), projection));
      double analytic = 0;
      int at = 0;
      for (Weight part : built.parts) {
        for (double g : backend.download(tape.gradient(part))) {
          analytic += g * direction[at++];
        }
      }
      double plus = project(backend, c, moved(theta, direction, h), projection);
      double minus = project(backend, c, moved(theta, direction, -h), projection);
      double numeric = (plus - minus) / (2 * h);
      assertThat(at).isEqualTo(c.size);
      assertThat(Math.abs(analytic)).isGreaterThan(1e-3);
      assertThat(Math.abs(analytic - numeric)).isLessThan(1e-6 * Math.max(1, Math.abs(numeric)));
    }
  }

  private static double[] moved(double[] theta, double[] direction, double h) {
    double[] moved = theta.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += h * direction[i];
    }
    return moved;
  }

  private static double project(Backend backend, Named c, double[] theta, double[] projection) {
    try (Tape tape = new Tape(backend)) {
      double[] y = backend.download(c.graph.build(tape, theta).y.value());
      double sum = 0;
      for (int i = 0; i < y.length; i++) {
        sum += y[i] * projection[i];
      }
      return sum;
    }
  }

  @Test
  void aTapeThatDoesNotTrainAsksForNoGradientOfWeights() {
    try (Backend backend = Backends.open("ejml")) {
      CountingBackend counting = new CountingBackend(backend);
      try (Tape tape = new Tape(counting.backend())) {
        LinearWeights w = backend.linearWeights(2, 2, new double[4], new double[2]);
        Variable x = tape.input(Shape.matrix(3, 2), new double[6]);
        Variable constant = values(tape, Shape.matrix(3, 2), 1);
        assertThat(tape.apply(new Linear(w), constant).needsGradient()).isFalse();
        assertThat(tape.weight(x.value()).needsGradient()).isFalse();
        Variable y = tape.apply(new Linear(w), x);
        tape.backward(y, backend.upload(y.shape(), new double[6]));
        assertThat(tape.gradient(x).shape()).isEqualTo(x.shape());
        assertThat(tape.gradient(Weight.matrix(w))).isNull();
        assertThat(counting.calls("linearWeightGradient")).isZero();
        assertThat(counting.calls("sumRows")).isZero();
      }
    }
  }

  /** Holders are counted for one thread, and tapes of several read a model's tables. */
  @Test
  void aTapeIsNoHolderOfAWeight() {
    try (Backend backend = Backends.open("ejml");
        Tape trains = new Tape(backend, new Tape.Training(0, 0));
        Tape plain = new Tape(backend)) {
      Tensor table = backend.upload(Shape.matrix(2, 2), new double[4]);
      for (Tape tape : new Tape[] {trains, plain}) {
        Variable row = tape.weight(table).then(new Gather(new int[] {1}));
        assertThat(table.isShared()).isFalse();
        tape.backward(row, backend.upload(row.shape(), new double[] {5, 7}));
        tape.close();
        assertThat(backend.download(table)).containsOnly(0);
        assertThat(table.isShared()).isFalse();
        backend.release(table.retain());
      }
    }
  }

  /** A weight of a fused operation and the same numbers as a variable have the same gradient. */
  @Test
  void packedWeightsAndVariablesHaveTheSameGradients() {
    double[] theta = new Random(8).doubles(42, -1, 1).toArray();
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend, new Tape.Training(0, 0))) {
      LinearWeights w = linear(tape, theta, 7, 5);
      Variable x = values(tape, new Shape(3, 17, 5), 1);
      Variable matrix = tape.input(Shape.matrix(7, 5), Arrays.copyOf(theta, 35));
      Variable bias = tape.input(Shape.matrix(1, 7), Arrays.copyOfRange(theta, 35, 42));
      Variable packed = x.then(new Linear(w));
      Variable plain = x.then(new MatMul(false, true), matrix).then(new Add(), bias);
      double[] expected = packed.values();
      assertThat(plain.values()).containsExactly(expected, within(1e-14));
      tape.backward(packed.then(new Multiply(), plain).then(new Sum()));
      double[] g = backend.download(tape.gradient(Weight.matrix(w)));
      assertThat(matrix.gradient()).containsExactly(g, within(1e-11));
      assertThat(bias.gradient())
          .containsExactly(backend.download(tape.gradient(Weight.bias(w))), within(1e-11));
    }
  }

  @Test
  void dropoutKeepsTheMeanAndDropsTheShareThatItIsToldTo() {
    try (Backend backend = Backends.open("simd");
        Tape tape = new Tape(backend, new Tape.Training(0.25, 9))) {
      Tensor ones = backend.allocate(new Shape(4, 25, 100));
      backend.fill(ones, 1);
      double[] y = backend.download(Dropout.on(tape, tape.input(ones)).value());
      assertThat(Arrays.stream(y).filter(v -> v == 0).count()).isBetween(2300L, 2700L);
      assertThat(Arrays.stream(y).average().orElseThrow()).isBetween(0.97, 1.03);
      assertThat(Arrays.stream(y).filter(v -> v != 0)).containsOnly((double) (float) (4 / 3.0));
    }
  }

  @Test
  void dropoutDoesNothingWithoutTraining() {
    try (Backend backend = Backends.open("ejml");
        Tape plain = new Tape(backend);
        Tape trains = new Tape(backend, new Tape.Training(0, 9))) {
      Variable x = values(plain, Shape.matrix(2, 2), 1);
      assertThat(Dropout.on(plain, x)).isSameAs(x);
      assertThat(Dropout.on(trains, x)).isSameAs(x);
    }
  }

  /** Two layers must not drop the same entries, and the seed alone decides which. */
  @Test
  void dropoutDrawsAnewForEachOperation() {
    double[][] first = dropped(9);
    assertThat(first[0]).isNotEqualTo(first[1]);
    assertThat(dropped(9)).isDeepEqualTo(first);
    assertThat(dropped(10)[0]).isNotEqualTo(first[0]);
  }

  private static double[][] dropped(long seed) {
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend, new Tape.Training(0.5, seed))) {
      Variable x = values(tape, Shape.matrix(10, 10), 1);
      return new double[][] {
        backend.download(Dropout.on(tape, x).value()), backend.download(Dropout.on(tape, x).value())
      };
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void ratesOfDropoutThatMakeNoSenseAreRefused(double rate) {
    assertThatThrownBy(() -> new Tape.Training(rate, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(rate));
  }

  @Test
  void trainingGivesItsGradientsBack() {
    try (Backend backend = Backends.open("ejml")) {
      LinearWeights w = backend.linearWeights(2, 2, new double[4], new double[2]);
      train(backend, w);
      long bytes = backend.arenaBytes();
      for (int i = 0; i < 10; i++) {
        train(backend, w);
      }
      assertThat(backend.arenaBytes()).isEqualTo(bytes);
    }
  }

  private static void train(Backend backend, LinearWeights w) {
    try (Tape tape = new Tape(backend, new Tape.Training(0, 0))) {
      Variable y = tape.apply(new Linear(w), values(tape, Shape.matrix(3, 2), 1));
      Tensor seed = backend.upload(y.shape(), new double[6]);
      tape.backward(y, seed);
      backend.release(seed);
      assertThat(tape.gradient(Weight.matrix(w))).isNotNull();
    }
  }
}
