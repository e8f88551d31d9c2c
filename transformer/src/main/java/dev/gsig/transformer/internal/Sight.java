package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.tensor.AttentionMask;
import java.util.Arrays;

/**
 * What the rows of a batch see of one another in a layer, and how they turn by their positions.
 * Layers of one kind share it.
 *
 * @param only the row of each item that asks; null where all do
 * @param mask of the rows that ask
 * @param queryTurns of the rows that ask; null without rotary positions
 * @param keyTurns of all rows; null without rotary positions
 */
record Sight(int[] only, AttentionMask mask, Variable queryTurns, Variable keyTurns) {
  /**
   * The kind of a layer.
   *
   * @param before how far back a row sees
   * @param after how far ahead; 0 in a causal layer
   * @param frequencies of rotary positions; null for none
   */
  record Outlook(int before, int after, double[] frequencies) {}

  /**
   * All real rows are seen, as encoders do it.
   *
   * @param only the row of each item that asks; null where all do
   */
  static Sight full(int[] lengths, int[] only) {
    return new Sight(only, AttentionMask.padding(lengths), null, null);
  }

  /**
   * As far as an outlook goes.
   *
   * @param lengths real rows of each item
   * @param only the row of each item that asks; null where all do
   * @param places what rotary positions turn by, of all rows of one item after the other: row
   *     numbers, ages or times
   */
  static Sight of(Tape tape, Outlook outlook, int[] lengths, int[] only, double[] places) {
    int items = lengths.length;
    int rows = places.length / items;
    int[] asking = only == null ? AttentionMask.everyRow(items, rows) : only;
    AttentionMask mask = AttentionMask.window(lengths, asking, outlook.before(), outlook.after());
    if (outlook.frequencies() == null) {
      return new Sight(only, mask, null, null);
    }
    Variable turns = Rotate.turns(tape, items, places, outlook.frequencies());
    return new Sight(only, mask, only == null ? turns : of(tape, outlook, only, places), turns);
  }

  private static Variable of(Tape tape, Outlook outlook, int[] only, double[] places) {
    double[] theirs = new double[only.length];
    Arrays.setAll(theirs, b -> places[b * (places.length / only.length) + only[b]]);
    return Rotate.turns(tape, only.length, theirs, outlook.frequencies());
  }
}
