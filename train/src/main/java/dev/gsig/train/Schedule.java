package dev.gsig.train;

/**
 * Linear warm-up, then linear decay: the learning rate of step k = 1..total is {@code peak k /
 * warmup} up to the warm-up's end, and from there falls evenly to {@code peak / (total - warmup +
 * 1)} at the last step. It never is 0, so that no step is idle.
 *
 * @param peak the largest learning rate
 * @param warmup steps until it is reached; 0 for none
 * @param total steps in all
 */
record Schedule(double peak, long warmup, long total) {
  /** A schedule that warms up for a share of its steps. */
  static Schedule of(double peak, double warmupShare, long total) {
    return new Schedule(peak, (long) Math.ceil(warmupShare * total), total);
  }

  /** The learning rate of a step, counted from 1. */
  double rate(long step) {
    if (step <= warmup) {
      return peak * step / warmup;
    }
    return peak * (total - step + 1) / (total - Math.max(warmup, 1) + 1);
  }
}
