package dev.gsig.transformer.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.internal.WeightOrigins.Values;
import dev.gsig.transformer.safetensors.TensorSource;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a model file, matched with its {@link WeightLayout} before any is read. Names may
 * carry a {@code bert.} prefix; {@code classifier.weight} is {@code classifier.layers.0.weight};
 * the buffer {@code embeddings.position_ids} that old checkpoints hold is passed over.
 */
final class Weights implements Closeable {
  private static final String PREFIX = "bert.";
  private static final int LISTED_PROBLEMS = 8;

  private final TensorSource file;
  private final Map<String, String> storedNames = new LinkedHashMap<>();
  private final WeightOrigins origins = new WeightOrigins();

  private Weights(TensorSource file) {
    this.file = file;
  }

  /**
   * Matches tensors with the configuration.
   *
   * @param file the tensors; closed with the weights, or if they do not fit
   * @throws InvalidInputException if weights are missing, left over or of the wrong shape; the
   *     message names each, with the expected and the found shape
   */
  public static Weights of(TensorSource file, ModelConfig config) {
    return of(file, WeightLayout.of(config));
  }

  static Weights of(TensorSource file, List<WeightLayout.Entry> layout) {
    try {
      Weights weights = new Weights(file);
      weights.match(layout);
      return weights;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void match(List<WeightLayout.Entry> layout) {
    List<String> problems = new ArrayList<>();
    Map<String, String> unused = new LinkedHashMap<>();
    for (String stored : file.names()) {
      String other = unused.put(canonical(stored), stored);
      if (other != null) {
        problems.add("'" + other + "' and '" + stored + "' are the same weight");
      }
    }
    unused.remove("embeddings.position_ids");
    for (WeightLayout.Entry e : layout) {
      String stored = unused.remove(e.name());
      if (stored == null) {
        if (!e.optional()) {
          problems.add("'" + e.name() + "' " + e.shapeText() + " is missing");
        }
      } else if (!e.fits(file.shape(stored))) {
        problems.add(
            "'"
                + stored
                + "' should have the shape "
                + e.shapeText()
                + ", but has "
                + file.shape(stored));
      } else {
        storedNames.put(e.name(), stored);
      }
    }
    for (String stored : unused.values()) {
      problems.add("'" + stored + "' " + file.shape(stored) + " belongs to no part of it");
    }
    if (!problems.isEmpty()) {
      int more = problems.size() - LISTED_PROBLEMS;
      throw new InvalidInputException(
          file.source()
              + ": does not fit config.json: "
              + String.join("; ", problems.subList(0, Math.min(LISTED_PROBLEMS, problems.size())))
              + (more > 0 ? "; and " + more + " more" : "")
              + "; change config.json, or export the weights under these names");
    }
  }

  /** The name in {@link WeightLayout} of a stored tensor. */
  static String canonical(String stored) {
    String name = stored.startsWith(PREFIX) ? stored.substring(PREFIX.length()) : stored;
    return name.matches("classifier\\.(weight|bias)")
        ? name.replace("classifier.", "classifier.layers.0.")
        : name;
  }

  /** True if an optional weight is there. */
  boolean has(String name) {
    return storedNames.containsKey(name);
  }

  /** Values of a weight, row-major. */
  double[] read(String name) {
    return file.read(storedNames.get(name));
  }

  /** Number of rows of a table. */
  int rows(String name) {
    return Math.toIntExact(file.shape(storedNames.get(name)).get(0));
  }

  /** Which tensors the weights made here come from. */
  WeightOrigins origins() {
    return origins;
  }

  private Values values(List<String> names, double factor) {
    List<Integer> sizes =
        names.stream().map(n -> Math.toIntExact(file.elements(storedNames.get(n)))).toList();
    return new Values(names, sizes, factor);
  }

  /** Number of columns of a matrix. */
  int columns(String name) {
    return Math.toIntExact(file.shape(storedNames.get(name)).get(1));
  }

  /** A table {@code [rows, cols]} times a factor as a constant of the backend. */
  Tensor table(Backend backend, String name, int cols, double factor) {
    Values values = values(List.of(name), factor);
    Tensor table = backend.upload(Shape.matrix(rows(name), cols), values.read(this::read));
    origins.add(table, values);
    return table;
  }

  /** The linear layer {@code name.weight}, {@code name.bias}. */
  LinearWeights linear(Backend backend, String name) {
    return linear(backend, List.of(name + ".weight"), List.of(name + ".bias"));
  }

  /**
   * Several linear layers on the same input as one, their outputs side by side.
   *
   * @param biases none for a layer without
   */
  LinearWeights linear(Backend backend, List<String> weights, List<String> biases) {
    Values weight = values(weights, 1);
    Values bias = biases.isEmpty() ? null : values(biases, 1);
    int outputs = weights.stream().mapToInt(this::rows).sum();
    LinearWeights linear =
        backend.linearWeights(
            outputs,
            weight.size() / outputs,
            weight.read(this::read),
            bias == null ? null : bias.read(this::read));
    origins.add(linear, weight, bias);
    return linear;
  }

  /** The norm {@code name.weight}, {@code name.bias}; an RMS norm has no bias. */
  NormWeights norm(Backend backend, ModelConfig config, String name) {
    boolean centred = config.layers().norm() == NormKind.LAYER_NORM;
    Values gamma = values(List.of(name + ".weight"), 1);
    Values beta = centred ? values(List.of(name + ".bias"), 1) : null;
    NormWeights norm =
        backend.normWeights(
            centred,
            gamma.read(this::read),
            centred ? beta.read(this::read) : null,
            config.layerNormEps());
    origins.add(norm, gamma, beta);
    return norm;
  }

  /** The norm of this name, or null if it is not there; half of one is refused. */
  NormWeights optionalNorm(Backend backend, ModelConfig config, String name) {
    boolean centred = config.layers().norm() == NormKind.LAYER_NORM;
    if (centred && has(name + ".weight") != has(name + ".bias")) {
      throw new InvalidInputException(
          file.source() + ": '" + name + "' needs both .weight and .bias, or neither");
    }
    return has(name + ".weight") ? norm(backend, config, name) : null;
  }

  /** Number of values in all weights. */
  long parameterCount() {
    return storedNames.values().stream().mapToLong(file::elements).sum();
  }

  @Override
  public void close() {
    file.close();
  }
}
