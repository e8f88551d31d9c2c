package dev.gsig.cuda.internal;

import dev.gsig.tensor.Backend.LinearWeights;

/** A linear layer on the device: weight {@code [outputs, inputs]} row-major, bias or null. */
final class CudaLinear extends LinearWeights {
  private final DeviceBuffer weight;
  private final DeviceBuffer bias;

  CudaLinear(int outputs, int inputs, DeviceBuffer weight, DeviceBuffer bias) {
    super(outputs, inputs, bias != null);
    this.weight = weight;
    this.bias = bias;
  }

  void write(Transfers transfers, double[] newWeight, double[] newBias) {
    transfers.upload(newWeight, newWeight.length, weight);
    if (bias != null) {
      transfers.upload(newBias, newBias.length, bias);
    }
  }

  long weight() {
    return weight.address();
  }

  /** 0 for none. */
  long bias() {
    return bias == null ? 0 : bias.address();
  }
}
