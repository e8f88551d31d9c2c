package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.Variants.Rule;
import dev.gsig.onnx.Variants.Variant;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Multimodal models as researchers write them and PyTorch exports them, against PyTorch's own
 * logits, gradients and integrated gradients in float64 ({@code
 * tools/fixtures/make_onnx_variants.py}): a time through a linear layer, values times a vector,
 * pooling by attention and by maxima, age and sex on every token, multi-hot visits, causal layers
 * with the last token, a layer norm in the tabular branch.
 */
class VariantsParityTest {
  private static final String LOGITS = "logits";
  private static final int PATIENTS = 3;

  /** 53 bits throughout, and results rounded to the declared float32. */
  private enum Numbers {
    EXACT(true, 1e-9),
    DECLARED(false, 1e-4);

    private final boolean exact;
    private final double tolerance;

    Numbers(boolean exact, double tolerance) {
      this.exact = exact;
      this.tolerance = tolerance;
    }
  }

  static List<Variant> variants() {
    return Variants.all();
  }

  @Test
  void allVariantsAreThere() {
    assertThat(Variants.all())
        .extracting(Variant::name)
        .containsExactly("V07", "V08", "V17", "V17max", "V19", "V21", "V23", "V24");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void logitsAndGradientsAreThoseOfPyTorch(Variant variant) {
    for (Numbers numbers : Numbers.values()) {
      OnnxModel model = variant.read(numbers.exact);
      OnnxRun run = model.run(at(variant, ends(variant, model), 1));
      requireClose(run.value(LOGITS).doubles(), variant.logits(), numbers.tolerance);
      Map<String, double[]> expected = variant.byPath().get("gradient");
      gradients(run, variant)
          .forEach((path, found) -> requireClose(found, expected.get(path), numbers.tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void integratedGradientsAreThoseOfPyTorch(Variant variant) {
    Map<String, Rule> rules = Map.of("right", Rule.right(50), "gauss", Variants.gauss());
    for (Numbers numbers : Numbers.values()) {
      OnnxModel model = variant.read(numbers.exact);
      rules.forEach(
          (name, rule) ->
              integrated(model, variant, rule)
                  .forEach(
                      (path, found) ->
                          requireClose(
                              found, variant.byPath().get(name).get(path), numbers.tolerance)));
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aPatientAloneAtTheirOwnLengthHasTheSameLogit(Variant variant) {
    OnnxModel model = variant.read(true);
    int[] lengths = {7, 3, 1};
    for (int patient = 0; patient < PATIENTS; patient++) {
      Map<String, NdArray> alone = new HashMap<>();
      for (Map.Entry<String, NdArray> input : variant.inputs().entrySet()) {
        boolean isSequence = input.getValue().rank() > 1 && input.getValue().dim(1) == 7;
        int length = isSequence ? lengths[patient] : -1;
        alone.put(input.getKey(), rowOf(input.getValue(), patient, length));
      }
      double[] logit = model.run(alone).value(LOGITS).doubles();
      requireClose(logit, new double[] {variant.logits()[patient]}, 1e-9);
    }
  }

  /** What the paths lead to: path inputs, and the rows of codes that a run gathers. */
  private static Map<String, NdArray> ends(Variant variant, OnnxModel model) {
    OnnxRun run = model.run(variant.inputs());
    Map<String, NdArray> ends = new LinkedHashMap<>();
    variant.paths().forEach(path -> ends.put(path, run.value(path)));
    return ends;
  }

  /** The inputs, with what the paths lead through at a share of its end. */
  private static Map<String, NdArray> at(Variant variant, Map<String, NdArray> ends, double share) {
    Map<String, NdArray> given = new HashMap<>(variant.inputs());
    ends.forEach((path, end) -> given.put(path, scaled(end, share)));
    return given;
  }

  private static NdArray scaled(NdArray array, double share) {
    double[] values = Arrays.stream(array.doubles()).map(v -> v * share).toArray();
    return NdArray.of(array.type(), values, array.shape());
  }

  private static Map<String, double[]> gradients(OnnxRun run, Variant variant) {
    double[] ones = new double[PATIENTS];
    Arrays.fill(ones, 1);
    List<double[]> found = run.gradient(LOGITS, ones, variant.paths());
    Map<String, double[]> byPath = new LinkedHashMap<>();
    variant.paths().forEach(path -> byPath.put(path, found.get(byPath.size())));
    return byPath;
  }

  private static Map<String, double[]> integrated(OnnxModel model, Variant variant, Rule rule) {
    Map<String, NdArray> ends = ends(variant, model);
    Map<String, double[]> total = new LinkedHashMap<>();
    ends.forEach((path, end) -> total.put(path, new double[end.size()]));
    for (int node = 0; node < rule.nodes().length; node++) {
      double weight = rule.weights()[node];
      OnnxRun run = model.run(at(variant, ends, rule.nodes()[node]));
      gradients(run, variant)
          .forEach(
              (path, gradient) -> {
                for (int i = 0; i < gradient.length; i++) {
                  total.get(path)[i] += weight * gradient[i] * ends.get(path).doubles()[i];
                }
              });
    }
    return total;
  }

  /** One patient's part of an input, cut to a length where it has one. */
  private static NdArray rowOf(NdArray input, int patient, int length) {
    int[] shape = input.shape().clone();
    int row = input.size() / shape[0];
    shape[0] = 1;
    int kept = row;
    if (length > 0) {
      kept = row / shape[1] * length;
      shape[1] = length;
    }
    int from = patient * row;
    return input.type() == ElementType.INT64
        ? NdArray.of(input.type(), Arrays.copyOfRange(input.longs(), from, from + kept), shape)
        : NdArray.of(input.type(), Arrays.copyOfRange(input.doubles(), from, from + kept), shape);
  }

  /** Differences are relative to the largest number. */
  private static void requireClose(double[] found, double[] expected, double tolerance) {
    assertThat(found.length).isEqualTo(expected.length);
    double most = 0;
    double scale = 0;
    for (int i = 0; i < found.length; i++) {
      most = Math.max(most, Math.abs(found[i] - expected[i]));
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    assertThat(scale).isPositive();
    assertThat(most / scale).isLessThan(tolerance);
  }
}
