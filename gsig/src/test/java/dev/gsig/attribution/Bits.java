package dev.gsig.attribution;

import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.transformer.config.ModelConfig;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Raw bits of numbers: two results are the same only if these are. */
public final class Bits {
  private Bits() {}

  public static long[] of(double... values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  /** Every number of a result but the attribution of single inputs. */
  public static long[] ofScores(PathAttribution a) {
    List<Candidate> curve = a.result().candidates();
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

  /**
   * The attribution of every input but the rows of padding, which must be nothing.
   *
   * @param trimmed rows that are no padding
   */
  public static double[] withoutPadding(PathAttribution a, ModelConfig config, int trimmed) {
    int d = config.hiddenSize();
    int tabular = config.tabular() == null ? 0 : config.tabular().features().size();
    double[] all = a.values();
    int end = all.length - tabular;
    for (int i = trimmed * d; i < end; i++) {
      if (all[i] != 0) {
        throw new AssertionError("padding has an attribution: " + all[i] + " at " + i);
      }
    }
    double[] values = Arrays.copyOf(all, trimmed * d + tabular);
    System.arraycopy(all, end, values, trimmed * d, tabular);
    return values;
  }

  /** SHA-256 of all numbers of a result, padded or not. */
  public static String digest(PathAttribution a, Model model) {
    int rows = model.transformer().rowsFor(a.sequence().length());
    long[] scores = ofScores(a);
    long[] values = of(withoutPadding(a, model.config(), rows));
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (scores.length + values.length));
    bytes.asLongBuffer().put(scores).put(values);
    return sha256(bytes.array());
  }

  /** In hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
