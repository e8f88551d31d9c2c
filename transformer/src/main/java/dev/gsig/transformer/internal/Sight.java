package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.tensor.AttentionMask;
import java.util.Arrays;

/**
 * What the rows of a batch see of one another in a layer, and how they turn by their positions.
 * Layers of one outlook share it.
 *
 * @param only the row of each item that asks; null where all do
 * @param mask of the rows that ask
 * @param queryTurns of the rows that ask; null without rotary positions
 * @param keyTurns of all rows; null without rotary positions
 */
record Sight(int[] only, AttentionMask mask, Variable queryTurns, Variable keyTurns) {
  /**
   * How far the rows of a layer see, from a row's own position.
   *
   * @param before how far back
   * @param after how far ahead; 0 in a causal layer
   * @param frequencies of rotary positions; null for none
   */
  record Outlook(int before, int after, double[] frequencies) {
    /** Every real row is seen, and none turns. */
    static final Outlook FULL = new Outlook(Integer.MAX_VALUE, Integer.MAX_VALUE, null);
  }

  /**
   * The rows of a batch.
   *
   * @param lengths real rows of each item
   * @param rows of each item, with padding
   * @param places what rotary positions turn by, of all rows of one item after the other: ages or
   *     times; null for the rows' numbers
   */
  record Rows(int[] lengths, int rows, double[] places) {
    private double[] placesOf(int[] asking) {
      double[] theirs = new double[asking.length];
      int each = asking.length / lengths.length;
      Arrays.setAll(theirs, r -> places == null ? asking[r] : places[r / each * rows + asking[r]]);
      return theirs;
    }
  }

  /**
   * As far as an outlook goes.
   *
   * @param only the row of each item that asks; null where all do
   */
  static Sight of(Tape tape, Outlook outlook, Rows batch, int[] only) {
    int items = batch.lengths().length;
    int[] all = AttentionMask.everyRow(items, batch.rows());
    int[] asking = only == null ? all : only;
    AttentionMask mask =
        outlook.equals(Outlook.FULL)
            ? AttentionMask.padding(batch.lengths(), asking)
            : AttentionMask.window(batch.lengths(), asking, outlook.before(), outlook.after());
    if (outlook.frequencies() == null) {
      return new Sight(only, mask, null, null);
    }
    Variable turns = Rotate.turns(tape, items, batch.placesOf(all), outlook.frequencies());
    Variable theirs =
        only == null
            ? turns
            : Rotate.turns(tape, items, batch.placesOf(only), outlook.frequencies());
    return new Sight(only, mask, theirs, turns);
  }
}
