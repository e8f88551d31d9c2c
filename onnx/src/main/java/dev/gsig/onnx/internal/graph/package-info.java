/**
 * Graphs as they are run: checked, with constants folded, forward and back. What operators compute
 * is in {@code internal.op}.
 */
package dev.gsig.onnx.internal.graph;
