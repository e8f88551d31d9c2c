package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasureShareTest {
  /** It refuses attributions that are not solved or not complete. */
  @Test
  void measuresSolvedProblems() {
    System.setProperty(BenchmarkModel.HOME, "..");
    assertThat(MeasureShare.share(BenchmarkModel.DEMO.patients().subList(0, 2), 10)).isLessThan(1);
  }
}
