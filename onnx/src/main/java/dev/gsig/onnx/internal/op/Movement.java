package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;

/**
 * An operator that puts elements of its first input elsewhere, or leaves them out, or repeats them.
 * It says where each element of the result comes from; rule: {@code gx} of an element is the sum of
 * {@code gy} wherever it went.
 */
abstract class Movement implements Operator {
  /**
   * Where elements come from.
   *
   * @param shape the result's shape
   * @param source for each of its elements the index in the first input, or -1 for the fill
   */
  record Origin(int[] shape, int[] source) {}

  abstract Origin origin(NdArray[] x);

  /** What stands where no element of the input does. */
  double fill(NdArray[] x) {
    return 0;
  }

  @Override
  public final NdArray[] forward(NdArray[] x) {
    Origin origin = origin(x);
    return new NdArray[] {x[0].picked(origin.source, fill(x), origin.shape)};
  }

  @Override
  public final boolean passes(int input) {
    return input == 0;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, returned(flow.of(0), origin(x).source, x[0].size()));
  }

  /** Brings a gradient back to where the elements came from. */
  static double[] returned(double[] gy, int[] source, int size) {
    double[] gx = new double[size];
    for (int i = 0; i < gy.length; i++) {
      if (source[i] >= 0) {
        gx[source[i]] += gy[i];
      }
    }
    return gx;
  }
}
