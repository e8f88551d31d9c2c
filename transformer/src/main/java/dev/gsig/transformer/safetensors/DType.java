package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.InvalidInputException;
import java.util.List;

/** The element types of the safetensors format. Only the four readable ones become numbers here. */
public enum DType {
  /** Truth value, one byte. */
  BOOL(8),
  /** 4-bit float, two to a byte. */
  F4(4),
  /** 6-bit float, 2 exponent and 3 mantissa bits. */
  F6_E2M3(6),
  /** 6-bit float, 3 exponent and 2 mantissa bits. */
  F6_E3M2(6),
  /** Unsigned 8-bit integer. */
  U8(8),
  /** Signed 8-bit integer. */
  I8(8),
  /** 8-bit float, 5 exponent and 2 mantissa bits. */
  F8_E5M2(8),
  /** 8-bit float, 4 exponent and 3 mantissa bits. */
  F8_E4M3(8),
  /** 8-bit float, 5 exponent and 2 mantissa bits, no negative zero. */
  F8_E5M2FNUZ(8),
  /** 8-bit float, 4 exponent and 3 mantissa bits, no negative zero. */
  F8_E4M3FNUZ(8),
  /** 8-bit exponent. */
  F8_E8M0(8),
  /** Signed 16-bit integer. */
  I16(16),
  /** Unsigned 16-bit integer. */
  U16(16),
  /** IEEE 754 binary16. Readable. */
  F16(16),
  /** The upper half of an IEEE 754 binary32. Readable. */
  BF16(16),
  /** Signed 32-bit integer. */
  I32(32),
  /** Unsigned 32-bit integer. */
  U32(32),
  /** IEEE 754 binary32. Readable and writable. */
  F32(32),
  /** Complex number of two binary32. */
  C64(64),
  /** IEEE 754 binary64. Readable and writable. */
  F64(64),
  /** Signed 64-bit integer. */
  I64(64),
  /** Unsigned 64-bit integer. */
  U64(64);

  private final int bits;

  DType(int bits) {
    this.bits = bits;
  }

  /** The size of one element in bits. */
  public int bits() {
    return bits;
  }

  /** Whether values of this type can be read as numbers. */
  public boolean isReadable() {
    return this == F32 || this == F64 || this == F16 || this == BF16;
  }

  /**
   * The size of a tensor: product(shape) x bits / 8.
   *
   * @param shape the dimensions, none negative
   * @param what names file and tensor in messages
   * @return the number of bytes
   * @throws InvalidInputException if the size overflows 63 bits or is not a whole number of bytes
   */
  long byteSize(List<Long> shape, String what) {
    try {
      // As in the reference implementation, an overflow counts even if a later dimension is 0.
      long elements = 1;
      for (long dimension : shape) {
        elements = Math.multiplyExact(elements, dimension);
      }
      long total = Math.multiplyExact(elements, (long) bits);
      if (total % 8 != 0) {
        throw new InvalidInputException(
            what + ": " + this + " of shape " + shape + " does not fill whole bytes");
      }
      return total / 8;
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          what + ": the size of " + this + " of shape " + shape + " overflows; the file is damaged",
          e);
    }
  }
}
