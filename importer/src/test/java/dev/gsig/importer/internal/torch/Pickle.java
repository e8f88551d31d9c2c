package dev.gsig.importer.internal.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles by hand, honest ones and others. */
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static Pickle protocol2() {
    return new Pickle().op(0x80, 2);
  }

  Pickle op(int... codes) {
    for (int code : codes) {
      out.write(code);
    }
    return this;
  }

  Pickle raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  Pickle line(String text) {
    return raw((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  Pickle global(String module, String name) {
    return op('c').line(module).line(name);
  }

  Pickle text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return op('X').raw(int4(utf8.length)).raw(utf8);
  }

  Pickle integer(long value) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return op(0x8A, 8).raw(bytes);
  }

  Pickle longs(long... values) {
    op('(');
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  /** The persistent id of a storage, resolved. */
  Pickle storage(String type, String key, long elements) {
    return op('(')
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .integer(elements)
        .op('t', 'Q');
  }

  /** A tensor on a storage. */
  Pickle tensor(String type, String key, long elements, long offset, long[] shape, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .op('(')
        .storage(type, key, elements)
        .integer(offset)
        .longs(shape)
        .longs(strides)
        .op(0x89)
        .global("collections", "OrderedDict")
        .op(')', 'R', 't', 'R');
  }

  /** A state dict of two small tensors, one of them a transposed view. */
  static Pickle stateDict() {
    return protocol2()
        .op('}', '(')
        .text("a")
        .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, new long[] {3, 1})
        .text("b")
        .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
        .op('u', '.');
  }

  /** A dictionary of one value, {@code a}, that is any pickled object. */
  static Pickle holding(Pickle value) {
    return protocol2().op('}', '(').text("a").raw(value.bytes()).op('u', '.');
  }

  static byte[] int4(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
