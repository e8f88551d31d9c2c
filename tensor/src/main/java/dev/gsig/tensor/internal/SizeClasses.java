package dev.gsig.tensor.internal;

import dev.gsig.tensor.DeviceMemoryException;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A free list of arrays by size class, so that sequences of many lengths share a few arrays. Eight
 * classes to the power of two: at most 12.5% of an array is unused. What is kept is bounded by an
 * {@link ArenaLimit}. Not thread-safe.
 *
 * @param <A> primitive array type
 */
public final class SizeClasses<A> {
  /** Classes below 128, then eight for each power of two. */
  private static final int CLASSES = 8 + 8 * 24;

  private final List<ArrayDeque<A>> free =
      Stream.generate(() -> new ArrayDeque<A>(1)).limit(CLASSES).toList();

  /** When each class was last asked for. */
  private final long[] lastUse = new long[CLASSES];

  private final IntFunction<A> create;
  private final int elementBytes;
  private final ArenaLimit limit = new ArenaLimit();
  private long uses;
  private long total;

  /**
   * Creates an empty list.
   *
   * @param create makes an array of a given length
   * @param elementBytes size of an element
   */
  public SizeClasses(IntFunction<A> create, int elementBytes) {
    this.create = create;
    this.elementBytes = elementBytes;
  }

  /**
   * An array of at least {@code length} elements with undefined contents.
   *
   * @throws DeviceMemoryException if the heap has no room for it, even without what is kept here
   */
  public A take(int length) {
    int size = classOf(length);
    int index = indexOf(size);
    lastUse[index] = ++uses;
    A a = free.get(index).poll();
    if (a == null) {
      a = create(size);
      total += bytes(a);
    }
    limit.take(bytes(a));
    return a;
  }

  private A create(int size) {
    long bytes = (long) size * elementBytes;
    keepAtMost(limit.forAnother(bytes) - bytes);
    try {
      return create.apply(size);
    } catch (OutOfMemoryError e) {
      keepAtMost(0);
    }
    try {
      return create.apply(size);
    } catch (OutOfMemoryError e) {
      throw DeviceMemoryException.ofHeap(bytes);
    }
  }

  /** Lets go of free arrays, of the classes first that were not asked for the longest. */
  private void keepAtMost(long bytes) {
    while (total > bytes) {
      int oldest = -1;
      for (int i = 0; i < CLASSES; i++) {
        if (!free.get(i).isEmpty() && (oldest < 0 || lastUse[i] < lastUse[oldest])) {
          oldest = i;
        }
      }
      if (oldest < 0) {
        return;
      }
      total -= bytes(free.get(oldest).pollLast());
    }
  }

  private long bytes(A a) {
    return (long) Array.getLength(a) * elementBytes;
  }

  /** Takes an array back. */
  public void giveBack(A a) {
    limit.giveBack(bytes(a));
    free.get(indexOf(Array.getLength(a))).push(a);
  }

  /** Bytes of all arrays made, in use or free, that were not let go. */
  public long totalBytes() {
    return total;
  }

  /**
   * Runs a part of a computation that may fail. If it throws, what it took and did not give back is
   * counted no more: the collector has it.
   */
  public <T> T attempt(Supplier<T> part) {
    long before = limit.used();
    boolean done = false;
    try {
      T result = part.get();
      done = true;
      return result;
    } finally {
      if (!done) {
        long lost = Math.max(0, limit.used() - before);
        limit.giveBack(lost);
        total -= lost;
      }
    }
  }

  /** Forgets every array. */
  public void clear() {
    free.forEach(ArrayDeque::clear);
    limit.giveBack(limit.used());
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
