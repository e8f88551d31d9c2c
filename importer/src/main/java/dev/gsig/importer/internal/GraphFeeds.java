package dev.gsig.importer.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.internal.Json;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** The arrays that a graph takes for a patient. */
public final class GraphFeeds {
  private final GraphInputs inputs;

  /**
   * The arrays of a graph.
   *
   * @param inputs what they hold
   */
  public GraphFeeds(GraphInputs inputs) {
    this.inputs = inputs;
  }

  /**
   * The arrays of a patient, by the names of the inputs; tabular values on the path are 0.
   *
   * @param sequence the patient's
   * @param rows how many positions are computed
   * @param tabular the patient's tabular values by name
   * @throws InvalidInputException if a tabular value is no class
   */
  public Map<String, NdArray> of(TokenSequence sequence, int rows, Map<String, Double> tabular) {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    for (GraphInput input : inputs.all()) {
      arrays.put(input.name(), array(input, rows, numbers(input, sequence, tabular)));
    }
    return arrays;
  }

  /** The array of the input of tokens alone. */
  Map<String, NdArray> ofTokens(int[] ids) {
    GraphInput tokens =
        inputs.all().stream()
            .filter(i -> i.source() == GraphSource.TOKENS)
            .findFirst()
            .orElseThrow();
    return Map.of(tokens.name(), array(tokens, ids.length, j -> ids[j]));
  }

  private NdArray array(GraphInput input, int rows, IntToDoubleFunction numbers) {
    int[] shape = input.shape(inputs.lengthAxis(input), rows, last(input));
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (input.type().isFloating()) {
      double[] values = new double[size];
      Arrays.setAll(values, numbers);
      return NdArray.of(input.type(), values, shape);
    }
    long[] values = new long[size];
    Arrays.setAll(values, i -> (long) numbers.applyAsDouble(i));
    return NdArray.of(input.type(), values, shape);
  }

  /** The extent of the last axis of an input without an axis of positions. */
  private int last(GraphInput input) {
    if (input.source() != GraphSource.TABULAR) {
      return 1;
    }
    return input.isOnPath() ? inputs.columns(input).length : Math.max(1, input.features());
  }

  private IntToDoubleFunction numbers(
      GraphInput input, TokenSequence sequence, Map<String, Double> tabular) {
    int length = sequence.length();
    return switch (input.source()) {
      case TOKENS -> of(sequence.inputIds());
      case MASK -> j -> j < length ? input.real() : 1 - input.real();
      case POSITIONS -> j -> input.first() + j;
      case TOKEN_TYPE -> of(tokenTypes(sequence));
      case VISIT -> of(sequence.visitIndex());
      case AGE -> of(sequence.exactAge());
      case TIME -> of(sequence.time());
      case VALUE -> of(Arrays.stream(sequence.value()).map(v -> Double.isNaN(v) ? 0 : v).toArray());
      case VALUE_MASK -> {
        double[] value = sequence.value();
        yield j -> Double.isNaN(value[j]) ? 1 - input.real() : input.real();
      }
      case TABULAR -> {
        double number = input.isOnPath() ? 0 : whole(input.feature(), tabular);
        yield j -> number;
      }
      case LENGTH -> j -> length;
      case CONSTANT -> j -> input.constant();
    };
  }

  private static IntToDoubleFunction of(int[] numbers) {
    return j -> numbers[j];
  }

  private static IntToDoubleFunction of(double[] numbers) {
    return j -> numbers[j];
  }

  private int[] tokenTypes(TokenSequence sequence) {
    int[] types = sequence.tokenType();
    Integer cls = inputs.record().specialTokens().cls();
    if (inputs.record().clsTokenType() != null && sequence.inputIds()[0] == cls) {
      types[0] = inputs.record().clsTokenType();
    }
    return types;
  }

  /** A tabular value that counts as a class; 0 where it is missing. */
  private static double whole(String feature, Map<String, Double> tabular) {
    double value = tabular.getOrDefault(feature, 0.0);
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          "the tabular value "
              + Json.quote(feature)
              + " is "
              + value
              + ", but the model reads it as a class, a whole number");
    }
    return value;
  }
}
