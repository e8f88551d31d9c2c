package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.Draws;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.tensor.Backend;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/**
 * Moves the row x_j of every code by {@code radius * ||x_j||_2} in a random direction, uniform on
 * the sphere, and so, up or down, the number of every value. Special tokens, padding and entries
 * stay.
 *
 * @param radius relative to the length of each row; not negative
 * @param seed of the directions: each patient and input has its own, whatever else is computed
 */
record RowNoise(double radius, long seed) {
  /** Checks the radius. */
  RowNoise {
    if (!(radius >= 0) || Double.isInfinite(radius)) {
      throw new IllegalArgumentException("the radius must be 0 or more, but is " + radius);
    }
  }

  /** An input of a subject with its rows moved. Takes over the input's tensors. */
  PathInput near(Backend backend, Subject subject, PathInput input) {
    if (!input.isRows()) {
      return input;
    }
    TokenSequence sequence = subject.sequence();
    Random random = Draws.of(seed, subject.id() + "/" + input.name());
    double[] rows = input.download(backend);
    BitSet codes = new BitSet();
    for (int j = 0; j < sequence.length(); j++) {
      if (!sequence.isSpecial(j)) {
        int width = input.isOfValues() ? 1 : input.shape().cols();
        move(rows, j * input.shape().cols(), width, random);
        codes.set(j);
      }
    }
    return input.withRows(backend, codes, rows);
  }

  private void move(double[] rows, int from, int cols, Random random) {
    double[] direction = new double[cols];
    Arrays.setAll(direction, i -> random.nextGaussian());
    double squares = 0;
    double length = 0;
    for (int i = 0; i < cols; i++) {
      squares += rows[from + i] * rows[from + i];
      length += direction[i] * direction[i];
    }
    double step = radius * Math.sqrt(squares / length);
    for (int i = 0; i < cols; i++) {
      rows[from + i] += step * direction[i];
    }
  }
}
