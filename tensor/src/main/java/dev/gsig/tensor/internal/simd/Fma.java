package dev.gsig.tensor.internal.simd;

import java.lang.management.ManagementFactory;

/**
 * {@code a * b + c} in float32 with one rounding. {@link Math#fma} is one instruction where the
 * processor has it and the JVM may use it; elsewhere it computes in {@code BigDecimal}, hundreds of
 * times slower than {@link #emulated}, which gives the same bits.
 */
final class Fma {
  /** Whether {@link Math#fma} is an instruction. */
  static final boolean IN_HARDWARE = Probe.findsInstruction();

  /** Behind the last bit of a float in a double: 1000... is halfway between two floats. */
  private static final long BEHIND = (1L << 29) - 1;

  private static final long HALFWAY = 1L << 28;

  private Fma() {}

  /** {@code a * b + c}, rounded once. */
  static float fma(float a, float b, float c) {
    return IN_HARDWARE ? Math.fma(a, b, c) : emulated(a, b, c);
  }

  /**
   * The bits of {@link Math#fma}, by additions and one multiplication in float64 (NaN is some NaN).
   *
   * <p>The product p of two floats is exact in a double: it has at most 48 significant bits, and
   * its exponent is far within a double's range. So {@code s = p + c} is the exact value v rounded
   * to a double, and what remains is to round v, not s, to a float.
   *
   * <p>Rounding is monotonic, and the points halfway between two neighbouring floats are doubles.
   * So s lies on the same side of each of them as v does, unless it is one. Then, and where floats
   * are subnormal, and halfway points look otherwise, the error {@code e = v - s} decides: it is a
   * double, which Knuth's TwoSum computes exactly, for sums of doubles do not lose bits by
   * underflow. If it is not 0, v lies strictly between s and its neighbour towards e. Of these two
   * doubles one has an odd last bit; taking that one is rounding v to odd. It is no halfway point,
   * for those have an even last bit, and by the same monotonicity it lies on v's side of all of
   * them: it rounds to the float that v rounds to (Boldo and Melquiond, "Emulation of FMA and
   * correctly rounded sums: proved algorithms using rounding to odd", IEEE Trans. Comp. 57, 2008).
   */
  static float emulated(float a, float b, float c) {
    double p = (double) a * b;
    double s = p + c;
    long bits = Double.doubleToRawLongBits(s);
    if ((bits & BEHIND) != HALFWAY && Math.abs(s) >= Float.MIN_NORMAL) {
      return (float) s; // also where it is infinite
    }
    double ofC = s - p;
    double e = (p - (s - ofC)) + (c - ofC);
    boolean inexact = e > 0 || e < 0; // not where it is NaN
    if (inexact && (bits & 1) == 0) {
      bits += (e > 0) == (s > 0) ? 1 : -1;
    }
    return (float) Double.longBitsToDouble(bits);
  }

  /** Apart, for nothing of it is needed a second time. */
  private static final class Probe {
    private static final int CALLS = 64;
    private static final int ROUNDS = 8;

    /** An instruction takes up to 20 ns, interpreted; the other way, compiled, 1,800 or more. */
    private static final long MOST_NANOS_OF_AN_INSTRUCTION = 300;

    /**
     * What is fast once is an instruction. What is not may have been interrupted: then the JVM is
     * asked, which is sure, but takes 30 ms.
     */
    static boolean findsInstruction() {
      float sum = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
          sum = Math.fma(0.7f, i + 0.3f, sum);
        }
        long nanos = System.nanoTime() - start;
        if (nanos < CALLS * MOST_NANOS_OF_AN_INSTRUCTION && sum > 0) {
          return true;
        }
      }
      return theJvmSaysSo();
    }

    /** False where the JVM does not say. */
    private static boolean theJvmSaysSo() {
      try {
        var hotSpot =
            ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class);
        return hotSpot != null && Boolean.parseBoolean(hotSpot.getVMOption("UseFMA").getValue());
      } catch (LinkageError | IllegalArgumentException e) {
        return false;
      }
    }
  }
}
