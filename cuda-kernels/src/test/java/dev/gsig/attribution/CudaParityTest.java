package dev.gsig.attribution;

import dev.gsig.cuda.EmulatedDriver;
import dev.gsig.cuda.ExactCudaProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number of the committed fixtures, computed by PyTorch, on {@code cuda}. */
@ExtendWith(EmulatedDriver.class)
class CudaParityTest {
  static Stream<Fixture> fixtures() {
    return Fixture.all().filter(f -> System.getProperty("fx") == null || f.toString().startsWith(System.getProperty("fx")));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithPyTorch(Fixture fixture) {
    ParityTest.compare(
        fixture, ExactCudaProvider.NAME, 1e-4, Integer.getInteger("gsig.cuda.patients", 1));
  }
}
