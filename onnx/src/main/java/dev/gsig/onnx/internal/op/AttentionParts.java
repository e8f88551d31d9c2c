package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;

/**
 * Queries, and keys and values with those of the past in front of them.
 *
 * @param q queries
 * @param k keys, as many or fewer heads of them
 * @param v values, as many heads of them as of keys
 * @param past how many keys are of the past
 */
record AttentionParts(Heads q, Heads k, Heads v, int past) {
  static final int PAST_KEY = 4;
  static final int PAST_VALUE = 5;

  /** The parts of an operator's inputs, whose arrays may have their heads side by side. */
  static AttentionParts of(NdArray[] x, int queryHeads, int keyHeads) {
    Heads q = Heads.of(x[0], x[0].doubles(), queryHeads);
    Heads k = joined(x[1], input(x, PAST_KEY), keyHeads);
    Heads v = joined(x[2], input(x, PAST_VALUE), keyHeads);
    boolean fits =
        k.batch() == q.batch()
            && v.batch() == q.batch()
            && q.size() == k.size()
            && k.length() == v.length()
            && k.heads() == v.heads()
            && k.heads() > 0
            && q.heads() % k.heads() == 0;
    if (!fits) {
      throw new InvalidInputException("queries, keys and values do not fit: " + Arrays.toString(x));
    }
    return new AttentionParts(q, k, v, k.length() - Heads.of(x[1], null, keyHeads).length());
  }

  /** An input that may be left out. */
  static NdArray input(NdArray[] x, int index) {
    return x.length > index ? x[index] : null;
  }

  /** Those of the past, in four dimensions, and the new ones behind them. */
  private static Heads joined(NdArray now, NdArray past, int heads) {
    Heads late = Heads.of(now, now.doubles(), heads);
    if (past == null) {
      return late;
    }
    Heads early = Heads.of(past, past.doubles(), heads);
    if (early.flat()
        || early.size() != late.size()
        || early.heads() != late.heads()
        || early.batch() != late.batch()) {
      throw new InvalidInputException("the past " + past + " does not fit " + now);
    }
    Heads joined = late.zeros(early.length() + late.length(), late.size(), false);
    early.addTo(joined, 0, 0, early.length());
    late.addTo(joined, 0, early.length(), late.length());
    return joined;
  }

  int rows() {
    return q.length();
  }

  int columns() {
    return k.length();
  }

  /** The head of keys that a head of queries looks at. */
  int keyHead(int head) {
    return head / (q.heads() / k.heads());
  }
}
