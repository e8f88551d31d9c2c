package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.Rotation;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * Rotary positions (Su et al. 2021, RoFormer): pairs of features of argument 0, {@code [B, L, d]},
 * turned by angles that argument 1 holds, which {@link #turns} makes. Rule: gy turned back; there
 * is none for the angles.
 *
 * @param rotation which features
 */
public record Rotate(Rotation rotation) implements Operation {
  /**
   * The usual frequencies, {@code base^(-i / pairs)} for pair i, in radians for one position.
   *
   * @param base often called theta: 10000, and more for long records
   */
  public static double[] frequencies(int pairs, double base) {
    double[] frequencies = new double[pairs];
    Arrays.setAll(frequencies, i -> StrictMath.pow(base, -(double) i / pairs));
    return frequencies;
  }

  /**
   * Cosines and sines of the angles {@code position * frequency}, a constant {@code [items, rows,
   * 2*pairs]} that any number of layers can share.
   *
   * @param items 1 if all items of a batch have the same positions
   * @param positions of the rows of one item after the other: their numbers, or ages, or times
   * @param frequencies of the pairs
   */
  public static Variable turns(Tape tape, int items, double[] positions, double[] frequencies) {
    int pairs = frequencies.length;
    double[] turns = new double[positions.length * 2 * pairs];
    for (int r = 0; r < positions.length; r++) {
      for (int i = 0; i < pairs; i++) {
        double angle = positions[r] * frequencies[i];
        turns[r * 2 * pairs + i] = StrictMath.cos(angle);
        turns[r * 2 * pairs + pairs + i] = StrictMath.sin(angle);
      }
    }
    return tape.constant(new Shape(items, positions.length / items, 2 * pairs), turns);
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public boolean isDifferentiable(int argument) {
    return argument == 0;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    return rotated(backend, x[0], x[1], false);
  }

  private Tensor rotated(Backend backend, Tensor x, Tensor turns, boolean transposed) {
    Tensor y = backend.allocate(x.shape());
    backend.rotate(rotation, x, turns, transposed, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gx = rotated(backend, gy, x[1], true);
    slots[0].add(gx);
    backend.release(gx);
  }
}
