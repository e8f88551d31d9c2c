package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The emulated multiply-add has the bits of {@link Math#fma}, which has those of the standard. */
class FmaTest {
  private static final float[] EDGES = {
    0f,
    1f,
    3f,
    0x1.fffffep0f,
    0x1.000002p0f,
    0x1.8p-1f,
    1e-30f,
    Float.MIN_VALUE,
    3 * Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Math.nextDown(Float.MIN_NORMAL),
    Math.nextUp(Float.MIN_NORMAL),
    0x1p-75f,
    0x1.8p-75f,
    0x1p64f,
    0x1.fffffep63f,
    0x1p103f,
    Float.MAX_VALUE,
    Math.nextDown(Float.MAX_VALUE),
    Float.POSITIVE_INFINITY,
    Float.NaN,
  };

  private static void check(float a, float b, float c) {
    float is = Fma.emulated(a, b, c);
    float must = Math.fma(a, b, c);
    // intBits: one NaN is as good as another
    if (Float.floatToIntBits(is) != Float.floatToIntBits(must)) {
      assertThat(is).as("%a * %a + %a", a, b, c).isEqualTo(must);
      throw new AssertionError("the sign of zero of " + a + " * " + b + " + " + c);
    }
  }

  private static void checkSigns(float a, float b, float c) {
    for (int signs = 0; signs < 8; signs++) {
      check((signs & 1) == 0 ? a : -a, (signs & 2) == 0 ? b : -b, (signs & 4) == 0 ? c : -c);
    }
  }

  @Test
  void atTheEdges() {
    for (float a : EDGES) {
      for (float b : EDGES) {
        for (float c : EDGES) {
          checkSigns(a, b, c);
        }
      }
    }
  }

  @Test
  void ofAnyBits() {
    Random random = new Random(1);
    for (int i = 0; i < 4_000_000; i++) {
      check(any(random), any(random), any(random));
    }
  }

  private static float any(Random random) {
    return Float.intBitsToFloat(random.nextInt());
  }

  /** Addends near the product, so that many leading bits cancel, and near its last ones. */
  @Test
  void wherePartsOverlap() {
    Random random = new Random(2);
    for (int i = 0; i < 4_000_000; i++) {
      float a = Math.scalb(1 + random.nextFloat(), random.nextInt(120) - 60);
      float b = Math.scalb(1 + random.nextFloat(), random.nextInt(120) - 60);
      float c = Math.scalb(a * b, random.nextInt(80) - 40);
      check(a, b, random.nextBoolean() ? c : -Math.nextUp(c));
    }
  }

  /** Products halfway between two floats, but for an addend too small to be seen in a double. */
  @Test
  void halfwayButForAnAddendBelowADoublesLastBit() {
    Random random = new Random(3);
    for (int i = 0; i < 1_000_000; i++) {
      // 2^12 + 1 times an odd number of 12 to 13 bits has its last bit where it counts
      float a = 4097 + 2 * random.nextInt(2000);
      float b = 4097 + 2 * random.nextInt(2000);
      float c = Math.scalb(1 + random.nextFloat(), -60 - random.nextInt(60));
      checkSigns(a, b, c);
      float scale = Math.scalb(1f, -80 - random.nextInt(20));
      checkSigns(a * scale, b * 0x1p-60f, Math.scalb(c, -80));
    }
  }

  /** Results that are subnormal, and halfway between two of those. */
  @Test
  void whereResultsAreSubnormal() {
    Random random = new Random(4);
    for (int i = 0; i < 2_000_000; i++) {
      float a = Math.scalb(1 + random.nextInt(64) / 64f, -70 - random.nextInt(8));
      float b = Math.scalb(1 + random.nextInt(64) / 64f, -70 - random.nextInt(8));
      checkSigns(a, b, random.nextInt(1 << 24) * Float.MIN_VALUE);
    }
  }

  @Test
  void whereResultsOverflow() {
    Random random = new Random(5);
    for (int i = 0; i < 1_000_000; i++) {
      float a = Math.scalb(1 + random.nextFloat(), 63);
      float b = Math.scalb(1 + random.nextFloat(), 63 + random.nextInt(2));
      checkSigns(a, b, Math.scalb(1 + random.nextFloat(), 100 + random.nextInt(28)));
    }
  }

  /** A few against decimal arithmetic: neither the JVM's instruction nor ours. */
  @Test
  void asDecimalArithmeticHasIt() {
    Random random = new Random(6);
    for (int i = 0; i < 20_000; i++) {
      float a = Math.scalb(1 + random.nextFloat(), random.nextInt(160) - 110);
      float b = Math.scalb(1 + random.nextFloat(), random.nextInt(60) - 30);
      float c = Math.scalb(a * b, random.nextInt(60) - 30);
      BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
      assertThat(Fma.emulated(a, b, c)).isEqualTo(Float.parseFloat(exact.toString()));
    }
  }
}
