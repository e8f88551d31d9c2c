package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CheckTest {
  private static final double[] REFERENCE = {-200, 1};

  private static void check(double... result) {
    Check.close("x", result, REFERENCE, 1e-2);
  }

  @Test
  void acceptsWhatIsWithinTheToleranceOfTheLargestEntry() {
    assertThatCode(() -> check(-200, 2.9)).doesNotThrowAnyException();
  }

  @Test
  void refusesDeviations() {
    assertThatThrownBy(() -> check(-200, 3.1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "wrong numbers: x[1] is 3.1, but float64 says 1.0 (tolerance 1.0e-02 of 200.0)");
  }

  @Test
  void refusesWhatIsNoNumber() {
    assertThatThrownBy(() -> check(-200, Double.NaN)).hasMessageContaining("x[1] is NaN");
    assertThatThrownBy(() -> check(Double.NEGATIVE_INFINITY, 1)).hasMessageContaining("-Infinity");
  }

  @Test
  void refusesAnotherLength() {
    assertThatThrownBy(() -> check(-200)).hasMessage("x: 1 numbers, not 2");
  }

  @Test
  void refusesResultsThatChanged() {
    double[][] checked = {{1, 2}, {3}};
    assertThatCode(() -> Check.same("x", new double[][] {{1, 2}, {3}}, checked))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Check.same("x", new double[][] {{1, 2}, {Math.nextUp(3.0)}}, checked))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("wrong numbers: x changed");
  }
}
