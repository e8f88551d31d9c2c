package dev.gsig.onnx;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Trace;
import dev.gsig.onnx.tensor.NdArray;
import java.util.List;

/** The values of one run of a model, from which gradients are computed. */
public final class OnnxRun {
  private final String name;
  private final Trace trace;

  OnnxRun(String name, Trace trace) {
    this.name = name;
    this.trace = trace;
  }

  /**
   * A value.
   *
   * @param value its name
   * @return the value
   * @throws InvalidInputException if there is none of this name, or the run did not need it
   */
  public NdArray value(String value) {
    try {
      return trace.value(value);
    } catch (InvalidInputException e) {
      throw OnnxModel.refused(name, e);
    }
  }

  /**
   * The gradient of {@code sum(weights * output)} by reverse accumulation, in 53 bits.
   *
   * @param output the name of a value of a floating type
   * @param weights as many numbers as it has elements
   * @param paths names of values of floating types: inputs, or what was given in their place
   * @return for each of them, in order, the gradient by each of its elements
   * @throws InvalidInputException if no gradient reaches one of them; the message names the node
   *     that stops it
   */
  public List<double[]> gradient(String output, double[] weights, List<String> paths) {
    try {
      return trace.gradient(output, weights, paths);
    } catch (InvalidInputException e) {
      throw OnnxModel.refused(name, e);
    }
  }
}
