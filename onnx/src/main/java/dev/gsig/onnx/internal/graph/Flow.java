package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.tensor.NdArray;

/** The gradient at one node: that of its outputs comes in, that of its inputs goes out. */
public final class Flow {
  private final double[][] outputs;
  private final double[][] inputs;
  private final boolean[] wanted;
  private final NdArray[] y;

  Flow(NdArray[] y, double[][] outputs, boolean[] wanted) {
    this.y = y;
    this.outputs = outputs;
    this.wanted = wanted;
    this.inputs = new double[wanted.length][];
  }

  /**
   * The gradient of an output.
   *
   * @param output its index
   * @return as many numbers as it has elements, only to be read; zeros if nothing depends on it
   */
  public double[] of(int output) {
    if (output >= outputs.length || outputs[output] == null) {
      return new double[y[output].size()];
    }
    return outputs[output];
  }

  /**
   * Whether an input's gradient is asked for.
   *
   * @param input its index
   * @return whether to compute it
   */
  public boolean wants(int input) {
    return input < wanted.length && wanted[input];
  }

  /**
   * Sets an input's gradient, once.
   *
   * @param input its index
   * @param gradient as many numbers as it has elements, not modified afterwards
   */
  public void give(int input, double[] gradient) {
    inputs[input] = gradient;
  }

  double[] given(int input) {
    return inputs[input];
  }
}
