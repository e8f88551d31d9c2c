package dev.gsig.ehr;

import java.util.Arrays;

/**
 * When the visit of each position was, as {@link VisitMoments} counts: what the times of a sequence
 * are computed from, anew where codes were removed, so that a removed visit is no visit before.
 *
 * @param at for each position, and last for padding
 * @param firstCut when the first visit was, if it was cut; else NaN
 * @param lastCut when the last visit was that was cut; NaN for none
 * @param areTimes whether {@code at} holds what the model reads, since it was made elsewhere
 */
@SuppressWarnings("ArrayRecordComponent") // never compared and never leaves the package
record TokenMoments(double[] at, double firstCut, double lastCut, boolean areTimes) {

  /** Moments of tokens whose times were made elsewhere. */
  static TokenMoments given(double[] times) {
    return new TokenMoments(times, Double.NaN, Double.NaN, true);
  }

  /** Moments of the tokens at other positions of the sequence. */
  TokenMoments at(int[] source) {
    double[] moved = Arrays.stream(source).mapToDouble(i -> at[i]).toArray();
    return new TokenMoments(moved, firstCut, lastCut, areTimes);
  }

  /**
   * The time input of each position, [L].
   *
   * @param ordinal how many visits of the sequence are before each position's
   * @param codes the code of each position, null for special tokens
   * @param length real tokens; behind them is padding
   */
  double[] times(TimeInput input, int[] ordinal, String[] codes, int length) {
    int padding = at.length - 1;
    double first = Double.isNaN(firstCut) ? at[0] : firstCut;
    double previous = Double.isNaN(lastCut) ? at[0] : lastCut;
    double[] times = new double[codes.length];
    for (int position = 0; position < times.length; position++) {
      int from = position < length ? position : padding;
      if (position > 0 && position < length && ordinal[position] != ordinal[position - 1]) {
        previous = at[position - 1];
      }
      boolean zero = codes[position] == null && input.special() == TimeInput.AtSpecial.ZERO;
      times[position] =
          zero ? 0 : areTimes ? at[from] : time(input, at[from], first, previous, at[padding]);
    }
    return times;
  }

  private static double time(
      TimeInput input, double moment, double first, double previous, double last) {
    double unit = input.unitSeconds();
    double units =
        switch (input.span()) {
          case SINCE_PREVIOUS_VISIT -> (moment - previous) / unit;
          case SINCE_FIRST_VISIT -> (moment - first) / unit;
          case UNTIL_LAST_VISIT -> (last - moment) / unit;
          case SINCE_DATE -> moment / unit;
          // the quotient is exact for whole units, so that floor finds birthdays
          case SINCE_BIRTH -> moment * (TimeInput.YEAR / unit);
        };
    return input.transform().of(units);
  }
}
