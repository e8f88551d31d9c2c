package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.cuda.internal.EmulatedDriver;
import dev.gsig.cuda.internal.EmulatedDriver.Count;
import dev.gsig.cuda.internal.ExactCudaProvider;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every public operation and its gradient on {@code cuda}, and what comes from there to the host.
 */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaOperationsTest {
  private Backend backend;

  @BeforeAll
  void open() {
    backend = Backends.open(ExactCudaProvider.NAME);
  }

  @AfterAll
  void close() {
    backend.close();
  }

  static List<GradientCase> cases() {
    return GradientCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(GradientCase c) {
    c.requireThoseOfTheReference(c.results(backend));
  }

  /**
   * Nothing but the results that were asked for, and what the loss of each row is averaged from.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void computesOnTheDevice(GradientCase c) {
    assumeThat(EmulatedDriver.isInUse()).isTrue();
    int before = EmulatedDriver.count(Count.DOWNLOADS);
    int results = c.results(backend).size();
    int losses = c.name().equals("cross-entropy") ? 1 : 0;
    assertThat(EmulatedDriver.count(Count.DOWNLOADS) - before).isEqualTo(results + losses);
  }
}
