package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.autodiff.op.Add;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient rule of every operation, and of graphs made of them. */
class OperationGradientTest {
  static List<GradientCase> cases() {
    return GradientCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithCentralDifferences(GradientCase c) {
    try (Backend backend = Backends.open("ejml")) {
      GradientChecker checker = new GradientChecker(backend, 11);
      double worst = checker.worstDeviation(c.graph(backend), c.shapes(), c.values());
      assertThat(worst).isLessThan(1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesBetweenFloat32AndFloat64(GradientCase c) {
    try (Backend backend = Backends.open("simd")) {
      c.requireThoseOfTheReference(c.results(backend));
    }
  }

  /** Without a gradient an operation computes the same bits and keeps nothing but its result. */
  @ParameterizedTest
  @MethodSource("cases")
  void constantsGiveTheSameBits(GradientCase c) {
    for (String name : List.of("ejml", "simd")) {
      try (Backend backend = Backends.open(name)) {
        assertThat(bits(backend, c, OperationGradientTest::constants))
            .isEqualTo(bits(backend, c, Tape::inputs));
      }
    }
  }

  private static List<Variable> constants(Tape tape, List<Shape> shapes, List<double[]> values) {
    return IntStream.range(0, shapes.size())
        .mapToObj(i -> tape.constant(shapes.get(i), values.get(i)))
        .toList();
  }

  private interface Leaves {
    List<Variable> of(Tape tape, List<Shape> shapes, List<double[]> values);
  }

  private static long[] bits(Backend backend, GradientCase c, Leaves leaves) {
    try (Tape tape = new Tape(backend)) {
      Variable y = c.graph(backend).build(tape, leaves.of(tape, c.shapes(), c.values()));
      return Arrays.stream(y.values()).mapToLong(Double::doubleToRawLongBits).toArray();
    }
  }

  /**
   * Whoever adds an operation adds a case, and its name here. The case of a Gather of a table,
   * which has no argument, is in {@link WeightGradientTest}.
   */
  @Test
  void everyOperationHasACase() throws IOException, URISyntaxException, ClassNotFoundException {
    Path folder = Path.of(Add.class.getResource("Add.class").toURI()).getParent();
    List<String> operations = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String simple = file.getFileName().toString().replace(".class", "");
        Class<?> type = Class.forName(Add.class.getPackageName() + "." + simple);
        if (Operation.class.isAssignableFrom(type) && !type.isInterface()) {
          operations.add(simple);
        }
      }
    }
    assertThat(operations)
        .containsExactlyInAnyOrder(
            "Activate",
            "Add",
            "Attention",
            "Concatenate",
            "CrossEntropy",
            "Dense",
            "Dropout",
            "Gather",
            "GruCell",
            "Linear",
            "LogSoftmax",
            "MatMul",
            "Mean",
            "MeanRows",
            "Multiply",
            "Norm",
            "Rotate",
            "Scale",
            "Slice",
            "Softmax",
            "Subtract",
            "Sum",
            "Transpose");
  }
}
