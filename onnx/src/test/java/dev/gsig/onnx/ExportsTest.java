package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Classifiers as PyTorch exports them, against PyTorch in float64 ({@code
 * tools/fixtures/make_onnx_fixtures.py}): logits, and integrated gradients from zeros to the rows
 * of the embedding table. The models are not part of the repository; {@code
 * -Dgsig.onnx.exports=FOLDER} says where they are.
 */
@Tag("slow")
class ExportsTest {
  static final int STEPS = 16;
  private static final String FOLDER = System.getProperty("gsig.onnx.exports", "");

  /** What is recorded of a model, by the first word of a line. */
  record Recorded(Map<String, String[]> lines) {
    String name() {
      return lines.get("model")[1];
    }

    String path() {
      return lines.get("model")[2];
    }

    String output() {
      return lines.get("model")[3];
    }

    double[] numbers(String line) {
      return Arrays.stream(lines.get(line)).skip(1).mapToDouble(Double::parseDouble).toArray();
    }

    /** The model's inputs: two sequences, and their mask and tabular values if it takes some. */
    Map<String, NdArray> inputs() {
      Map<String, NdArray> inputs = new HashMap<>();
      for (String line : List.of("ids", "mask")) {
        String[] words = lines.get(line);
        if (words != null) {
          long[] values = Arrays.stream(words).skip(2).mapToLong(Long::parseLong).toArray();
          inputs.put(words[1], NdArray.of(ElementType.INT64, values, 2, values.length / 2));
        }
      }
      String[] words = lines.get("tabular");
      if (words != null) {
        double[] values = Arrays.stream(words).skip(2).mapToDouble(Double::parseDouble).toArray();
        inputs.put(words[1], NdArray.of(ElementType.FLOAT, values, 2, values.length / 2));
      }
      return inputs;
    }

    @Override
    public String toString() {
      return name();
    }
  }

  static List<Recorded> models() throws IOException {
    List<Recorded> models = new ArrayList<>();
    try (InputStream in = ExportsTest.class.getResourceAsStream("exports.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.split(" ");
        if (words[0].equals("model")) {
          models.add(new Recorded(new HashMap<>()));
        }
        models.get(models.size() - 1).lines.put(words[0], words);
      }
    }
    return models;
  }

  static OnnxModel read(Recorded recorded, boolean exact) {
    Path file = Path.of(FOLDER, recorded.name() + ".onnx");
    Assumptions.assumeTrue(
        !FOLDER.isEmpty() && Files.exists(file), "name the exports' folder: -Dgsig.onnx.exports");
    return OnnxModel.read(file, exact);
  }

  /** The largest difference, relative to the largest number. */
  static double difference(double[] found, double[] expected) {
    assertThat(found.length).isEqualTo(expected.length);
    double most = 0;
    double scale = 0;
    for (int i = 0; i < found.length; i++) {
      most = Math.max(most, Math.abs(found[i] - expected[i]));
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    return most / scale;
  }

  @ParameterizedTest
  @MethodSource("models")
  void logitsAreThoseOfPyTorch(Recorded recorded) {
    assertThat(difference(logits(recorded, true), recorded.numbers("logits"))).isLessThan(1e-9);
    assertThat(difference(logits(recorded, false), recorded.numbers("logits"))).isLessThan(1e-4);
  }

  private static double[] logits(Recorded recorded, boolean exact) {
    OnnxRun run = read(recorded, exact).run(recorded.inputs());
    return run.value(recorded.output()).doubles();
  }

  @ParameterizedTest
  @MethodSource("models")
  void integratedGradientsAreThoseOfPyTorch(Recorded recorded) {
    requireAttribution(recorded, true, 1e-9);
    requireAttribution(recorded, false, 1e-4);
  }

  private static void requireAttribution(Recorded recorded, boolean exact, double tolerance) {
    OnnxModel model = read(recorded, exact);
    NdArray rows = model.run(recorded.inputs()).value(recorded.path());
    double[] total = new double[rows.size()];
    for (int step = 0; step < STEPS; step++) {
      double at = (step + 0.5) / STEPS;
      double[] scaled = Arrays.stream(rows.doubles()).map(v -> v * at).toArray();
      Map<String, NdArray> given = recorded.inputs();
      given.put(recorded.path(), NdArray.of(rows.type(), scaled, rows.shape()));
      OnnxRun run = model.run(given);
      double[] first = new double[run.value(recorded.output()).size()];
      first[0] = 1;
      first[first.length / 2] = 1;
      double[] gradient = run.gradient(recorded.output(), first, List.of(recorded.path())).get(0);
      for (int i = 0; i < total.length; i++) {
        total[i] += gradient[i] / STEPS;
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
    assertThat(difference(sums, recorded.numbers("sums"))).isLessThan(tolerance);
    assertThat(difference(squares, recorded.numbers("squares"))).isLessThan(tolerance);
  }

  @ParameterizedTest
  @MethodSource("models")
  void shapesBearTheNamesOfBatchAndLength(Recorded recorded) {
    OnnxModel model = read(recorded, false);
    OnnxRun run = model.run(recorded.inputs());
    String batch = model.inputs().get(0).dims().get(0);
    String length = model.inputs().get(0).dims().get(1);
    int[] output = run.value(recorded.output()).shape();
    Map<String, OnnxValue> shapes = model.shapes(Map.of());
    assertThat(shapes.get(recorded.path()).dims())
        .containsExactly(batch, length, "" + run.value(recorded.path()).dim(2));
    assertThat(batch).isNotEqualTo(length).doesNotMatch("[0-9]*");
    assertThat(shapes.get(recorded.output()).dims())
        .isEqualTo(output.length == 1 ? List.of(batch) : List.of(batch, "" + output[1]));
    long open =
        shapes.values().stream().filter(v -> v.dims() == null || v.dims().contains("")).count();
    assertThat(open).isZero();
  }
}
