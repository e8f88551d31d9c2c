package dev.gsig.transformer.config;

import dev.gsig.tensor.Activation;
import java.util.List;

/**
 * The tabular branch: normalised values through dense layers, concatenated behind the input of a
 * layer of the head; behind the pooled vector, unless another layer is named.
 *
 * @param features the inputs, in order
 * @param hiddenSizes the width of each layer; empty if the values are concatenated as they are
 * @param activation follows every layer; null if there is no layer
 * @param classifierLayer number of the head's layer that reads the branch, from 0
 */
public record Tabular(
    List<Feature> features, List<Integer> hiddenSizes, Activation activation, int classifierLayer) {
  /** Copies the lists. */
  public Tabular {
    features = List.copyOf(features);
    hiddenSizes = List.copyOf(hiddenSizes);
  }

  /** The width of the vector that is concatenated. */
  public int outputSize() {
    return hiddenSizes.isEmpty() ? features.size() : hiddenSizes.get(hiddenSizes.size() - 1);
  }

  /**
   * One tabular input. The model reads (x - mean) / std, and 0 where the value is missing.
   *
   * @param name the name in the cohort file
   * @param mean is subtracted
   * @param std divides; above 0
   */
  public record Feature(String name, double mean, double std) {
    /**
     * Normalises a raw value.
     *
     * @param value the raw value x; null if missing
     * @return (x - mean) / std, or 0 if missing
     */
    public double normalise(Double value) {
      return value == null ? 0 : (value - mean) / std;
    }
  }
}
