package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.internal.format.NodeProto;

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
}
