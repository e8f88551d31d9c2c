package dev.gsig.onnx.tensor;

import dev.gsig.ehr.InvalidInputException;

/**
 * What an array's elements are, by the names and numbers of ONNX ({@code TensorProto.DataType}).
 * Floating types are computed with as {@code double}, whole numbers and truth values as {@code
 * long}; {@link #round} and {@link #wrap} bring a result back to what the type can hold.
 */
public enum ElementType {
  /** 32 bits. */
  FLOAT(1, 32, null),
  /** 8 bits without sign. */
  UINT8(2, 8, false),
  /** 8 bits. */
  INT8(3, 8, true),
  /** 16 bits without sign. */
  UINT16(4, 16, false),
  /** 16 bits. */
  INT16(5, 16, true),
  /** 32 bits. */
  INT32(6, 32, true),
  /** 64 bits. */
  INT64(7, 64, true),
  /** 0 or 1. */
  BOOL(9, 8, false),
  /** IEEE 754 binary16. */
  FLOAT16(10, FloatFormat.FLOAT16),
  /** 64 bits. */
  DOUBLE(11, 64, null),
  /** 32 bits without sign. */
  UINT32(12, 32, false),
  /** 64 bits without sign. */
  UINT64(13, 64, false),
  /** The upper half of a {@link #FLOAT}. */
  BFLOAT16(16, FloatFormat.BFLOAT16),
  /** 4 bits of exponent, 3 of mantissa, no infinity. */
  FLOAT8E4M3FN(17, FloatFormat.E4M3FN),
  /** 4 bits of exponent, 3 of mantissa, no infinity, one zero. */
  FLOAT8E4M3FNUZ(18, FloatFormat.E4M3FNUZ),
  /** 5 bits of exponent, 2 of mantissa. */
  FLOAT8E5M2(19, FloatFormat.E5M2),
  /** 5 bits of exponent, 2 of mantissa, no infinity, one zero. */
  FLOAT8E5M2FNUZ(20, FloatFormat.E5M2FNUZ),
  /** 4 bits without sign, two to a byte. */
  UINT4(21, 4, false),
  /** 4 bits, two to a byte. */
  INT4(22, 4, true),
  /** 2 bits of exponent, 1 of mantissa, two to a byte. */
  FLOAT4E2M1(23, FloatFormat.E2M1),
  /** 2 bits without sign, four to a byte. */
  UINT2(25, 2, false),
  /** 2 bits, four to a byte. */
  INT2(26, 2, true);

  private final int code;
  private final int bits;
  private final boolean floating;
  private final boolean signed;
  private final FloatFormat format;

  ElementType(int code, int bits, Boolean signedInteger) {
    this.code = code;
    this.bits = bits;
    this.floating = signedInteger == null;
    this.signed = floating || signedInteger;
    this.format = null;
  }

  ElementType(int code, FloatFormat format) {
    this.code = code;
    this.bits = format.bits();
    this.floating = true;
    this.signed = true;
    this.format = format;
  }

  /**
   * The type of ONNX's number.
   *
   * @param code the number
   * @return the type
   * @throws InvalidInputException if there is no such type here
   */
  public static ElementType of(long code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new InvalidInputException(
        "elements of type " + code + " are not supported; use float, double, integers or bool");
  }

  /** ONNX's number of the type. */
  public int code() {
    return code;
  }

  /** Whether elements are numbers with fractions. */
  public boolean isFloating() {
    return floating;
  }

  /** Whether elements may be negative. */
  public boolean isSigned() {
    return signed;
  }

  /** How many bits an element takes in a file. */
  public int bits() {
    return bits;
  }

  /**
   * The nearest value of this floating type; what is too large becomes an infinity, or NaN where
   * the type has none.
   *
   * @param value any value
   * @return what this type makes of it
   */
  public double round(double value) {
    return this == DOUBLE ? value : this == FLOAT ? (float) value : format.round(value, false);
  }

  /**
   * The nearest value of this floating type, where in types of 8 bits and fewer what is too large
   * becomes the largest finite value.
   *
   * @param value any value
   * @return what this type makes of it
   */
  public double saturate(double value) {
    return bits > 8 ? round(value) : format.round(value, true);
  }

  /**
   * A whole number modulo two to the power of this type's bits; for {@link #BOOL} whether it is not
   * zero.
   *
   * @param value any value
   * @return what this type makes of it
   */
  public long wrap(long value) {
    if (this == BOOL) {
      return value == 0 ? 0 : 1;
    }
    int spare = Long.SIZE - bits;
    return signed ? value << spare >> spare : value << spare >>> spare;
  }

  /**
   * Compares whole numbers of this type.
   *
   * @param a a number
   * @param b another one
   * @return below, at or above zero
   */
  public int compare(long a, long b) {
    return signed ? Long.compare(a, b) : Long.compareUnsigned(a, b);
  }

  /**
   * A whole number of this type as a floating one.
   *
   * @param value the number
   * @return the nearest floating number
   */
  public double toDouble(long value) {
    if (this != UINT64 || value >= 0) {
      return value;
    }
    return ((value >>> 1) | (value & 1)) * 2.0;
  }

  /**
   * A floating number without its fraction, as a whole number of this type.
   *
   * @param value any value
   * @return the whole number
   */
  public long toLong(double value) {
    if (this == BOOL) {
      return value == 0 ? 0 : 1;
    }
    double half = 0x1p63;
    return wrap(
        this == UINT64 && value >= half ? (long) (value - half) + Long.MIN_VALUE : (long) value);
  }

  /**
   * An element of this floating type as it lies in a file.
   *
   * @param raw its bits, the lowest ones of the number
   * @return its value
   */
  public double decode(long raw) {
    if (this == FLOAT) {
      return Float.intBitsToFloat((int) raw);
    }
    return this == DOUBLE ? Double.longBitsToDouble(raw) : format.decode((int) raw);
  }
}
