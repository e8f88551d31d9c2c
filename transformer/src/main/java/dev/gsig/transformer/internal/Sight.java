package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.transformer.config.Rotary.Over;
import java.util.Arrays;
import java.util.stream.IntStream;

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
   * @param over what rows turn by
   * @param hideSameTime whether the rows at the time of the row behind it are hidden from a row
   */
  record Outlook(int before, int after, double[] frequencies, Over over, boolean hideSameTime) {
    /** Every real row is seen, and none turns. */
    static final Outlook FULL = new Outlook(Integer.MAX_VALUE, Integer.MAX_VALUE, null);

    /** Of layers that know nothing of times. */
    Outlook(int before, int after, double[] frequencies) {
      this(before, after, frequencies, Over.POSITION, false);
    }
  }

  /**
   * The rows of a batch.
   *
   * @param lengths real rows of each item
   * @param rows of each item, with padding
   * @param times of all rows of one item after the other, ascending in each; null where no layer
   *     reads them
   * @param ages the same of their ages, which need not ascend
   */
  record Rows(int[] lengths, int rows, double[] times, double[] ages) {
    private double[] places(int[] asking, Over over) {
      if (over == Over.POSITION) {
        return IntStream.of(asking).asDoubleStream().toArray();
      }
      double[] all = over == Over.TIME ? times : ages;
      double[] theirs = new double[asking.length];
      int each = asking.length / lengths.length;
      Arrays.setAll(theirs, r -> all[r / each * rows + asking[r]]);
      return theirs;
    }

    /**
     * Keys at the time of the row behind the query are hidden; behind the last real one is none.
     */
    private AttentionMask otherTimes(int[] asking) {
      double[] next = new double[asking.length];
      int each = asking.length / lengths.length;
      for (int r = 0; r < asking.length; r++) {
        boolean last = asking[r] >= lengths[r / each] - 1;
        next[r] = last ? Double.POSITIVE_INFINITY : times[r / each * rows + asking[r] + 1];
      }
      return AttentionMask.otherTimes(lengths, asking, next, times);
    }

    private AttentionMask mask(Outlook outlook, int[] asking) {
      if (outlook.hideSameTime()) {
        return otherTimes(asking);
      }
      return seesAll(outlook)
          ? AttentionMask.padding(lengths, asking)
          : AttentionMask.window(lengths, asking, outlook.before(), outlook.after());
    }

    private static boolean seesAll(Outlook outlook) {
      return outlook.before() == Integer.MAX_VALUE && outlook.after() == Integer.MAX_VALUE;
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
    AttentionMask mask = batch.mask(outlook, asking);
    if (outlook.frequencies() == null) {
      return new Sight(only, mask, null, null);
    }
    Over over = outlook.over();
    Variable turns = Rotate.turns(tape, items, batch.places(all, over), outlook.frequencies());
    Variable theirs =
        only == null
            ? turns
            : Rotate.turns(tape, items, batch.places(only, over), outlook.frequencies());
    return new Sight(only, mask, theirs, turns);
  }
}
