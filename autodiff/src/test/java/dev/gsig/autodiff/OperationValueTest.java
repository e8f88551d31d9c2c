package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.CrossEntropy;
import dev.gsig.autodiff.op.LogSoftmax;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.autodiff.op.Mean;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.autodiff.op.Scale;
import dev.gsig.autodiff.op.Slice;
import dev.gsig.autodiff.op.Softmax;
import dev.gsig.autodiff.op.Subtract;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.autodiff.op.Transpose;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.Rotation;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations on numbers whose result and gradient can be written down. */
class OperationValueTest {
  private static final Shape SHAPE = new Shape(2, 2, 3);
  private static final double[] VALUES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  private Backend backend;
  private Tape tape;

  private Variable input(Shape shape, double... values) {
    return tape.input(backend.upload(shape, values));
  }

  private void assertValues(Variable y, Shape shape, double... expected) {
    assertThat(y.shape()).isEqualTo(shape);
    assertThat(backend.download(y.value())).containsExactly(expected, within(1e-6));
  }

  private void assertGradient(Variable x, double... expected) {
    assertThat(backend.download(tape.gradient(x))).containsExactly(expected, within(1e-6));
  }

  private void on(String name, Runnable test) {
    backend = Backends.open(name);
    tape = new Tape(backend);
    try {
      test.run();
    } finally {
      tape.close();
      backend.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void elementByElement(String name) {
    on(
        name,
        () -> {
          Variable a = input(SHAPE, VALUES);
          Variable row = input(Shape.matrix(1, 3), 1, 0, -1);
          Variable items = input(new Shape(2, 1, 1), 10, 100);
          Variable sum = a.then(new Add(), row);
          assertValues(sum, SHAPE, 2, 2, 2, 5, 5, 5, 8, 8, 8, 11, 11, 11);
          Variable difference = row.then(new Subtract(), a);
          assertValues(difference, SHAPE, 0, -2, -4, -3, -5, -7, -6, -8, -10, -9, -11, -13);
          Variable product = a.then(new Multiply(), items);
          assertValues(product, SHAPE, 10, 20, 30, 40, 50, 60, 700, 800, 900, 1000, 1100, 1200);
          Variable y = product.then(new Add(), difference).then(new Scale(2)).then(new Sum());
          tape.backward(y);
          // y = 2 sum of (items a + row - a)
          assertGradient(a, 18, 18, 18, 18, 18, 18, 198, 198, 198, 198, 198, 198);
          assertGradient(row, 8, 8, 8);
          assertGradient(items, 42, 114);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void products(String name) {
    on(
        name,
        () -> {
          Variable a = input(SHAPE, VALUES);
          Variable w = input(Shape.matrix(3, 1), 1, 10, 100);
          Variable y = a.then(new MatMul(), w);
          assertValues(y, new Shape(2, 2, 1), 321, 654, 987, 1320);
          assertValues(
              a.then(new Transpose()), new Shape(2, 3, 2), 1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12);
          assertValues(
              a.then(new MatMul(false, true), a),
              new Shape(2, 2, 2),
              14,
              32,
              32,
              77,
              194,
              266,
              266,
              365);
          tape.backward(y.then(new Mean()));
          assertGradient(w, 5.5, 6.5, 7.5);
          assertGradient(a, .25, 2.5, 25, .25, 2.5, 25, .25, 2.5, 25, .25, 2.5, 25);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void sumsAndMeans(String name) {
    on(
        name,
        () -> {
          Variable a = input(SHAPE, VALUES);
          assertValues(a.then(new Sum(Axis.BATCH)), Shape.matrix(2, 3), 8, 10, 12, 14, 16, 18);
          assertValues(a.then(new Sum(Axis.ROWS)), new Shape(2, 1, 3), 5, 7, 9, 17, 19, 21);
          assertValues(a.then(new Sum(Axis.COLUMNS)), new Shape(2, 2, 1), 6, 15, 24, 33);
          assertValues(a.then(new Sum()), Shape.matrix(1, 1), 78);
          assertValues(a.then(new Mean(Axis.ROWS, Axis.COLUMNS)), new Shape(2, 1, 1), 3.5, 9.5);
          assertValues(a.then(new Mean()), Shape.matrix(1, 1), 6.5);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void parts(String name) {
    on(
        name,
        () -> {
          Variable a = input(SHAPE, VALUES);
          Variable row = a.then(new Slice(Axis.ROWS, 1, 2));
          assertValues(row, new Shape(2, 1, 3), 4, 5, 6, 10, 11, 12);
          Variable item = a.then(new Slice(Axis.BATCH, 1, 2));
          assertValues(item, Shape.matrix(2, 3), 7, 8, 9, 10, 11, 12);
          Variable columns = a.then(new Slice(Axis.COLUMNS, 0, 2));
          assertValues(columns, new Shape(2, 2, 2), 1, 2, 4, 5, 7, 8, 10, 11);
          Variable rows = row.then(new Concatenate(Axis.ROWS), row);
          assertValues(rows, SHAPE, 4, 5, 6, 4, 5, 6, 10, 11, 12, 10, 11, 12);
          Variable items = item.then(new Concatenate(Axis.BATCH), item);
          assertValues(items, SHAPE, 7, 8, 9, 10, 11, 12, 7, 8, 9, 10, 11, 12);
          assertThatThrownBy(() -> row.then(new Concatenate(Axis.BATCH), item))
              .hasMessage(
                  "Concatenate of [2, 1, 3] and [1, 2, 3]:"
                      + " they differ along another axis than BATCH");
          assertThatThrownBy(() -> a.then(new Slice(Axis.ROWS, 1, 3)))
              .hasMessage("Slice of [2, 2, 3]: there is nothing from 1 to 3 along ROWS");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void rootMeanSquare(String name) {
    on(
        name,
        () -> {
          Variable x = input(Shape.matrix(2, 2), 1, 7, 0, 0);
          double[] gamma = {1, 2};
          Variable y = x.then(new Norm(backend.normWeights(false, gamma, null, 0.25)));
          double r = 1 / Math.sqrt(25.25);
          assertValues(y, x.shape(), r, 14 * r, 0, 0);
          tape.backward(y.then(new Sum()));
          // gamma r - x mean(gamma x) r^3, and gamma / sqrt(epsilon)
          double pull = 7.5 * r * r * r;
          assertGradient(x, r - pull, 2 * r - 7 * pull, 2, 4);
        });
  }

  /** A quarter turn and a half turn at positions 1 and 2, and a sixth of it for the second pair. */
  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void rotations(String name) {
    on(
        name,
        () -> {
          double[] frequencies = {Math.PI / 2, Math.PI / 12};
          Variable turns = Rotate.turns(tape, 1, new double[] {1, 2}, frequencies);
          Variable x = input(Shape.matrix(2, 4), 1, 2, 3, 4, 1, 2, 3, 4);
          double c = Math.cos(Math.PI / 12);
          double s = Math.sin(Math.PI / 12);
          Variable beside = x.then(new Rotate(new Rotation(1, 4, 2, true)), turns);
          double h = Math.sqrt(3) / 2;
          double[] turned = {
            -2, 1, 3 * c - 4 * s, 4 * c + 3 * s, -1, -2, 3 * h - 4 * .5, 4 * h + 3 * .5
          };
          assertValues(beside, x.shape(), turned);
          Variable halves = x.then(new Rotate(new Rotation(1, 4, 2, false)), turns);
          turned =
              new double[] {
                -3, 2 * c - 4 * s, 1, 4 * c + 2 * s, -1, 2 * h - 4 * .5, -3, 4 * h + 2 * .5
              };
          assertValues(halves, x.shape(), turned);
          assertThat(Rotate.frequencies(4, 10000)).containsExactly(1, .1, .01, .001);
          tape.backward(beside.then(new Sum()));
          assertGradient(x, 1, -1, c + s, c - s, -1, -1, h + .5, h - .5);
        });
  }

  /** As the authors' code gives them. */
  @Test
  void slopesOfHeads() {
    assertThat(Attention.slopes(1)).containsExactly(1.0 / 256);
    assertThat(Attention.slopes(4)).containsExactly(.25, .0625, .015625, .00390625);
    double root = Math.sqrt(.5);
    assertThat(Attention.slopes(6)).containsExactly(.25, .0625, .015625, .00390625, .5, .125);
    List<Double> twelve = Attention.slopes(12);
    assertThat(twelve.subList(0, 8)).isEqualTo(Attention.slopes(8));
    assertThat(twelve.get(8)).isCloseTo(root, within(1e-15));
    assertThat(twelve.get(11)).isCloseTo(root / 8, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void softmaxAndCrossEntropy(String name) {
    on(
        name,
        () -> {
          double log3 = Math.log(3);
          Variable z = input(Shape.matrix(2, 2), 0, log3, -7, -7 + log3);
          assertValues(z.then(new Softmax()), z.shape(), .25, .75, .25, .75);
          double log4 = Math.log(4);
          Variable log = input(Shape.matrix(2, 2), 0, log3, 0, 1000).then(new LogSoftmax());
          assertValues(log, log.shape(), -log4, log3 - log4, -1000, 0);
          Variable logits = input(Shape.matrix(2, 2), 0, log3, 7, 7);
          Variable loss = logits.then(new CrossEntropy(0, 1));
          assertValues(loss, Shape.matrix(1, 1), (log4 + Math.log(2)) / 2);
          tape.backward(loss);
          assertGradient(logits, -.375, .375, .25, -.25);
        });
  }
}
