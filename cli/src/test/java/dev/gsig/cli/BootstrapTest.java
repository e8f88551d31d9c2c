package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.cli.Bootstrap.Estimate;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private final Bootstrap bootstrap = new Bootstrap(1);

  @Test
  void meanMedianAndCount() {
    Estimate e = bootstrap.mean(new double[] {4, Double.NaN, 1, 10});
    assertThat(e.n()).isEqualTo(3);
    assertThat(e.mean()).isEqualTo(5);
    assertThat(e.median()).isEqualTo(4);
    assertThat(e.lower()).isEqualTo(2.5);
    assertThat(e.upper()).isEqualTo(7);
    assertThat(e.low()).isBetween(1.0, 5.0);
    assertThat(e.high()).isBetween(5.0, 10.0);
  }

  @Test
  void whatDoesNotVaryHasNoWidth() {
    Estimate e = bootstrap.mean(new double[] {0.5, 0.5, 0.5});
    assertThat(new double[] {e.low(), e.mean(), e.high()}).containsExactly(0.5, 0.5, 0.5);
  }

  /** For many patients the interval is the normal one: 1.96 standard errors on both sides. */
  @Test
  void agreesWithTheNormalIntervalOfALargeSample() {
    double[] values = new Random(3).doubles(2000).toArray();
    Estimate e = bootstrap.mean(values);
    double half = 1.96 * Math.sqrt(1.0 / 12 / values.length);
    assertThat(e.high() - e.mean()).isCloseTo(half, within(0.1 * half));
    assertThat(e.mean() - e.low()).isCloseTo(half, within(0.1 * half));
  }

  @Test
  void differencesArePaired() {
    double[] values = new Random(4).doubles(50).toArray();
    double[] higher = values.clone();
    for (int i = 0; i < values.length; i++) {
      higher[i] += 0.25;
    }
    values[7] = Double.NaN;
    Estimate e = bootstrap.difference(higher, values);
    assertThat(e.n()).isEqualTo(49);
    assertThat(e.low()).isCloseTo(0.25, within(1e-12));
    assertThat(e.high()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void noneDefined() {
    assertThat(bootstrap.mean(new double[] {Double.NaN}).n()).isZero();
  }

  @Test
  void theSameAgain() {
    double[] values = {1, 2, 4, 8};
    assertThat(bootstrap.mean(values)).isEqualTo(new Bootstrap(1).mean(values));
    assertThat(bootstrap.mean(values)).isNotEqualTo(new Bootstrap(2).mean(values));
  }
}
