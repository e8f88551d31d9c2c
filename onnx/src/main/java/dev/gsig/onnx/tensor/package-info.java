/** Arrays of any rank as ONNX has them: their element types, shapes and values. */
package dev.gsig.onnx.tensor;
