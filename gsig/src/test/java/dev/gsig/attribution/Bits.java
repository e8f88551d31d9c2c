package dev.gsig.attribution;

import java.util.Arrays;
import java.util.List;

/** Raw bits of numbers: two results are the same only if these are. */
final class Bits {
  private Bits() {}

  static long[] of(double... values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  /** Every number of a result but the attribution of single inputs. */
  static long[] ofScores(PathAttribution a) {
    List<Candidate> curve = a.result().curve();
    double[] all = new double[7 + 5 * curve.size()];
    all[0] = a.score();
    all[1] = a.baselineScore();
    all[2] = a.prediction().logit();
    all[3] = a.prediction().probability();
    all[4] = a.result().chosen().theta();
    all[5] = a.gradients();
    all[6] = a.relativeGap() == null ? -1 : a.relativeGap();
    int i = 7;
    for (Candidate c : curve) {
      all[i++] = c.theta();
      all[i++] = c.objective();
      all[i++] = c.objectiveError();
      all[i++] = c.l21();
      all[i++] = c.gap();
    }
    return of(all);
  }
}
