package dev.gsig.importer.internal.family;

import java.util.function.Supplier;

/** A batch norm of a trained model, {@code s x + t} for each feature; read when it is needed. */
final class Scaling {
  private final Supplier<double[]> mean;
  private final Supplier<double[]> variance;
  private final Supplier<double[]> weight;
  private final Supplier<double[]> bias;
  private final double epsilon;
  private double[] scale;
  private double[] shift;

  private Scaling(Draft draft, String norm, double epsilon) {
    mean = draft.take(norm + ".running_mean").values();
    variance = draft.take(norm + ".running_var").values();
    weight = draft.has(norm + ".weight") ? draft.take(norm + ".weight").values() : null;
    bias = draft.has(norm + ".bias") ? draft.take(norm + ".bias").values() : null;
    this.epsilon = epsilon;
  }

  /** Takes the tensors of a norm. */
  static Scaling of(Draft draft, String norm, double epsilon) {
    return new Scaling(draft, norm, epsilon);
  }

  double scale(int feature) {
    read();
    return scale[feature];
  }

  double shift(int feature) {
    read();
    return shift[feature];
  }

  private synchronized void read() {
    if (scale != null) {
      return;
    }
    double[] means = mean.get();
    double[] s = variance.get();
    double[] t = bias == null ? new double[s.length] : bias.get();
    double[] gain = weight == null ? null : weight.get();
    for (int i = 0; i < s.length; i++) {
      s[i] = (gain == null ? 1 : gain[i]) / Math.sqrt(s[i] + epsilon);
      t[i] -= s[i] * means[i];
    }
    shift = t;
    scale = s;
  }
}
