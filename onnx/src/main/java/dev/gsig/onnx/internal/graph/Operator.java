package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;

/**
 * What a node computes, its attributes read. One class each: {@link #forward} and the gradient
 * rule, {@link #backward}, side by side. Results need not be rounded to their element types; the
 * plan does that.
 */
public interface Operator {
  /**
   * Computes the node's outputs.
   *
   * @param x the inputs, null for an optional one that is not given
   * @return the outputs in order; fewer where the node does not ask for the rest
   * @throws InvalidInputException if the inputs' types or shapes do not fit
   */
  NdArray[] forward(NdArray[] x);

  /**
   * Whether a gradient passes from the outputs to an input, provided that both are of floating
   * types. Without a rule none does.
   *
   * @param input the input's index
   * @return whether {@link #backward} gives it one
   */
  default boolean passes(int input) {
    return false;
  }

  /**
   * Gives each input that wants one the gradient that comes to it from the outputs.
   *
   * @param x the inputs
   * @param y the outputs
   * @param flow the gradient of the outputs, and where that of the inputs goes
   */
  default void backward(NdArray[] x, NdArray[] y, Flow flow) {
    throw new IllegalStateException(getClass().getSimpleName() + " has no gradient rule");
  }
}
