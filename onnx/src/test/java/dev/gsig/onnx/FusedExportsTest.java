package dev.gsig.onnx;

import static dev.gsig.onnx.ExportsTest.STEPS;
import static dev.gsig.onnx.ExportsTest.difference;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.onnx.ExportsTest.Recorded;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is fused in classifiers as PyTorch exports them, and that the results are PyTorch's own: see
 * {@link ExportsTest}.
 */
@Tag("slow")
class FusedExportsTest {
  private static final Map<String, String> FUSED =
      Map.of(
          "bert",
          "{GELU=2, attention=2, layer norm=5, linear layer=14, tanh=1}",
          "llama",
          "{RMS norm=5, SiLU=2, attention=2, linear layer=15, rotary positions=4}",
          "modernbert",
          "{GELU=2, attention=2, layer norm=5, linear layer=13, rotary positions=4, sum=1}",
          "nnTransformerEncoder",
          "{GELU=2, attention=2, layer norm=4, linear layer=9, mean=1}",
          "ethos",
          "{GELU=2, attention=2, layer norm=5, linear layer=9}",
          "s",
          "{GELU=5, attention=4, layer norm=9, linear layer=26}",
          "m",
          "{GELU=7, attention=6, layer norm=13, linear layer=38}");

  static List<Recorded> models() throws IOException {
    return ExportsTest.models();
  }

  private static OnnxFunction function(Recorded recorded, boolean exact, Backend backend) {
    return OnnxFunction.of(
        ExportsTest.read(recorded, exact),
        backend,
        recorded.output(),
        List.of(recorded.path()),
        true);
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyLayerIsRecognised(Recorded recorded) {
    try (Backend backend = Backends.open("simd")) {
      OnnxFunction function = function(recorded, false, backend);
      String kind = recorded.name().replaceAll("-.*", "");
      assertThat(function.fused()).hasToString(FUSED.get(kind));
      assertThat(function.unfused()).isEmpty();
      assertThat(function.isSmooth()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void logitsAndIntegratedGradientsAreThoseOfPyTorch(Recorded recorded) {
    requireResults(recorded, true, "ejml", 1e-9);
    requireResults(recorded, false, "simd", 1e-4);
  }

  private static void requireResults(
      Recorded recorded, boolean exact, String name, double tolerance) {
    OnnxModel model = ExportsTest.read(recorded, exact);
    NdArray rows = model.run(recorded.inputs()).value(recorded.path());
    int items = rows.dim(0);
    int each = rows.size() / items;
    int labels = recorded.numbers("logits").length / items;
    double[] logits = new double[items * labels];
    double[] total = new double[rows.size()];
    try (Backend backend = Backends.open(name)) {
      OnnxFunction function = function(recorded, exact, backend);
      // the rows as they are and the points of the path, items one by one: each is a run
      for (int item = 0; item < items; item++) {
        double[] own = Arrays.copyOfRange(rows.doubles(), item * each, (item + 1) * each);
        double[] points = new double[(STEPS + 1) * each];
        for (int step = 0; step <= STEPS; step++) {
          double at = step == STEPS ? 1 : (step + 0.5) / STEPS;
          for (int i = 0; i < each; i++) {
            points[step * each + i] = at * own[i];
          }
        }
        double[] seed = new double[(STEPS + 1) * labels];
        for (int step = 0; step < STEPS; step++) {
          seed[step * labels] = 1;
        }
        try (Tape tape = new Tape(backend)) {
          Variable x = tape.input(new Shape(STEPS + 1, rows.dim(1), rows.dim(2)), points);
          int[] shape = {1, rows.dim(1), rows.dim(2)};
          Variable y =
              function.apply(tape, List.of(x), List.of(shape), one(recorded.inputs(), item));
          System.arraycopy(y.values(), STEPS * labels, logits, item * labels, labels);
          var seeds = backend.upload(y.shape(), seed);
          tape.backward(y, seeds);
          backend.release(seeds);
          double[] gradient = x.gradient();
          for (int i = 0; i < STEPS * each; i++) {
            total[item * each + i % each] += gradient[i] / STEPS;
          }
        }
      }
    }
    int width = rows.dim(2);
    double[] sums = new double[total.length / width];
    double[] squares = new double[sums.length];
    for (int i = 0; i < total.length; i++) {
      double attribution = total[i] * rows.doubles()[i];
      sums[i / width] += attribution;
      squares[i / width] += attribution * attribution;
    }
    assertThat(difference(logits, recorded.numbers("logits"))).isLessThan(tolerance);
    assertThat(difference(sums, recorded.numbers("sums"))).isLessThan(tolerance);
    assertThat(difference(squares, recorded.numbers("squares"))).isLessThan(tolerance);
  }

  /** The inputs of one of the sequences. */
  private static Map<String, NdArray> one(Map<String, NdArray> inputs, int item) {
    Map<String, NdArray> own = new HashMap<>();
    inputs.forEach(
        (name, array) -> {
          int length = array.dim(1);
          int from = item * length;
          own.put(
              name,
              array.type() == ElementType.INT64
                  ? NdArray.of(
                      array.type(),
                      Arrays.copyOfRange(array.longs(), from, from + length),
                      1,
                      length)
                  : NdArray.of(
                      array.type(),
                      Arrays.copyOfRange(array.doubles(), from, from + length),
                      1,
                      length));
        });
    return own;
  }
}
