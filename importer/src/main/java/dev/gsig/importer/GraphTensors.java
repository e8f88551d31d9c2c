package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.OnnxWeights;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The weights in a file of the ONNX format. */
final class GraphTensors implements TensorSource {
  private final Path file;
  private final Map<String, NdArray> weights;

  GraphTensors(Path file) {
    this.file = file;
    weights = OnnxWeights.read(file);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(weights.keySet());
  }

  private NdArray get(String name) {
    NdArray weight = weights.get(name);
    if (weight == null) {
      throw new InvalidInputException(file + ": has no tensor '" + name + "'");
    }
    return weight;
  }

  /** What is computed with, whatever is stored; values are widened exactly. */
  @Override
  public DType dtype(String name) {
    return switch (get(name).type()) {
      case DOUBLE -> DType.F64;
      case FLOAT16 -> DType.F16;
      case BFLOAT16 -> DType.BF16;
      default -> DType.F32;
    };
  }

  @Override
  public List<Long> shape(String name) {
    return Arrays.stream(get(name).shape()).mapToObj(n -> (long) n).toList();
  }

  @Override
  public double[] read(String name) {
    double[] values = get(name).doubles().clone();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new InvalidInputException(
            file + ": tensor '" + name + "' holds " + values[i] + " at " + i);
      }
    }
    return values;
  }

  @Override
  public String source() {
    return file.toString();
  }

  @Override
  public void close() {
    // read whole
  }
}
