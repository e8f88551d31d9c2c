package dev.gsig.importer.internal.torch;

import dev.gsig.transformer.safetensors.DType;

/**
 * A flat array of a checkpoint, which several tensors may share.
 *
 * @param key its name in the archive
 * @param dtype its element type
 * @param elements how many elements it has
 */
record Storage(String key, DType dtype, long elements) {
  long bytes() {
    return Math.multiplyExact(elements, (long) dtype.bits() / 8);
  }
}
