package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.Rotation;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** {@link Backend#rotate}. */
interface RotationContract extends ContractCase {
  @Test
  default void rotationAtAllSizes() {
    for (int i = 0; i < SIZES.length; i++) {
      for (boolean interleaved : new boolean[] {false, true}) {
        int pairs = 1 + i;
        Rotation rotation = new Rotation(1 + i % 3, 2 * pairs + i % 2, pairs, interleaved);
        Shape shape = new Shape(1 + i % 4, Workbench.size(3 * i + 1), rotation.width() + i % 5);
        checkRotation(rotation, shape, 1);
        checkRotation(rotation, shape, shape.batch());
      }
    }
  }

  private void checkRotation(Rotation rotation, Shape shape, int items) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    String what = rotation + " of " + shape + ", turns of " + items;
    Shape turnShape = new Shape(items, shape.rows(), 2 * rotation.pairs());
    double[] x = bench.values(shape.size());
    double[] turns = bench.values(turnShape.size());
    Tensor tx = bench.input(shape, x);
    Tensor tt = bench.input(turnShape, turns);
    Tensor y = bench.output(shape);
    for (boolean transposed : new boolean[] {false, true}) {
      backend.rotate(rotation, tx, tt, transposed, y);
      double[] expected = expected(rotation, shape, x, turns, transposed);
      bench.assertClose((transposed ? "transposed " : "") + what, y, expected);
      bench.assertSame("x", tx, x);
    }
    backend.rotate(rotation, tx, tt, true, tx);
    bench.assertSame("in place " + what, tx, backend.download(y));
    bench.assertSame("turns", tt, turns);
  }

  /** Feature by feature: what it takes of itself, and of its partner. */
  private static double[] expected(
      Rotation rotation, Shape shape, double[] x, double[] turns, boolean transposed) {
    int pairs = rotation.pairs();
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      int feature = i % shape.cols() % rotation.headSize();
      if (i % shape.cols() < rotation.width() && feature < 2 * pairs) {
        int pair = rotation.interleaved() ? feature / 2 : feature % pairs;
        boolean second = rotation.interleaved() ? feature % 2 == 1 : feature >= pairs;
        int partner =
            rotation.interleaved() ? i + (second ? -1 : 1) : i + (second ? -pairs : pairs);
        int t = i / shape.cols() * 2 * pairs % turns.length + pair;
        y[i] = x[i] * turns[t] + x[partner] * turns[t + pairs] * (second == transposed ? -1 : 1);
      }
    }
    return y;
  }

  @Test
  default void rotatedQueriesAndKeysKnowTheirDistanceOnly() {
    double[] frequencies = {1, 0.3};
    double[] queryAndKey = {0.5, -1, 2, 0.25, 1, 0.5, -0.75, 1.5};
    Rotation rotation = new Rotation(2, 4, 2, true);
    double[] products = new double[4];
    for (int shift = 0; shift < products.length; shift++) {
      // both heads lie in one row: the query there at position shift, and in the next row the key
      double[] turns = new double[8];
      for (int row = 0; row < 2; row++) {
        for (int pair = 0; pair < 2; pair++) {
          double angle = (shift + 5 * row) * frequencies[pair];
          turns[4 * row + pair] = Math.cos(angle);
          turns[4 * row + 2 + pair] = Math.sin(angle);
        }
      }
      double[] rows = new double[16];
      System.arraycopy(queryAndKey, 0, rows, 0, 8);
      System.arraycopy(queryAndKey, 0, rows, 8, 8);
      Tensor x = bench().input(Shape.matrix(2, 8), rows);
      Tensor t = bench().input(Shape.matrix(2, 4), turns);
      bench().backend().rotate(rotation, x, t, false, x);
      double[] y = bench().backend().download(x);
      for (int f = 0; f < 4; f++) {
        products[shift] += y[f] * y[8 + 4 + f];
      }
    }
    for (double product : products) {
      assertThat(product).isCloseTo(products[0], within(1e-5));
    }
  }

  @Test
  default void rotationsThatDoNotFit() {
    int[][] wrong = {{0, 4, 2}, {1, 4, 0}, {1, 3, 2}};
    for (int[] w : wrong) {
      assertThatThrownBy(() -> new Rotation(w[0], w[1], w[2], false))
          .isInstanceOf(IllegalArgumentException.class);
    }
    Rotation rotation = new Rotation(2, 4, 2, false);
    Shape shape = new Shape(3, 5, 9);
    Shape[][] shapes = {
      {new Shape(3, 5, 7), new Shape(1, 5, 4), new Shape(3, 5, 7)},
      {shape, new Shape(2, 5, 4), shape},
      {shape, new Shape(1, 4, 4), shape},
      {shape, new Shape(1, 5, 2), shape},
      {shape, new Shape(1, 5, 4), new Shape(3, 5, 8)}
    };
    for (Shape[] s : shapes) {
      Tensor x = bench().output(s[0]);
      Tensor turns = bench().output(s[1]);
      Tensor y = bench().output(s[2]);
      assertThatThrownBy(() -> bench().backend().rotate(rotation, x, turns, false, y))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
