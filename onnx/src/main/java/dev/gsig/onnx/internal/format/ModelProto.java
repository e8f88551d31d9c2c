package dev.gsig.onnx.internal.format;

import java.util.List;
import java.util.Map;

/**
 * A model.
 *
 * @param opsets the version of each domain's operators
 * @param graph its graph
 * @param files names of the files beside it that hold tensors, in alphabetical order
 */
public record ModelProto(Map<String, Long> opsets, GraphProto graph, List<String> files) {
  /** A model in one file. */
  public ModelProto(Map<String, Long> opsets, GraphProto graph) {
    this(opsets, graph, List.of());
  }
}
