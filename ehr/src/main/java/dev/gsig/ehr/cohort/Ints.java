package dev.gsig.ehr.cohort;

import java.util.ArrayList;
import java.util.List;

/** A list of ints that grows by chunks, so that nothing is copied and little is left unused. */
final class Ints {
  private static final int BITS = 16;
  private static final int MASK = (1 << BITS) - 1;

  private final List<int[]> chunks = new ArrayList<>();
  private int size;

  void add(int value) {
    if ((size & MASK) == 0) {
      chunks.add(new int[1 << BITS]);
    }
    chunks.get(size >>> BITS)[size & MASK] = value;
    size++;
  }

  int get(int index) {
    return chunks.get(index >>> BITS)[index & MASK];
  }

  void set(int index, int value) {
    chunks.get(index >>> BITS)[index & MASK] = value;
  }

  int size() {
    return size;
  }

  /**
   * Groups the indices of the list by its values.
   *
   * @param groups values are 0 to {@code groups - 1}; others are left out
   */
  Groups group(int groups) {
    int[] first = new int[groups + 1];
    for (int i = 0; i < size; i++) {
      int value = get(i);
      if (value >= 0) {
        first[value + 1]++;
      }
    }
    for (int g = 0; g < groups; g++) {
      first[g + 1] += first[g];
    }
    int[] next = first.clone();
    int[] items = new int[first[groups]];
    for (int i = 0; i < size; i++) {
      int value = get(i);
      if (value >= 0) {
        items[next[value]++] = i;
      }
    }
    return new Groups(first, items);
  }

  /** Indices by group: those of group g are {@code items[first[g]]} to {@code first[g + 1]}. */
  record Groups(int[] first, int[] items) {
    /** The indices of a group, ascending, in a new array. */
    int[] of(int group) {
      return java.util.Arrays.copyOfRange(items, first[group], first[group + 1]);
    }
  }
}
