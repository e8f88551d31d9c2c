package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.OnnxFile;
import dev.gsig.onnx.tensor.NdArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs {@link OperatorCases}: all pass but those listed here, with reasons. */
class OperatorCasesTest {
  private static final String TRAINING = "normalises by the batch, as only training does";
  private static final String SEQUENCE = "of sequences and optional values, which are no tensors";
  private static final String NOT_THERE = "an operator that no exporter of Transformers writes";
  private static final String SCALE = "FLOAT8E8M0 only scales blocks of quantised numbers";
  private static final String STRING = "strings";

  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("batchnorm_epsilon_training_mode", TRAINING),
          Map.entry("batchnorm_example_training_mode", TRAINING),
          Map.entry("cast_e8m0_FLOAT16_to_FLOAT8E8M0", SCALE),
          Map.entry("cast_e8m0_FLOAT8E8M0_to_FLOAT", SCALE),
          Map.entry("cast_e8m0_FLOAT_to_FLOAT8E8M0", SCALE),
          Map.entry("equal_string", STRING),
          Map.entry("equal_string_broadcast", STRING),
          Map.entry("identity_opt", SEQUENCE),
          Map.entry("identity_sequence", SEQUENCE),
          Map.entry("split_to_sequence_1", SEQUENCE),
          Map.entry("split_to_sequence_2", SEQUENCE),
          Map.entry("split_to_sequence_nokeepdims", SEQUENCE),
          Map.entry("matmulinteger", NOT_THERE));

  static List<OperatorCases.Case> cases() {
    return OperatorCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOutputsAreThoseOfOnnx(OperatorCases.Case c) {
    if (LEFT_OUT.containsKey(c.name())) {
      // whoever supports it takes it off the list
      assertThatThrownBy(() -> run(c)).isInstanceOf(InvalidInputException.class);
      return;
    }
    run(c);
  }

  @Test
  void nearlyAllArePassed() {
    List<String> names = cases().stream().map(OperatorCases.Case::name).toList();
    assertThat(names).hasSize(1007).containsAll(LEFT_OUT.keySet());
    assertThat(LEFT_OUT.size()).isLessThanOrEqualTo(names.size() / 50);
  }

  private static void run(OperatorCases.Case c) {
    OnnxModel model = OnnxModel.read(c.model(), false);
    Map<String, NdArray> given = new HashMap<>();
    for (int i = 0; i < c.inputs().size(); i++) {
      given.put(model.inputs().get(i).name(), OnnxFile.tensor(c.inputs().get(i)));
    }
    OnnxRun run = model.run(given);
    assertThat(c.outputs()).isNotEmpty();
    for (int i = 0; i < c.outputs().size(); i++) {
      String name = model.outputs().get(i).name();
      requireEqual(run.value(name), OnnxFile.tensor(c.outputs().get(i)), name);
    }
  }

  private static void requireEqual(NdArray found, NdArray expected, String name) {
    assertThat(found.toString()).as(name).isEqualTo(expected.toString());
    int bits = found.type().isFloating() ? found.type().bits() : 64;
    // of numbers with a few bits two neighbours are further apart than a tolerance
    double tolerance = bits > 32 ? 1e-7 : bits > 16 ? 1e-5 : bits == 16 ? 2e-3 : 0;
    for (int i = 0; i < found.size(); i++) {
      double e = expected.number(i);
      double f = found.number(i);
      boolean same = Double.compare(e + 0.0, f + 0.0) == 0;
      boolean near = Math.abs(e - f) <= tolerance * Math.max(1, Math.abs(e));
      if (!same && !near) {
        throw new AssertionError(name + ": element " + i + " is " + f + " instead of " + e);
      }
    }
  }
}
