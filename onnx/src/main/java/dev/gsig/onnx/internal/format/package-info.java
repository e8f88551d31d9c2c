/**
 * The file format of ONNX: messages of protocol buffers ({@code onnx.proto}), read without a
 * library, strictly, and never larger in memory than some times the file.
 */
package dev.gsig.onnx.internal.format;
