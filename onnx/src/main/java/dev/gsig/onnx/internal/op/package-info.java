/**
 * ONNX's operators, one class each: what it computes and the rule of its gradient. A new one is a
 * class here and its name in {@link dev.gsig.onnx.internal.op.Operators}. Letters of the rules:
 * {@code x}, {@code a}, {@code b} are inputs, {@code y} is the output, {@code gx} the gradient by
 * {@code x}. All follow "ONNX Operators" (onnx.ai), in the version that the node asks for.
 */
package dev.gsig.onnx.internal.op;
