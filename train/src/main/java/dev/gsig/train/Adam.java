package dev.gsig.train;

/**
 * Adam and AdamW with PyTorch's conventions. With {@code m = b1 m + (1 - b1) g}, {@code v = b2 v +
 * (1 - b2) g^2}: {@code theta -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon)}, b1 =
 * 0.9, b2 = 0.999, epsilon = 1e-8.
 */
final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Optimizer kind;
  private final double decay;
  private final double[] mean;
  private final double[] square;
  private long steps;

  /**
   * At the start.
   *
   * @param size number of parameters
   * @param decay weight decay
   */
  Adam(Optimizer kind, double decay, int size) {
    this.kind = kind;
    this.decay = decay;
    mean = new double[size];
    square = new double[size];
  }

  /** The running mean m of the gradients; part of a checkpoint. */
  double[] mean() {
    return mean;
  }

  /** The running mean v of their squares; part of a checkpoint. */
  double[] square() {
    return square;
  }

  long steps() {
    return steps;
  }

  void resumeAt(long stepsDone) {
    steps = stepsDone;
  }

  /** A new step begins; {@link #update} each trained part of the vector then. */
  void nextStep() {
    steps++;
  }

  /**
   * Moves {@code theta[from]} to {@code theta[to - 1]}.
   *
   * @param decayed whether weight decay acts on them
   */
  void update(
      double[] theta, double[] gradient, int from, int to, double learningRate, boolean decayed) {
    double stepSize = learningRate / (1 - StrictMath.pow(BETA1, (double) steps));
    double correction = Math.sqrt(1 - StrictMath.pow(BETA2, (double) steps));
    double coupled = decayed && kind == Optimizer.ADAM ? decay : 0;
    double shrink = decayed && kind == Optimizer.ADAMW ? 1 - learningRate * decay : 1;
    for (int i = from; i < to; i++) {
      double t = theta[i] * shrink;
      double g = gradient[i] + coupled * t;
      double m = BETA1 * mean[i] + (1 - BETA1) * g;
      double v = BETA2 * square[i] + (1 - BETA2) * g * g;
      mean[i] = m;
      square[i] = v;
      theta[i] = t - stepSize * m / (Math.sqrt(v) / correction + EPSILON);
    }
  }
}
