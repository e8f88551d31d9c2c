package dev.gsig.cuda.internal;

import dev.gsig.tensor.Backend.NormWeights;

/** A norm on the device. */
final class CudaNorm extends NormWeights {
  private final DeviceBuffer gamma;
  private final DeviceBuffer beta;
  private final double epsilon;

  CudaNorm(int size, boolean centred, DeviceBuffer gamma, DeviceBuffer beta, double epsilon) {
    super(size, centred, beta != null);
    this.gamma = gamma;
    this.beta = beta;
    this.epsilon = epsilon;
  }

  void write(Transfers transfers, double[] newGamma, double[] newBeta) {
    transfers.upload(newGamma, newGamma.length, gamma);
    if (beta != null) {
      transfers.upload(newBeta, newBeta.length, beta);
    }
  }

  long gamma() {
    return gamma.address();
  }

  /** 0 if there is none. */
  long beta() {
    return beta == null ? 0 : beta.address();
  }

  double epsilon() {
    return epsilon;
  }
}
