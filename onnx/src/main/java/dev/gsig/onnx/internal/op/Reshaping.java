package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;

/** An operator that gives its first input's elements another shape; rule: {@code gx = gy}. */
abstract class Reshaping implements Operator {
  abstract int[] shape(NdArray[] x);

  @Override
  public final NdArray[] forward(NdArray[] x) {
    return new NdArray[] {x[0].reshaped(shape(x))};
  }

  @Override
  public final boolean passes(int input) {
    return input == 0;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, flow.of(0));
  }
}
