package dev.gsig.transformer.safetensors;

import java.nio.ByteBuffer;

/** Exact widening of floating-point formats to double. */
public final class Widening {
  private Widening() {}

  /**
   * Widens all elements of a buffer.
   *
   * @param from whole elements in the buffer's byte order; its position ends at its limit
   * @param dtype F32, F64, F16 or BF16
   * @param to the values. Modified from index {@code at} on
   * @return the number of elements
   */
  public static int widen(ByteBuffer from, DType dtype, double[] to, int at) {
    int count = from.remaining() / (dtype.bits() / 8);
    switch (dtype) {
      case F64 -> from.asDoubleBuffer().get(to, at, count);
      case F32 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = from.getFloat();
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = half(from.getShort());
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = Float.intBitsToFloat(from.getShort() << 16);
        }
      }
      default -> throw new IllegalArgumentException("not a readable type: " + dtype);
    }
    return count;
  }

  /**
   * IEEE 754 binary16 to double: (-1)^s 2^(e-15) (1 + m/1024), for e = 0 subnormal (-1)^s 2^-14
   * m/1024, for e = 31 infinity (m = 0) or NaN.
   */
  static double half(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int mantissa = bits & 0x3FF;
    double magnitude;
    if (exponent == 0x1F) {
      magnitude = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((double) mantissa, -24);
    } else {
      magnitude = Math.scalb((double) (mantissa + 0x400), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
