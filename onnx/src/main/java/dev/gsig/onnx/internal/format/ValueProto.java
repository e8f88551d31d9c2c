package dev.gsig.onnx.internal.format;

import dev.gsig.onnx.tensor.ElementType;
import java.util.List;

/**
 * What a graph says of one of its inputs or outputs.
 *
 * @param name the value's name
 * @param type its elements, or null where it is not said or no tensor
 * @param dims each dimension, a number or a name, empty where it is not said; null where the rank
 *     is not said
 */
public record ValueProto(String name, ElementType type, List<String> dims) {}
