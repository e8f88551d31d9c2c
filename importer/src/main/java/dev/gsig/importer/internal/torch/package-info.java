/** Reads what {@code torch.save} writes, without PyTorch and without Python. */
package dev.gsig.importer.internal.torch;
