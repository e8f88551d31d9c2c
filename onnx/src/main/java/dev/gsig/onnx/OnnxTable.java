package dev.gsig.onnx;

import java.util.List;

/**
 * A table whose rows a graph gathers by the ids of tokens.
 *
 * @param name of the tensor
 * @param codes how many rows it has
 * @param width how many numbers a row has
 * @param rows names of the values that are gathered from it, one or several
 */
public record OnnxTable(String name, int codes, int width, List<String> rows) {}
