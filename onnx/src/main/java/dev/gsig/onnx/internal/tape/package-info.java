/** Graphs on a tape: many runs at once, one for each item of a batch. */
package dev.gsig.onnx.internal.tape;
