package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * {@code y = x m}, m being 0 with probability {@code rate}, else {@code 1 / (1 - rate)} (Srivastava
 * et al. 2014, inverted); rule: {@code gx = gy m}.
 */
public final class Dropout implements Operation {
  private final double rate;
  private final long seed;
  private Tensor mask;

  /**
   * One application.
   *
   * @param rate from 0 to below 1
   * @param seed decides what is dropped, entry by entry in row-major order
   */
  public Dropout(double rate, long seed) {
    this.rate = rate;
    this.seed = seed;
  }

  /** Dropout where the tape trains with one; else x itself, at no cost. */
  public static Variable on(Tape tape, Variable x) {
    Tape.Training training = tape.training();
    return training == null || training.dropout() == 0
        ? x
        : tape.apply(new Dropout(training.dropout(), training.nextSeed()), x);
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Shape shape = x[0].shape();
    SplittableRandom random = new SplittableRandom(seed);
    double kept = 1 / (1 - rate);
    double[] values = new double[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < rate ? 0 : kept;
    }
    mask = backend.upload(shape, values);
    Tensor y = backend.allocate(shape);
    backend.multiply(x[0], mask, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write((gx, accumulate) -> backend.multiply(gy, mask, gx, accumulate));
  }

  @Override
  public void release(Backend backend) {
    backend.release(mask);
  }
}
