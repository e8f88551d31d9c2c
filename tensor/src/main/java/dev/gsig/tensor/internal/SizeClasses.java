package dev.gsig.tensor.internal;

import dev.gsig.tensor.DeviceMemoryException;
import java.lang.ref.SoftReference;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A free list of arrays by size class, so that sequences of many lengths share a few arrays. Eight
 * classes to the power of two: at most 12.5% of a new array is unused. What is kept is bounded by
 * an {@link ArenaLimit}: where an array would have to go for a new one, a larger one is lent
 * instead, so that batches of other sizes are made of the same arrays. And the collector takes it
 * before anything in this JVM runs out of memory: the free arrays are softly reachable. Not
 * thread-safe.
 *
 * @param <A> primitive array type
 */
public final class SizeClasses<A> {
  /** Classes below 128, then eight for each power of two. */
  private static final int CLASSES = 8 + 8 * 24;

  /** How many classes larger a free array may be than what is asked for: at most four times. */
  private static final int LARGER = 16;

  private final IntFunction<A> create;
  private final int elementBytes;
  private final ArenaLimit limit = new ArenaLimit();

  /** What attempts that have not ended took, in order; null where it was given back. */
  private final List<A> attempted = new ArrayList<>();

  /** Where in that the innermost attempt begins; -1 outside of all. */
  private int begin = -1;

  /** No field or local variable may hold the list itself while an array is made. */
  private SoftReference<Free<A>> free = new SoftReference<>(null);

  /** Free arrays. */
  private static final class Free<A> {
    final List<ArrayDeque<A>> byClass =
        Stream.generate(() -> new ArrayDeque<A>(1)).limit(CLASSES).toList();

    /** When each class was last asked for. */
    final long[] lastUse = new long[CLASSES];

    long uses;
    long bytes;
  }

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
    A a = poll(indexOf(size));
    if (a == null) {
      long bytes = (long) size * elementBytes;
      long most = limit.forAnother(bytes) - bytes;
      a = isMoreThan(most) ? pollLarger(indexOf(size)) : null;
      if (a == null) {
        keepAtMost(most);
        a = create(size);
      }
    }
    limit.take(bytes(a));
    if (begin >= 0) {
      attempted.add(a);
    }
    return a;
  }

  private A poll(int index) {
    Free<A> list = free.get();
    if (list == null) {
      list = new Free<>();
      free = new SoftReference<>(list);
    }
    list.lastUse[index] = ++list.uses;
    A a = list.byClass.get(index).poll();
    list.bytes -= a == null ? 0 : bytes(a);
    return a;
  }

  /** A free array of the next larger class that has one; null if there is none. */
  private A pollLarger(int index) {
    A a = null;
    for (int i = index + 1; a == null && i < Math.min(CLASSES, index + LARGER + 1); i++) {
      a = poll(i);
    }
    return a;
  }

  private A create(int size) {
    try {
      return create.apply(size);
    } catch (OutOfMemoryError e) {
      throw DeviceMemoryException.ofHeap((long) size * elementBytes);
    }
  }

  private boolean isMoreThan(long bytes) {
    Free<A> list = free.get();
    return list != null && list.bytes > 0 && limit.used() + list.bytes > bytes;
  }

  /** Lets go of free arrays, of the classes first that were not asked for the longest. */
  private void keepAtMost(long bytes) {
    Free<A> list = free.get();
    while (isMoreThan(bytes)) {
      int oldest = -1;
      for (int i = 0; i < CLASSES; i++) {
        if (!list.byClass.get(i).isEmpty()
            && (oldest < 0 || list.lastUse[i] < list.lastUse[oldest])) {
          oldest = i;
        }
      }
      list.bytes -= bytes(list.byClass.get(oldest).pollLast());
    }
  }

  private long bytes(A a) {
    return (long) Array.getLength(a) * elementBytes;
  }

  /** Takes an array back. */
  public void giveBack(A a) {
    limit.giveBack(bytes(a));
    forget(a);
    Free<A> list = free.get();
    if (list != null) { // else the heap is short
      list.bytes += bytes(a);
      list.byClass.get(indexOf(Array.getLength(a))).push(a);
    }
  }

  /** Most of what is given back was taken last, and is found at once. */
  private void forget(A a) {
    int i = attempted.size() - 1;
    while (i >= 0 && attempted.get(i) != a) {
      i--;
    }
    if (i >= 0) {
      attempted.set(i, null);
    }
    for (int last = attempted.size() - 1; last >= begin && last >= 0; last--) {
      if (attempted.get(last) != null) {
        return;
      }
      attempted.remove(last);
    }
  }

  /** Bytes of all arrays that are in use or free, and were not let go. */
  public long totalBytes() {
    Free<A> list = free.get();
    return limit.used() + (list == null ? 0 : list.bytes);
  }

  /**
   * Runs a part of a computation that may fail. If it throws, what it took and did not give back is
   * counted no more: the collector has it.
   */
  public <T> T attempt(Supplier<T> part) {
    int outer = begin;
    int start = attempted.size();
    begin = start;
    boolean done = false;
    try {
      T result = part.get();
      done = true;
      return result;
    } finally {
      begin = outer;
      if (!done) {
        List<A> lost = attempted.subList(Math.min(start, attempted.size()), attempted.size());
        limit.giveBack(lost.stream().filter(Objects::nonNull).mapToLong(this::bytes).sum());
        lost.clear();
      } else if (outer < 0) {
        attempted.clear();
      }
    }
  }

  /** Forgets every array. */
  public void clear() {
    free.clear();
    attempted.clear();
    limit.giveBack(limit.used());
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
