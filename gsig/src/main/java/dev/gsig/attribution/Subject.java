package dev.gsig.attribution;

import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.Arrays;

/**
 * One patient as an {@link ExplainableModel} reads them.
 *
 * @param trajectory the record
 * @param sequence what the model's tokenizer made of it; a baseline or a removal rule may have put
 *     other ids in their place
 * @param rows positions that are computed: at least the real tokens, at most the model's length L
 */
public record Subject(Trajectory trajectory, TokenSequence sequence, int rows) {
  /**
   * Checks the number of positions.
   *
   * @throws IllegalArgumentException if there are fewer than real tokens, or more than L
   */
  public Subject {
    if (rows < sequence.length() || rows > sequence.maxLength()) {
      throw new IllegalArgumentException(rows + " rows for " + sequence.length() + " tokens");
    }
  }

  /** The patient's identifier. */
  public String id() {
    return trajectory.subjectId();
  }

  /** Real tokens; what follows up to {@link #rows} is PAD. */
  public int length() {
    return sequence.length();
  }

  /** The token id at each of the rows. A copy. */
  public int[] ids() {
    return Arrays.copyOf(sequence.inputIds(), rows);
  }

  /** The patient with another sequence, and as many rows. */
  Subject with(TokenSequence other) {
    return new Subject(trajectory, other, rows);
  }
}
