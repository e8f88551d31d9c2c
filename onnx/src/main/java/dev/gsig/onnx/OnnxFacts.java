package dev.gsig.onnx;

import java.util.List;
import java.util.Map;

/**
 * What a model's file holds.
 *
 * @param opset the version of ONNX's operators
 * @param operators how many nodes of each operator the graph has, by name, as the file has them
 * @param parameters how many floating numbers its tensors hold
 * @param types the floating types of its tensors
 * @param files names of the files beside it that hold tensors
 */
public record OnnxFacts(
    long opset,
    Map<String, Integer> operators,
    long parameters,
    List<String> types,
    List<String> files) {}
