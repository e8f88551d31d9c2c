package outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.autodiff.GradientChecker;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.testing.PagePrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/autodiff.md}, compiled as they stand there, and run. */
class AutodiffPageTest {
  @TempDir private static Path folder;
  private static PagePrograms page;

  @BeforeAll
  static void compile() throws IOException {
    page = new PagePrograms(Path.of("../docs/autodiff.md"), folder);
  }

  @AfterAll
  static void close() throws IOException {
    page.close();
  }

  @Test
  void theNetworkIsOfFortyLines() {
    assertThat(page.source("Xor").lines().count()).isLessThanOrEqualTo(40);
    assertThat(page.source("Xor").lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void theNetworkLearnsAndItsGradientIsRight() throws ReflectiveOperationException {
    List<Double> numbers =
        page.run("Xor").stream().map(line -> Double.valueOf(line.split(" ")[1])).toList();
    assertThat(numbers).hasSize(202);
    assertThat(numbers.get(0)).isLessThan(1e-9);
    assertThat(numbers.get(1)).isBetween(0.6, 1.2);
    assertThat(numbers.get(201)).isLessThan(0.02);
  }

  private static Operation sine() {
    return page.create("Sine", Operation.class);
  }

  @Test
  void anOperationFromOutsideHasARightRule() {
    double[] values = new Random(3).doubles(30, -4, 4).toArray();
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      Shape shape = new Shape(2, 3, 5);
      double[] y = tape.constant(shape, values).then(sine()).values();
      for (int i = 0; i < y.length; i++) {
        assertThat(y[i]).isEqualTo(Math.sin(values[i]));
      }
      double worst =
          new GradientChecker(backend, 1)
              .worstDeviation(
                  (t, in) -> in.get(0).then(new MatMul(), in.get(1).then(sine())),
                  List.of(new Shape(2, 3, 5), Shape.matrix(5, 4)),
                  List.of(values, new Random(4).doubles(20, -4, 4).toArray()));
      assertThat(worst).isLessThan(1e-6);
    }
  }

  @Test
  void anOperationFromOutsideIsNamedWhenItFails() {
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      assertThatThrownBy(() -> tape.apply(sine(), new Variable[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Sine of nothing: it does not take 0 arguments");
    }
  }
}
