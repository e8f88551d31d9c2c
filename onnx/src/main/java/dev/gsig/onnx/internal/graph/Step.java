package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.tensor.NdArray;

/**
 * A node in its place in a {@link Plan}.
 *
 * @param node as the model has it
 * @param opset the version of the operators that the model asks for
 * @param operator what it computes
 * @param inputs slots of its inputs, -1 for one that is left out
 * @param outputs slots of its outputs, -1 for one that is not wanted
 */
public record Step(NodeProto node, long opset, Operator operator, int[] inputs, int[] outputs) {
  /** What messages call the node. */
  public String label() {
    return node.label();
  }

  /** The operator's name. */
  public String name() {
    return node.operator();
  }

  /**
   * A whole number among the attributes.
   *
   * @param attribute its name
   * @param otherwise what it is when it is not given
   * @return its value
   */
  public long integer(String attribute, long otherwise) {
    AttributeProto given = node.attributes().get(attribute);
    return given == null ? otherwise : (Long) given.value();
  }

  /**
   * A number among the attributes.
   *
   * @param attribute its name
   * @param otherwise what it is when it is not given
   * @return its value
   */
  public double number(String attribute, double otherwise) {
    AttributeProto given = node.attributes().get(attribute);
    return given == null ? otherwise : (Double) given.value();
  }

  /**
   * A word among the attributes.
   *
   * @param attribute its name
   * @param otherwise what it is when it is not given
   * @return its value
   */
  public String text(String attribute, String otherwise) {
    AttributeProto given = node.attributes().get(attribute);
    return given == null ? otherwise : (String) given.value();
  }

  /**
   * The gradients of the inputs.
   *
   * @param x the inputs, null for one that is left out
   * @param y the outputs
   * @param gy their gradients, null where nothing depends on one
   * @param wanted which inputs' gradients are asked for
   * @return for each input its gradient; null where it is not asked for or there is none
   * @throws InvalidInputException with the node's name if there is no gradient
   */
  public double[][] gradients(NdArray[] x, NdArray[] y, double[][] gy, boolean[] wanted) {
    Flow flow = new Flow(y, gy, wanted);
    try {
      operator.backward(x, y, flow);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(label() + ": " + e.getMessage(), e);
    }
    double[][] gradients = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      gradients[i] = wanted[i] ? flow.given(i) : null;
    }
    return gradients;
  }
}
