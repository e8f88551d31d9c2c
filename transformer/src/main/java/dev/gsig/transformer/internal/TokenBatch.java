package dev.gsig.transformer.internal;

import dev.gsig.ehr.TokenSequence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Sequences that go through the model together, cut or padded to the same number of positions.
 *
 * @param sequences one for each item
 * @param rows positions of each item; at least the longest real length, at most the padded one
 */
public record TokenBatch(List<TokenSequence> sequences, int rows) {
  /** Checks the number of positions. */
  public TokenBatch {
    sequences = List.copyOf(sequences);
    for (TokenSequence s : sequences) {
      if (rows < s.length() || rows > s.maxLength()) {
        throw new IllegalArgumentException(rows + " rows for " + s.length() + " tokens");
      }
    }
  }

  /** Number of items. */
  public int size() {
    return sequences.size();
  }

  /** Tokens of each item that are not PAD. */
  public int[] lengths() {
    return sequences.stream().mapToInt(TokenSequence::length).toArray();
  }

  /** Each sequence once, in the order in which they come first. */
  TokenBatch distinct() {
    return new TokenBatch(sequences.stream().distinct().toList(), rows);
  }

  /** Where the rows of this batch are in that of its {@link #distinct} sequences. */
  int[] rowsIn(TokenBatch distinct) {
    Map<TokenSequence, Integer> items = new HashMap<>();
    distinct.sequences.forEach(s -> items.put(s, items.size()));
    int[] all = new int[size() * rows];
    Arrays.setAll(all, r -> items.get(sequences.get(r / rows)) * rows + r % rows);
    return all;
  }

  /** The first {@code rows} entries of an input of each sequence, one sequence after the other. */
  int[] flatten(Function<TokenSequence, int[]> input) {
    int[] flat = new int[size() * rows];
    for (int b = 0; b < size(); b++) {
      System.arraycopy(input.apply(sequences.get(b)), 0, flat, b * rows, rows);
    }
    return flat;
  }

  /** The first {@code rows} times of each sequence, one sequence after the other. */
  double[] times() {
    return numbers(TokenSequence::time);
  }

  /** The first {@code rows} ages of each sequence, one sequence after the other. */
  double[] ages() {
    return numbers(TokenSequence::exactAge);
  }

  /** The first {@code rows} values of each sequence, one sequence after the other; NaN for none. */
  double[] values() {
    return numbers(TokenSequence::value);
  }

  private double[] numbers(Function<TokenSequence, double[]> input) {
    double[] flat = new double[size() * rows];
    for (int b = 0; b < size(); b++) {
      System.arraycopy(input.apply(sequences.get(b)), 0, flat, b * rows, rows);
    }
    return flat;
  }
}
