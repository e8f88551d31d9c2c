package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The checker itself: it must see rules that are wrong, in whatever way. */
class GradientCheckerTest {
  private static final Shape SHAPE = new Shape(2, 3, 5);

  private final Backend backend = Backends.open("ejml");

  @AfterEach
  void close() {
    backend.close();
  }

  /** {@code y = x * x} with a rule to be chosen; the right one is {@code 2 x gy}. */
  private static class Square implements Operation {
    @Override
    public Tensor forward(Backend backend, Tensor[] x) {
      Tensor y = backend.allocate(x[0].shape());
      backend.multiply(x[0], x[0], y, false);
      return y;
    }

    @Override
    public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
      double[] g = backend.download(gy);
      double[] values = backend.download(x[0]);
      for (int i = 0; i < g.length; i++) {
        g[i] = slope(values[i], i) * g[i];
      }
      Tensor t = backend.upload(gy.shape(), g);
      slots[0].add(t);
      backend.release(t);
    }

    double slope(double x, int index) {
      return 2 * x;
    }
  }

  private double check(Operation... oneForEachUse) {
    return check(1, oneForEachUse);
  }

  private double check(double size, Operation... oneForEachUse) {
    double[] values = new Random(3).doubles(SHAPE.size(), -size, size).toArray();
    int[] uses = {0};
    return new GradientChecker(backend, 5)
        .worstDeviation(
            (tape, x) ->
                tape.apply(oneForEachUse[Math.min(uses[0]++, oneForEachUse.length - 1)], x.get(0)),
            List.of(SHAPE),
            List.of(values));
  }

  @Test
  void theRightRulePasses() {
    assertThat(check(new Square())).isLessThan(1e-9);
  }

  @Test
  void aWrongFactorIsReported() {
    double deviation =
        check(
            new Square() {
              @Override
              double slope(double x, int index) {
                return x;
              }
            });
    assertThat(deviation).isGreaterThan(1e-3);
  }

  @Test
  void aFactorWrongByOnePercentIsReported() {
    double deviation =
        check(
            new Square() {
              @Override
              double slope(double x, int index) {
                return 2.02 * x;
              }
            });
    assertThat(deviation).isGreaterThan(1e-3);
  }

  @Test
  void deviationsOfLargeGradientsAreRelative() {
    double deviation =
        check(
            1e4,
            new Square() {
              @Override
              double slope(double x, int index) {
                return 2.02 * x;
              }
            });
    assertThat(deviation).isBetween(0.005, 0.015);
  }

  @Test
  void oneWrongEntryIsReported() {
    double deviation =
        check(
            new Square() {
              @Override
              double slope(double x, int index) {
                return index == 13 ? -2 * x : 2 * x;
              }
            });
    assertThat(deviation).isGreaterThan(1e-3);
  }

  @Test
  void aWrongSignIsReported() {
    double deviation =
        check(
            new Square() {
              @Override
              double slope(double x, int index) {
                return -2 * x;
              }
            });
    assertThat(deviation).isGreaterThan(1e-3);
  }

  private static final class NotANumber extends Square {
    @Override
    double slope(double x, int index) {
      return Double.NaN;
    }
  }

  @Test
  void notANumberDoesNotPass() {
    assertThat(check(new NotANumber())).isNaN();
    assertThat(check(new NotANumber()) < 1e-6).isFalse();
  }

  @Test
  void notANumberInOneOfTheTrialsDoesNotPass() {
    // each trial builds the graph three times, first for the gradient
    Operation right = new Square();
    assertThat(check(new NotANumber(), right)).isNaN();
    assertThat(check(right, right, right, new NotANumber(), right)).isNaN();
  }

  @Test
  void infinityDoesNotPass() {
    double deviation =
        check(
            new Square() {
              @Override
              double slope(double x, int index) {
                return Double.POSITIVE_INFINITY;
              }
            });
    assertThat(deviation < 1e-6).isFalse();
  }

  @Test
  void nothingStaysInTheArena() {
    check(new Square());
    long bytes = backend.arenaBytes();
    check(new Square());
    assertThat(backend.arenaBytes()).isEqualTo(bytes);
  }
}
