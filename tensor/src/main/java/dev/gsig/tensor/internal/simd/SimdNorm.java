package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend.NormWeights;

/** Parameters of a norm in float32. */
final class SimdNorm extends NormWeights {
  final float[] gamma;
  final float[] beta;
  final float epsilon;

  SimdNorm(boolean centred, double[] gamma, double[] beta, double epsilon) {
    super(gamma.length, centred, beta != null);
    this.gamma = new float[gamma.length];
    this.beta = new float[gamma.length];
    this.epsilon = SimdTensor.round(epsilon);
    set(gamma, beta);
  }

  void set(double[] newGamma, double[] newBeta) {
    for (int c = 0; c < gamma.length; c++) {
      gamma[c] = SimdTensor.round(newGamma[c]);
      beta[c] = newBeta == null ? 0f : SimdTensor.round(newBeta[c]);
    }
  }
}
