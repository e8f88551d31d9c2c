package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.Rotation;
import java.util.stream.IntStream;

/**
 * Attention of the rows of each item to one another, with the projections before and behind it.
 *
 * @param rotary which features of a head turn with the row's position; null for none
 * @param query {@code d} to all heads
 * @param keyValue {@code d} to the keys of their heads, then the values
 * @param output all heads to {@code d}
 */
record SelfAttention(
    AttentionSpec spec,
    Rotary rotary,
    LinearWeights query,
    LinearWeights keyValue,
    LinearWeights output) {
  /**
   * Rotary positions of a head.
   *
   * @param pairs of features that turn
   * @param interleaved as {@link Rotation} has it
   */
  record Rotary(int pairs, boolean interleaved) {
    private Rotation of(int heads, int headSize) {
      return new Rotation(heads, headSize, pairs, interleaved);
    }
  }

  /**
   * What the rows attend to.
   *
   * @param rows that ask: all, {@code [B, L, d]}; or one of each item, {@code [1, B, d]}, which the
   *     sight tells
   * @param x all rows, {@code [B, L, d]}
   * @return of the shape of rows
   */
  Variable apply(Tape tape, Variable rows, Variable x, Sight sight) {
    Variable q = tape.apply(new Linear(query), rows);
    Variable kv = tape.apply(new Linear(keyValue), x);
    boolean one = sight.only() != null;
    Variable queries = one ? each(tape, q) : q;
    if (rotary != null) {
      Rotation ofQueries = rotary.of(spec.heads(), spec.headSize());
      Rotation ofKeys = rotary.of(spec.keyValueHeads(), spec.headSize());
      queries = tape.apply(new Rotate(ofQueries), queries, sight.queryTurns());
      kv = tape.apply(new Rotate(ofKeys), kv, sight.keyTurns());
    }
    Variable heads = tape.apply(new Attention(spec, sight.mask()), queries, kv);
    Variable mixed = one ? together(tape, heads) : heads;
    return Dropout.on(tape, tape.apply(new Linear(output), mixed));
  }

  /** Each row an item of its own, {@code [1, B, d]} to {@code [B, 1, d]}. */
  private static Variable each(Tape tape, Variable x) {
    int items = x.shape().rows();
    return tape.apply(new Gather(IntStream.range(0, items).toArray(), items), x);
  }

  /** The only row of each item, {@code [B, 1, d]} to {@code [1, B, d]}. */
  private static Variable together(Tape tape, Variable x) {
    return tape.apply(Gather.ofItems(x.shape(), new int[x.shape().batch()]), x);
  }
}
