/**
 * The tensor library: shapes, tensors, and the {@link dev.gsig.tensor.Backend} contract, whose
 * implementations {@link dev.gsig.tensor.Backends} finds by name.
 */
package dev.gsig.tensor;
