package dev.gsig.attribution;

import dev.gsig.cuda.internal.EmulatedDriver;
import dev.gsig.cuda.internal.ExactCudaProvider;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number of the committed fixtures, computed by PyTorch, on {@code cuda}. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
class CudaParityTest {
  /** More work than the others together: left to CI and to the profile slow. */
  private static final Set<String> LONG =
      Set.of("large", "pre-norm-final-norm", "bigru-final-real", "bigru-final-all-leaking-pads");

  static Stream<Fixture> fixtures() {
    boolean all = System.getProperty("gsig.cuda.fixtures", "short").equals("all");
    return Fixture.all().filter(f -> all || !LONG.contains(f.toString()));
  }

  @AfterAll
  static void report() {
    ParityTest.report();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithPyTorch(Fixture fixture) {
    ParityTest.compare(
        fixture, ExactCudaProvider.NAME, 1e-4, Integer.getInteger("gsig.cuda.patients", 1));
  }
}
