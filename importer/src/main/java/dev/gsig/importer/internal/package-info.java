/** Graphs in the ONNX format as models: what each of their inputs is, and where paths start. */
package dev.gsig.importer.internal;
