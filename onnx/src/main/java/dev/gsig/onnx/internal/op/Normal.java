package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.tensor.NdArray;

/** What the rules of normalisations share. */
final class Normal {
  private Normal() {}

  /**
   * {@code gscale = sum gy n} and {@code gbias = sum gy}, over all rows of {@code index.length}.
   */
  static void giveScaleAndBias(
      NdArray[] x, Flow flow, double[] normal, int[] scaleAt, int[] biasAt) {
    double[] gy = flow.of(0);
    double[] gscale = new double[x[1].size()];
    for (int i = 0; i < gy.length; i++) {
      gscale[scaleAt[i % scaleAt.length]] += gy[i] * normal[i];
    }
    flow.give(1, gscale);
    if (biasAt != null) {
      double[] gbias = new double[x[2].size()];
      for (int i = 0; i < gy.length; i++) {
        gbias[biasAt[i % biasAt.length]] += gy[i];
      }
      flow.give(2, gbias);
    }
  }
}
