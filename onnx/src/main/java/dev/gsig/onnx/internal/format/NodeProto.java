package dev.gsig.onnx.internal.format;

import java.util.List;
import java.util.Map;

/**
 * A node: an operator applied to values by name.
 *
 * @param name its name, maybe empty
 * @param operator the operator's name
 * @param domain whose operator it is, empty for ONNX's own
 * @param inputs names of values, empty for an optional one that is not given
 * @param outputs names of values, empty for one that is not wanted
 * @param attributes by name
 */
public record NodeProto(
    String name,
    String operator,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, AttributeProto> attributes) {
  /** What messages call the node: its name, or the first of its outputs. */
  public String label() {
    if (!name.isEmpty()) {
      return "node \"" + name + "\" (" + operator + ")";
    }
    return outputs.stream()
        .filter(output -> !output.isEmpty())
        .findFirst()
        .map(output -> "node " + operator + " of \"" + output + "\"")
        .orElse("node " + operator);
  }
}
