package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeClassesTest {
  private final SizeClasses<float[]> arena =
      new SizeClasses<>(float[]::new, a -> (long) Float.BYTES * a.length);

  @Test
  void aClassHoldsItsLengthAndWastesAnEighthAtMost() {
    for (int n = 1; n < 100_000; n += 1 + n / 97) {
      int size = SizeClasses.classOf(n);
      assertThat(size).isGreaterThanOrEqualTo(n);
      assertThat(SizeClasses.classOf(size)).isEqualTo(size);
      if (n >= 128) {
        assertThat(size - n).as("unused for %d", n).isLessThanOrEqualTo(size / 8);
      }
    }
  }

  @Test
  void classesStayBelowTheLargestArray() {
    assertThat(SizeClasses.classOf(Integer.MAX_VALUE - 8)).isEqualTo(Integer.MAX_VALUE - 8);
    assertThat(SizeClasses.classOf((1 << 30) + 1)).isGreaterThan(1 << 30);
  }

  @Test
  void arraysOfOneClassAreReused() {
    float[] a = arena.take(1000);
    assertThat(a).hasSizeGreaterThanOrEqualTo(1000);
    arena.giveBack(a, 1000);
    assertThat(arena.take(a.length)).isSameAs(a);
    assertThat(arena.take(1000)).isNotSameAs(a);
  }

  @Test
  void arraysOfAnotherClassAreNot() {
    float[] a = arena.take(1000);
    arena.giveBack(a, 1000);
    assertThat(arena.take(100)).isNotSameAs(a);
    assertThat(arena.take(2000)).isNotSameAs(a);
  }

  @Test
  void totalCountsWhatWasMade() {
    assertThat(arena.totalBytes()).isZero();
    float[] a = arena.take(100);
    float[] b = arena.take(100);
    long both = 4L * (a.length + b.length);
    assertThat(arena.totalBytes()).isEqualTo(both);
    arena.giveBack(a, 100);
    arena.giveBack(b, 100);
    arena.take(100);
    assertThat(arena.totalBytes()).isEqualTo(both);
    arena.clear();
    assertThat(arena.totalBytes()).isZero();
    assertThat(arena.take(100)).isNotSameAs(a).isNotSameAs(b);
  }
}
