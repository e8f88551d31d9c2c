package dev.gsig.ehr.cohort;

import java.util.ArrayList;
import java.util.List;

/** A list of longs that grows by chunks. */
final class Longs {
  private static final int BITS = 15;
  private static final int MASK = (1 << BITS) - 1;

  private final List<long[]> chunks = new ArrayList<>();
  private int size;

  void add(long value) {
    if ((size & MASK) == 0) {
      chunks.add(new long[1 << BITS]);
    }
    chunks.get(size >>> BITS)[size & MASK] = value;
    size++;
  }

  long get(int index) {
    return chunks.get(index >>> BITS)[index & MASK];
  }

  void set(int index, long value) {
    chunks.get(index >>> BITS)[index & MASK] = value;
  }

  int size() {
    return size;
  }
}
