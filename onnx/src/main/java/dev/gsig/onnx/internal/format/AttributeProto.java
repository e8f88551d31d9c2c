package dev.gsig.onnx.internal.format;

import dev.gsig.onnx.tensor.NdArray;
import java.util.List;

/**
 * An attribute of a node.
 *
 * @param name its name
 * @param value a {@link Double}, {@link Long}, {@link String}, {@link NdArray}, {@link GraphProto},
 *     {@code double[]}, {@code long[]} or {@link List} of text
 */
public record AttributeProto(String name, Object value) {}
