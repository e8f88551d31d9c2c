package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.ExplainOptions;
import org.junit.jupiter.api.Test;

class SampleTest {
  private static Sample of(Double... values) {
    Sample sample = new Sample();
    for (Double value : values) {
      sample.add(value);
    }
    return sample;
  }

  @Test
  void theMedianIsTheMiddle() {
    assertThat(of().median()).isNull();
    assertThat(of((Double) null).median()).isNull();
    assertThat(of(3.0, null, 1.0, 2.0).median()).isEqualTo(2);
    assertThat(of(4.0, 1.0, 2.0, 3.0).median()).isEqualTo(2.5);
  }

  @Test
  void aSampleGrows() {
    Sample sample = new Sample();
    for (int i = 1000; i >= 0; i--) {
      sample.add((double) i);
    }
    assertThat(sample.median()).isCloseTo(500, within(0.0));
  }

  @Test
  void onlyALargeGapNeedsAdvice() {
    assertThat(GapAdvice.of(null, ExplainOptions.DEFAULT)).isNull();
    assertThat(GapAdvice.of(0.05, ExplainOptions.DEFAULT)).isNull();
    assertThat(GapAdvice.of(0.12, ExplainOptions.DEFAULT))
        .contains("12.0%", "--max-completeness-gap 0.05", "--steps");
  }
}
