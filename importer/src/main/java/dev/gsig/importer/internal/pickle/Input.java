package dev.gsig.importer.internal.pickle;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle; no length is believed that goes beyond them. */
final class Input {
  private static final int LONGEST_LINE = 1 << 12;
  private static final int LONGEST_NUMBER = 1 << 8;

  private final ByteBuffer bytes;

  Input(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return bytes.position();
  }

  /** Goes back to what was read before. */
  void back(int position) {
    bytes.position(position);
  }

  int u1() {
    return require(1).get() & 0xFF;
  }

  int u2() {
    return require(2).getShort() & 0xFFFF;
  }

  int i4() {
    return require(4).getInt();
  }

  double float64() {
    return Double.longBitsToDouble(Long.reverseBytes(require(8).getLong()));
  }

  /** A length of 4 bytes. */
  long length4() {
    return i4() & 0xFFFFFFFFL;
  }

  /** A length of 8 bytes; an absurd one counts as too long. */
  long length8() {
    long length = require(8).getLong();
    return length < 0 ? Long.MAX_VALUE : length;
  }

  byte[] bytes(long length) {
    byte[] copy = new byte[(int) checked(length)];
    bytes.get(copy);
    return copy;
  }

  String text(long length, Charset charset) {
    ByteBuffer slice = bytes.slice(bytes.position(), (int) checked(length));
    bytes.position(bytes.position() + (int) length);
    try {
      CharBuffer text = charset.newDecoder().decode(slice);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new PickleException("it holds a text that is not " + charset);
    }
  }

  String utf8(long length) {
    return text(length, StandardCharsets.UTF_8);
  }

  /** A whole number of so many bytes, lowest first. */
  Number integer(long length) {
    if (length > LONGEST_NUMBER) {
      throw new PickleException("it holds a whole number of " + length + " bytes");
    }
    byte[] little = bytes(length);
    if (little.length == 0) {
      return 0L;
    }
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[little.length - 1 - i];
    }
    return narrow(new BigInteger(big));
  }

  static Number narrow(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  /** A line without its end. */
  String line() {
    int start = bytes.position();
    int end = start;
    while (end < bytes.limit() && bytes.get(end) != '\n') {
      if (end++ - start > LONGEST_LINE) {
        throw new PickleException("it holds a line of more than " + LONGEST_LINE + " bytes");
      }
    }
    if (end == bytes.limit()) {
      throw truncated();
    }
    String line = utf8(end - start);
    bytes.get();
    return line;
  }

  private long checked(long length) {
    require(length);
    return length;
  }

  private ByteBuffer require(long length) {
    if (length > bytes.remaining()) {
      throw truncated();
    }
    return bytes;
  }

  private static PickleException truncated() {
    return new PickleException("it ends in the middle; the file is truncated or damaged");
  }
}
