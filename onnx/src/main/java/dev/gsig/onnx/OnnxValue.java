package dev.gsig.onnx;

import dev.gsig.onnx.tensor.ElementType;
import java.util.List;

/**
 * A value of a graph.
 *
 * @param name its name
 * @param type its elements, or null where the model does not say
 * @param dims each dimension: a number, a name, or a sum of products of them, empty where it is not
 *     known; null where not even the rank is
 */
public record OnnxValue(String name, ElementType type, List<String> dims) {}
