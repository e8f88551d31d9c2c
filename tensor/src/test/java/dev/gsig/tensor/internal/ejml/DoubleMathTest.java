package dev.gsig.tensor.internal.ejml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.tensor.Activation;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The float64 activations against values computed to 40 digits, identities and differences. */
class DoubleMathTest {
  /** A relative error of 4e-15. */
  private static final Percentage TIGHT = Percentage.withPercentage(4e-13);

  /** A relative error of 1e-13: a difference of nearly equal numbers, or a deep tail. */
  private static final Percentage CLOSE = Percentage.withPercentage(1e-11);

  @ParameterizedTest
  @CsvSource({
    "0, 0.5",
    "0.5, 0.6914624612740131036",
    "1, 0.8413447460685429486",
    "2, 0.9772498680518207928",
    "2.5, 0.9937903346742238648",
    "-1, 0.1586552539314570514",
    "-2, 0.02275013194817920720",
    "-2.4999, 0.006211418374944589747",
    "-2.5, 0.006209665325776135167",
    "-3, 0.001349898031630094527",
    "-4, 3.167124183311992125e-5",
    "-5, 2.866515718791939117e-7",
    "-6, 9.865876450376981407e-10",
    "-10, 7.619853024160526066e-24",
    "-20, 2.753624118606233695e-89",
    "-37, 5.725571222524576823e-300"
  })
  void normalDistribution(double x, double expected) {
    assertThat(DoubleMath.normalCdf(x)).isCloseTo(expected, CLOSE);
  }

  @ParameterizedTest
  @CsvSource({
    "TANH, 0.5, 0.4621171572600097585",
    "TANH, 1, 0.7615941559557648881",
    "TANH, 2, 0.9640275800758168839",
    "TANH, 1e-5, 9.99999999966666666748e-6",
    "TANH, 10, 0.9999999958776927636",
    "SIGMOID, 1, 0.7310585786300048793",
    "SIGMOID, -1, 0.2689414213699951207",
    "SIGMOID, 3, 0.9525741268224332191",
    "SIGMOID, -40, 4.248354255291588977e-18",
    "SIGMOID, -700, 9.859676543759770857e-305",
    "GELU, 1, 0.8413447460685429486",
    "GELU, -1, -0.1586552539314570515",
    "GELU, 2, 1.954499736103641585",
    "GELU, 0.5, 0.3457312306370065518",
    "GELU_NEW, 1, 0.8411919906082767048",
    "GELU_NEW, -1, -0.1588080093917232952",
    "GELU_NEW, 2, 1.954597694087775019",
    "GELU_NEW, 0.5, 0.3457140098251439220",
    "SILU, 1, 0.7310585786300048793",
    "SILU, -1, -0.2689414213699951207",
    "RELU, 1.5, 1.5",
    "RELU, -1.5, 0"
  })
  void values(Activation act, double x, double expected) {
    assertThat(DoubleMath.value(act, x)).isCloseTo(expected, TIGHT);
  }

  @ParameterizedTest
  @CsvSource({
    "GELU, 1, 1.083315470587686298",
    "GELU, -1, -0.08331547058768629838",
    "GELU, 2, 1.085231801078197197",
    "GELU, 0.5, 0.8674951246561628425",
    "GELU, -3, -0.01194564720418392700",
    "GELU_NEW, 1, 1.082964083845782555",
    "GELU_NEW, -1, -0.08296408384578255514",
    "GELU_NEW, 2, 1.086099256623618382",
    "GELU_NEW, 0.5, 0.8673699035346423116",
    "GELU_NEW, -3, -0.01158416663096972020",
    "TANH, 0, 1",
    "SIGMOID, 0, 0.25",
    "SILU, 0, 0.5",
    "RELU, 1e-300, 1",
    "RELU, 0, 0",
    "RELU, -1, 0"
  })
  void derivatives(Activation act, double x, double expected) {
    assertThat(DoubleMath.derivative(act, x)).isCloseTo(expected, CLOSE);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void derivativeIsTheSlopeOfTheValue(Activation act) {
    double h = 1e-5;
    // the grid keeps away from the kink of relu
    for (double x = -7.03; x < 7; x += 0.0637) {
      double slope = (DoubleMath.value(act, x + h) - DoubleMath.value(act, x - h)) / (2 * h);
      assertThat(DoubleMath.derivative(act, x)).as("at %s", x).isCloseTo(slope, within(1e-9));
    }
  }

  @Test
  void identities() {
    for (double x = 0; x < 40; x += 0.173) {
      assertThat(DoubleMath.normalCdf(x) + DoubleMath.normalCdf(-x)).isCloseTo(1, within(3e-16));
      assertThat(DoubleMath.sigmoid(x) + DoubleMath.sigmoid(-x)).isCloseTo(1, within(3e-16));
      assertThat(DoubleMath.value(Activation.TANH, x))
          .isCloseTo(2 * DoubleMath.sigmoid(2 * x) - 1, within(4e-16));
      double gelu = DoubleMath.value(Activation.GELU, x);
      assertThat(gelu - x).isCloseTo(DoubleMath.value(Activation.GELU, -x), within(1e-14));
    }
  }

  @Test
  void theTwoFormulasOfTheTailMeet() {
    double below = DoubleMath.normalCdf(Math.nextUp(-2.5));
    assertThat(DoubleMath.normalCdf(-2.5)).isCloseTo(below, CLOSE);
  }

  @Test
  void farOutNothingOverflows() {
    for (double x : new double[] {50, 1e10, 1e60, 1e160, 1e300}) {
      for (Activation act : new Activation[] {Activation.GELU, Activation.GELU_NEW}) {
        assertThat(DoubleMath.value(act, x)).isEqualTo(x);
        assertThat(DoubleMath.value(act, -x)).isZero();
        assertThat(DoubleMath.derivative(act, x)).isEqualTo(1);
        assertThat(DoubleMath.derivative(act, -x)).isZero();
      }
    }
  }
}
