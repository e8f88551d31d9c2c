/**
 * What is recognised in graphs and handed to the backend: one class for each thing, which tells it
 * and puts it on the tape.
 */
package dev.gsig.onnx.internal.fuse;
