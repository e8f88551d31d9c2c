package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend.NormWeights;

/** Layer norm parameters in float32. */
final class SimdNorm extends NormWeights {
  final float[] gamma;
  final float[] beta;
  final float epsilon;

  SimdNorm(double[] gamma, double[] beta, double epsilon) {
    super(gamma.length);
    this.gamma = new float[gamma.length];
    this.beta = new float[beta.length];
    this.epsilon = SimdTensor.round(epsilon);
    set(gamma, beta);
  }

  void set(double[] newGamma, double[] newBeta) {
    for (int c = 0; c < gamma.length; c++) {
      gamma[c] = SimdTensor.round(newGamma[c]);
      beta[c] = SimdTensor.round(newBeta[c]);
    }
  }
}
