package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SizeClassesTest {
  private final SizeClasses<float[]> arena = new SizeClasses<>(float[]::new, Float.BYTES);

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
    arena.giveBack(a);
    assertThat(arena.take(a.length)).isSameAs(a);
    assertThat(arena.take(1000)).isNotSameAs(a);
  }

  @Test
  void arraysOfAnotherClassAreNot() {
    float[] a = arena.take(1000);
    arena.giveBack(a);
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
    arena.giveBack(a);
    arena.giveBack(b);
    arena.take(100);
    assertThat(arena.totalBytes()).isEqualTo(both);
    arena.clear();
    assertThat(arena.totalBytes()).isZero();
    assertThat(arena.take(100)).isNotSameAs(a).isNotSameAs(b);
  }

  /** Patients of many lengths, each of whose passes takes pieces of other sizes. */
  @Test
  void keepsLittleMoreThanWasInUseAtTheSameTime() {
    long longest = 0;
    for (int round = 0; round < 3; round++) {
      for (int length = 40; length <= 500; length += 20) {
        longest = Math.max(longest, passes(length));
        assertThat(arena.totalBytes())
            .isLessThanOrEqualTo(Math.max(ArenaLimit.ALWAYS, longest + longest / 8));
      }
    }
    assertThat(longest).isGreaterThan(ArenaLimit.ALWAYS);
  }

  /** Takes and gives back arrays as a few passes do, and returns what was in use at once. */
  private long passes(int length) {
    long used = 0;
    for (int pass = 0; pass < 3; pass++) {
      List<float[]> taken = new ArrayList<>();
      for (int layer = 0; layer < 12; layer++) {
        taken.add(arena.take(length * 64));
        taken.add(arena.take(length * length * 8));
      }
      used = taken.stream().mapToLong(a -> 4L * a.length).sum();
      taken.forEach(arena::giveBack);
    }
    return used;
  }

  /** Large batches and small ones in turn, as a search for a theta takes them. */
  @Test
  void aLargerArrayIsLentWhereOneWouldHaveToGo() {
    int large = 1 << 20;
    assertThat(lengthsOfTwo(large)).containsExactly(large, large);
    for (int round = 0; round < 3; round++) {
      assertThat(lengthsOfTwo(large / 2)).containsExactly(large, large);
      assertThat(lengthsOfTwo(large)).containsExactly(large, large);
    }
    assertThat(arena.totalBytes()).isEqualTo(2 * 4L * large);
    assertThat(lengthsOfTwo(large / 8)).as("far smaller").containsExactly(large / 8, large / 8);
  }

  private List<Integer> lengthsOfTwo(int size) {
    List<float[]> taken = List.of(arena.take(size), arena.take(size));
    taken.forEach(arena::giveBack);
    return taken.stream().map(a -> a.length).toList();
  }

  @Test
  void doesNotLetGoOfAFewMegabytes() {
    List<float[]> all = new ArrayList<>();
    for (int length = 1000; length < 100_000; length += 9000) {
      all.add(arena.take(length));
      arena.giveBack(all.get(all.size() - 1));
    }
    assertThat(arena.totalBytes()).isEqualTo(all.stream().mapToLong(a -> 4L * a.length).sum());
  }

  @Test
  void whatAFailedAttemptHeldCountsNoMore() {
    float[] before = arena.take(1000);
    long bytes = arena.totalBytes();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(
              () ->
                  arena.attempt(
                      () -> {
                        arena.take(1 << 20);
                        throw new IllegalStateException("lost");
                      }))
          .hasMessage("lost");
      assertThat(arena.totalBytes()).isEqualTo(bytes);
    }
    arena.giveBack(before);
    assertThat(arena.take(1000)).isSameAs(before);
  }

  @Test
  void aFailedAttemptMayHaveGivenBackWhatWasTakenBefore() {
    float[] kept = arena.take(1000);
    float[] given = arena.take(5000);
    assertThatThrownBy(
            () ->
                arena.attempt(
                    () -> {
                      arena.attempt(() -> arena.take(1 << 16));
                      arena.giveBack(given);
                      arena.giveBack(arena.take(1 << 18));
                      throw new IllegalStateException("lost");
                    }))
        .hasMessage("lost");
    float[] again = arena.take(5000);
    assertThat(again).isSameAs(given);
    long inUse = 4L * (kept.length + again.length);
    assertThat(arena.totalBytes()).isEqualTo(inUse + (4L << 18));
  }

  @Test
  void whatASuccessfulAttemptTookIsLostWithTheOneAroundIt() {
    long bytes = arena.totalBytes();
    assertThatThrownBy(
            () ->
                arena.attempt(
                    () -> {
                      float[] first = arena.attempt(() -> arena.take(3000));
                      arena.attempt(() -> arena.take(2000));
                      arena.attempt(
                          () -> {
                            arena.giveBack(first);
                            return arena.take(500);
                          });
                      throw new IllegalStateException("lost");
                    }))
        .hasMessage("lost");
    assertThat(arena.totalBytes()).isEqualTo(bytes + 4L * SizeClasses.classOf(3000));
  }

  @Test
  void aHeapThatIsShortIsSaidSo() {
    SizeClasses<float[]> small =
        new SizeClasses<>(
            length -> {
              throw new OutOfMemoryError("Java heap space");
            },
            Float.BYTES);
    assertThatThrownBy(() -> small.take(5000))
        .isInstanceOfSatisfying(DeviceMemoryException.class, e -> assertThat(e.isHeap()).isTrue())
        .hasMessageMatching(
            "the JVM is out of memory: 20,480 bytes asked for, it may use [0-9]+ MiB");
    assertThat(small.totalBytes()).isZero();
  }

  /** Fills most of the heap with free arrays, and then wants half of it for something else. */
  public static void main(String[] args) {
    SizeClasses<float[]> arena = new SizeClasses<>(float[]::new, Float.BYTES);
    List<float[]> taken = Stream.generate(() -> arena.take(1 << 20)).limit(5).toList();
    taken.forEach(arena::giveBack);
    taken = null;
    System.out.print(arena.totalBytes() + " ");
    byte[] other = new byte[16 << 20];
    System.out.print(arena.totalBytes() + " " + other.length);
  }

  @Test
  void whatIsFreeGoesBeforeAnythingElseRunsOutOfMemory() throws Exception {
    assertThat(ChildJvm.run(SizeClassesTest.class, "-XX:+UseSerialGC", "-Xmx32m"))
        .isEqualTo("20971520 0 16777216");
  }
}
