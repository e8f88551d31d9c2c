/** Models in the ONNX format: read, checked, run, and differentiated. */
package dev.gsig.onnx;
