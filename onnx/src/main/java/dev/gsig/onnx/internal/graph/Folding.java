package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Computes what depends on constants alone, once. */
final class Folding {
  /** A result with more elements is computed at each run: it would only take memory. */
  private static final int MOST_ELEMENTS = 1 << 22;

  /** All folded results together. */
  private static final int MOST_TOGETHER = 1 << 24;

  private Folding() {}

  /**
   * Runs the steps that need nothing but constants.
   *
   * @param steps all steps, in order
   * @param values the constants by slot; what is folded is added
   * @param precision with how many digits to compute
   * @return the steps that are left
   */
  static List<Step> fold(List<Step> steps, NdArray[] values, Precision precision) {
    List<Step> left = new ArrayList<>();
    long folded = 0;
    for (Step step : steps) {
      boolean isConstant = Arrays.stream(step.inputs()).allMatch(s -> s < 0 || values[s] != null);
      if (!isConstant) {
        left.add(step);
        continue;
      }
      NdArray[] results = Plan.results(step, values, precision);
      long size = 0;
      for (int i = 0; i < results.length; i++) {
        size += step.outputs()[i] < 0 ? 0 : results[i].size();
      }
      if (size > MOST_ELEMENTS || folded + size > MOST_TOGETHER) {
        left.add(step);
        continue;
      }
      folded += size;
      for (int i = 0; i < results.length; i++) {
        if (step.outputs()[i] >= 0) {
          values[step.outputs()[i]] = results[i];
        }
      }
    }
    return List.copyOf(left);
  }
}
