package dev.gsig.onnx.internal.format;

import dev.gsig.onnx.tensor.NdArray;
import java.util.List;
import java.util.Map;

/**
 * A graph.
 *
 * @param name its name
 * @param nodes its nodes, in the file's order
 * @param initializers constants by name
 * @param inputs its inputs; initializers may be among them
 * @param outputs its outputs
 */
public record GraphProto(
    String name,
    List<NodeProto> nodes,
    Map<String, NdArray> initializers,
    List<ValueProto> inputs,
    List<ValueProto> outputs) {}
