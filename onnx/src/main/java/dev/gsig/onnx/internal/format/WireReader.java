package dev.gsig.onnx.internal.format;

import dev.gsig.ehr.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * One message of protocol buffers, field by field (Protocol Buffers, "Encoding"). A length is held
 * against what is left before anything is made of it.
 */
final class WireReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer in;
  private int field;
  private int wire;

  /**
   * Reads a message.
   *
   * @param in what the message takes, from position to limit
   */
  WireReader(ByteBuffer in) {
    this.in = in.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes to the next field; false at the end. */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    long key = varint();
    wire = (int) (key & 7);
    long number = key >>> 3;
    if (number == 0 || number >= 1 << 29) {
      throw broken("a field has the number " + number);
    }
    field = (int) number;
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** Whether the field's value is a series of bytes, a message or packed numbers among them. */
  boolean isBytes() {
    return wire == BYTES;
  }

  long integer() {
    require(VARINT);
    return varint();
  }

  float single() {
    require(FIXED32);
    need(Float.BYTES);
    return in.getFloat();
  }

  /** The bytes of the field, not copied. */
  ByteBuffer bytes() {
    require(BYTES);
    long length = varint();
    if (length < 0 || length > in.remaining()) {
      throw broken("a field is longer than what holds it");
    }
    ByteBuffer bytes = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + (int) length);
    return bytes;
  }

  WireReader message() {
    return new WireReader(bytes());
  }

  /** The field as text; what is no UTF-8 is an error. */
  String text() {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(bytes())
          .toString();
    } catch (CharacterCodingException e) {
      throw broken("a name is not UTF-8");
    }
  }

  /** Whole numbers, packed or the next one of several. */
  void integers(Longs into) {
    if (wire != BYTES) {
      into.add(integer());
      return;
    }
    WireReader packed = message();
    while (packed.in.hasRemaining()) {
      into.add(packed.varint());
    }
  }

  /** Floats as bits, packed or the next one of several. */
  void fixed32(Longs into) {
    if (wire != BYTES) {
      into.add(Float.floatToRawIntBits(single()));
      return;
    }
    ByteBuffer packed = whole(bytes(), Float.BYTES);
    while (packed.hasRemaining()) {
      into.add(packed.getInt());
    }
  }

  /** Doubles as bits, packed or the next one of several. */
  void fixed64(Longs into) {
    if (wire != BYTES) {
      require(FIXED64);
      need(Double.BYTES);
      into.add(in.getLong());
      return;
    }
    ByteBuffer packed = whole(bytes(), Double.BYTES);
    while (packed.hasRemaining()) {
      into.add(packed.getLong());
    }
  }

  private static ByteBuffer whole(ByteBuffer packed, int size) {
    if (packed.remaining() % size != 0) {
      throw broken("a list of numbers ends within a number");
    }
    return packed;
  }

  /** Passes over the field's value. */
  void skip() {
    switch (wire) {
      case VARINT -> varint();
      case FIXED64 -> jump(Long.BYTES);
      case BYTES -> bytes();
      case FIXED32 -> jump(Integer.BYTES);
      default -> throw broken("a field is of the unknown kind " + wire);
    }
  }

  private void jump(int bytes) {
    need(bytes);
    in.position(in.position() + bytes);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      need(1);
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("a number is longer than 64 bits");
  }

  private void require(int kind) {
    if (wire != kind) {
      throw broken("field " + field + " is of kind " + wire + ", not " + kind);
    }
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw broken("it ends within a field");
    }
  }

  static InvalidInputException broken(String what) {
    return new InvalidInputException("is not sound ONNX: " + what + "; export or copy it again");
  }
}
