package dev.gsig.onnx.internal.format;

import java.util.Map;

/**
 * A model.
 *
 * @param opsets the version of each domain's operators
 * @param graph its graph
 */
public record ModelProto(Map<String, Long> opsets, GraphProto graph) {}
