package dev.gsig.cli.table;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Writes structures in Thrift's compact protocol, as much of it as Parquet's metadata need: fields
 * in ascending order of their numbers, 32 and 64 bit integers, booleans, strings, lists,
 * structures. Source: {@code doc/specs/thrift-compact-protocol.md} of Apache Thrift.
 */
final class ThriftWriter {
  private static final int TRUE = 1;
  private static final int FALSE = 2;
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;
  private static final int SHORT_LIST = 15;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Deque<Integer> enclosing = new ArrayDeque<>();
  private int last;

  byte[] toBytes() {
    return out.toByteArray();
  }

  ThriftWriter i32(int field, int value) {
    header(field, I32);
    zigzag(value);
    return this;
  }

  ThriftWriter i64(int field, long value) {
    header(field, I64);
    zigzag(value);
    return this;
  }

  ThriftWriter bool(int field, boolean value) {
    header(field, value ? TRUE : FALSE);
    return this;
  }

  ThriftWriter text(int field, String value) {
    header(field, BINARY);
    string(value);
    return this;
  }

  /** Begins a field that is a structure, which {@link #end} closes. */
  ThriftWriter struct(int field) {
    header(field, STRUCT);
    return element();
  }

  /** Its elements follow, each from {@link #element} to {@link #end}. */
  ThriftWriter structs(int field, int size) {
    list(field, STRUCT, size);
    return this;
  }

  /** A structure in a list. */
  ThriftWriter element() {
    enclosing.push(last);
    last = 0;
    return this;
  }

  /** The end of a structure, the outermost one included. */
  ThriftWriter end() {
    out.write(0);
    last = enclosing.isEmpty() ? 0 : enclosing.pop();
    return this;
  }

  /** A structure in a list, written elsewhere, without its end. */
  void raw(byte[] fields) {
    out.writeBytes(fields);
    out.write(0);
  }

  ThriftWriter i32s(int field, int... values) {
    list(field, I32, values.length);
    for (int value : values) {
      zigzag(value);
    }
    return this;
  }

  ThriftWriter texts(int field, List<String> values) {
    list(field, BINARY, values.size());
    for (String value : values) {
      string(value);
    }
    return this;
  }

  private void list(int field, int type, int size) {
    header(field, LIST);
    if (size < SHORT_LIST) {
      out.write((size << 4) | type);
    } else {
      out.write((SHORT_LIST << 4) | type);
      varint(size);
    }
  }

  private void header(int field, int type) {
    int step = field - last;
    if (step < 1 || step > 15) {
      throw new IllegalArgumentException("field " + field + " cannot follow field " + last);
    }
    out.write((step << 4) | type);
    last = field;
  }

  private void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    out.writeBytes(utf8);
  }

  private void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  private void varint(long value) {
    varint(value, out);
  }

  /** Seven bits a byte, the lowest first; the top bit says that more follow. */
  static void varint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
