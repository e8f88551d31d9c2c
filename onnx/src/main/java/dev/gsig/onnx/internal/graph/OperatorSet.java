package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;

/** Makes the operators of nodes. */
@FunctionalInterface
public interface OperatorSet {
  /**
   * Makes a node's operator.
   *
   * @param node the node, of ONNX's own domain
   * @return the operator, or null if none has this name
   * @throws InvalidInputException if an attribute is not what it takes
   */
  Operator operator(Node node);
}
