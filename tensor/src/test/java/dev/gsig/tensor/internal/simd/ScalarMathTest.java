package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors of the float32 functions against float64 ones, over a fine sweep of their range. */
class ScalarMathTest {
  private static final int POINTS = 300_000;

  private interface FloatFunction {
    float apply(float x);
  }

  /** {@code POINTS} floats from {@code low} to {@code high}. */
  private static float[] sweep(double low, double high) {
    float[] x = new float[POINTS];
    for (int i = 0; i < POINTS; i++) {
      x[i] = (float) (low + (high - low) * i / (POINTS - 1));
    }
    return x;
  }

  /** Largest error in units in the last place of the rounded true value. */
  private static double worstUlp(
      double low, double high, FloatFunction f, DoubleUnaryOperator truth) {
    double worst = 0;
    for (float x : sweep(low, high)) {
      double t = truth.applyAsDouble(x);
      worst = Math.max(worst, Math.abs(f.apply(x) - t) / Math.ulp((float) t));
    }
    return worst;
  }

  @Test
  void expWithinTwoUlp() {
    assertThat(worstUlp(-87.33, 88.72, ScalarMath::exp, StrictMath::exp)).isLessThan(1.5);
    // denormal results are rounded once more
    assertThat(worstUlp(-104, -87.33, ScalarMath::exp, StrictMath::exp)).isLessThan(1);
    assertThat(worstUlp(-87.33, 0, ScalarMath::expOfNegative, StrictMath::exp)).isLessThan(1.5);
    assertThat(worstUlp(-1e-3, 1e-3, ScalarMath::exp, StrictMath::exp)).isLessThan(1.5);
  }

  @Test
  void expAtTheEndsOfItsRange() {
    assertThat(ScalarMath.exp(0f)).isEqualTo(1f);
    assertThat(ScalarMath.exp(-0f)).isEqualTo(1f);
    assertThat(ScalarMath.exp(89f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(ScalarMath.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(ScalarMath.exp(-1e30f)).isZero();
    assertThat(ScalarMath.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(ScalarMath.exp(Float.NaN)).isNaN();
    assertThat(ScalarMath.exp(88.72283f)).isFinite();
    assertThat(ScalarMath.expOfNegative(0f)).isEqualTo(1f);
    assertThat(ScalarMath.expOfNegative(-88f)).isZero();
    assertThat(ScalarMath.expOfNegative(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(ScalarMath.expOfNegative(Float.NaN)).isNaN();
  }

  @Test
  void tanhWithinThreeUlp() {
    assertThat(worstUlp(-12, 12, ScalarMath::tanh, StrictMath::tanh)).isLessThan(3);
    assertThat(worstUlp(-0.1, 0.1, ScalarMath::tanh, StrictMath::tanh)).isLessThan(3);
    assertThat(worstUlp(-1e-6, 1e-6, ScalarMath::tanh, StrictMath::tanh)).isLessThan(1.5);
  }

  @Test
  void tanhAtTheEndsOfItsRange() {
    for (float x : new float[] {9.1f, 10f, 1e30f, Float.POSITIVE_INFINITY}) {
      assertThat(ScalarMath.tanh(x)).isEqualTo(1f);
      assertThat(ScalarMath.tanh(-x)).isEqualTo(-1f);
    }
    for (float x : new float[] {0f, -0f, Float.MIN_VALUE, -1e-40f, 1e-30f}) {
      assertThat(Float.floatToRawIntBits(ScalarMath.tanh(x))).isEqualTo(Float.floatToRawIntBits(x));
    }
    assertThat(ScalarMath.tanh(Float.NaN)).isNaN();
  }

  @Test
  void tanhIsOddAndNeverAboveOne() {
    for (float x : sweep(0, 12)) {
      assertThat(ScalarMath.tanh(-x)).isEqualTo(-ScalarMath.tanh(x));
      assertThat(ScalarMath.tanh(x)).isLessThanOrEqualTo(1f);
    }
  }

  @Test
  void sigmoidWithinThreeUlp() {
    assertThat(worstUlp(-87, 20, ScalarMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x))))
        .isLessThan(3);
    assertThat(ScalarMath.sigmoid(0f)).isEqualTo(0.5f);
    assertThat(ScalarMath.sigmoid(1e30f)).isEqualTo(1f);
    assertThat(ScalarMath.sigmoid(-1e30f)).isZero();
  }

  @Test
  void gaussWithinTwoUlp() {
    assertThat(worstUlp(0, 13, ScalarMath::gauss, x -> StrictMath.exp(-0.5 * x * x))).isLessThan(2);
    assertThat(ScalarMath.gauss(1e30f)).isZero();
    assertThat(ScalarMath.gauss(Float.POSITIVE_INFINITY)).isZero();
  }

  @Test
  void normalCdfKeepsItsRelativeAccuracyInTheLowerTail() {
    float[] xs = sweep(-12.9, 6);
    double[] gelu = float64(Activation.GELU, xs)[0];
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
      double truth = gelu[i] / xs[i];
      double found = ScalarMath.normalCdf(xs[i], ScalarMath.gauss(Math.abs(xs[i])));
      worst = Math.max(worst, Math.abs(found - truth) / truth);
    }
    assertThat(worst).isLessThan(6e-7);
    assertThat(ScalarMath.normalCdf(0f, 1f)).isCloseTo(0.5f, within(1e-7f));
    assertThat(ScalarMath.normalCdf(1e30f, 0f)).isEqualTo(1f);
    assertThat(ScalarMath.normalCdf(-1e30f, 0f)).isZero();
  }

  /** Values and derivatives of the float64 backend. */
  private static double[][] float64(Activation act, float[] xs) {
    return on("ejml", act, xs);
  }

  private static double[][] on(String name, Activation act, float[] xs) {
    try (Backend backend = Backends.open(name)) {
      double[] values = new double[xs.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = xs[i];
      }
      Tensor x = backend.upload(Shape.matrix(xs.length, 1), values);
      Tensor derivative = backend.allocate(x.shape());
      backend.activation(act, x, x, derivative);
      return new double[][] {backend.download(x), backend.download(derivative)};
    }
  }

  /** Largest errors, relative to 1 or to the value where that is larger. */
  @ParameterizedTest
  @CsvSource({
    "RELU, 0, 0",
    "GELU, 3e-7, 4e-7",
    "GELU_NEW, 3e-7, 2e-6",
    "TANH, 1.2e-7, 3e-7",
    "SIGMOID, 1.2e-7, 1.5e-7",
    "SILU, 2e-7, 1.2e-6"
  })
  void activations(Activation act, double valueError, double derivativeError) {
    float[] xs = sweep(-14, 14);
    double[][] truth = float64(act, xs);
    double[][] found = on("simd-scalar", act, xs);
    double[] worst = new double[2];
    for (int i = 0; i < POINTS; i++) {
      for (int k = 0; k < 2; k++) {
        double scale = Math.max(1, Math.abs(truth[k][i]));
        worst[k] = Math.max(worst[k], Math.abs(found[k][i] - truth[k][i]) / scale);
      }
    }
    assertThat(worst[0]).as("value").isLessThanOrEqualTo(valueError);
    assertThat(worst[1]).as("derivative").isLessThanOrEqualTo(derivativeError);
  }
}
