/**
 * The tensor library: shapes, tensors and the {@link dev.gsig.tensor.internal.Backend} contract,
 * whose implementations {@link dev.gsig.tensor.internal.Backends} finds by name.
 */
package dev.gsig.tensor.internal;
