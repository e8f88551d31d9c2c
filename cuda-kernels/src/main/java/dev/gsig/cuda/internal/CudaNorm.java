package dev.gsig.cuda.internal;

import dev.gsig.tensor.Backend.NormWeights;

/** A layer norm on the device. */
final class CudaNorm extends NormWeights {
  private final DeviceBuffer gamma;
  private final DeviceBuffer beta;
  private final double epsilon;

  CudaNorm(int size, DeviceBuffer gamma, DeviceBuffer beta, double epsilon) {
    super(size);
    this.gamma = gamma;
    this.beta = beta;
    this.epsilon = epsilon;
  }

  void write(Transfers transfers, double[] newGamma, double[] newBeta) {
    transfers.upload(newGamma, newGamma.length, gamma);
    transfers.upload(newBeta, newBeta.length, beta);
  }

  long gamma() {
    return gamma.address();
  }

  long beta() {
    return beta.address();
  }

  double epsilon() {
    return epsilon;
  }
}
