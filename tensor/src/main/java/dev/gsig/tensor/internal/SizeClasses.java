package dev.gsig.tensor.internal;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * A free list of arrays by size class, so that sequences of many lengths share a few arrays. Eight
 * classes to the power of two: at most 12.5% of an array is unused. Not thread-safe.
 *
 * @param <A> primitive array type
 */
public final class SizeClasses<A> {
  /** Classes below 128, then eight for each power of two. */
  private static final int CLASSES = 8 + 8 * 24;

  private final List<ArrayDeque<A>> free =
      Stream.generate(() -> new ArrayDeque<A>(1)).limit(CLASSES).toList();
  private final IntFunction<A> create;
  private final ToLongFunction<A> bytes;
  private long total;

  /**
   * Creates an empty list.
   *
   * @param create makes an array of a given length
   * @param bytes size of an array in bytes
   */
  public SizeClasses(IntFunction<A> create, ToLongFunction<A> bytes) {
    this.create = create;
    this.bytes = bytes;
  }

  /** An array of at least {@code length} elements with undefined contents. */
  public A take(int length) {
    int size = classOf(length);
    A kept = free.get(indexOf(size)).poll();
    if (kept != null) {
      return kept;
    }
    A a = create.apply(size);
    total += bytes.applyAsLong(a);
    return a;
  }

  /**
   * Takes an array back.
   *
   * @param length the length it was asked for
   */
  public void giveBack(A a, int length) {
    free.get(indexOf(classOf(length))).push(a);
  }

  /** Bytes of all arrays made, in use or free. */
  public long totalBytes() {
    return total;
  }

  /** Forgets every free array. */
  public void clear() {
    free.forEach(ArrayDeque::clear);
    total = 0;
  }

  /** Number of a class, from 0. */
  static int indexOf(int size) {
    if (size < 128) {
      return size / 16;
    }
    int power = 31 - Integer.numberOfLeadingZeros(size);
    return 8 * (power - 6) + ((size >> (power - 3)) & 7);
  }

  /** Smallest class that holds {@code length}: a multiple of an eighth of its power of two. */
  public static int classOf(int length) {
    int step = Math.max(16, Integer.highestOneBit(Math.max(1, length)) >> 3);
    long rounded = ((long) length + step - 1) / step * step;
    return (int) Math.min(Integer.MAX_VALUE - 8, rounded);
  }
}
