package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeakHeapTest {
  /** The weights are live all the time, so that less than these was not measured. */
  @Test
  void countsWhatIsLive() {
    System.setProperty(BenchmarkModel.HOME, "..");
    long weights = BenchmarkModel.DEMO.folder().resolve("model.safetensors").toFile().length();
    assertThat(PeakHeap.peak(BenchmarkModel.DEMO, 5, 1)).isGreaterThan(weights);
  }
}
