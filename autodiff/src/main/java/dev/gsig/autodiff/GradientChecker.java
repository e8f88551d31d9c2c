package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.List;
import java.util.Random;

/**
 * Compares gradient rules with central differences: for random directions u (one for each input)
 * and a random projection v of the result, {@code <gradient of <v, y>, u>} against {@code (<v, y(x
 * + h u)> - <v, y(x - h u)>) / 2h}. One number checks every entry of every rule, whatever the
 * shapes. Meant for a float64 backend.
 */
public final class GradientChecker {
  /** Builds the result to be checked from variables for the inputs. */
  @FunctionalInterface
  public interface Graph {
    /** Records operations on the tape. */
    Variable build(Tape tape, List<Variable> inputs);
  }

  private static final double STEP = 1e-5;

  private final Backend backend;
  private final Random random;

  /** A checker with its own seeded directions. */
  public GradientChecker(Backend backend, long seed) {
    this.backend = backend;
    this.random = new Random(seed);
  }

  /**
   * Relative difference of the two directional derivatives, {@code |a - b| / max(1, |a|, |b|)}, the
   * largest of three trials; NaN if any of them is.
   *
   * @param shapes shape of each input
   * @param values row-major values of each input
   */
  public double worstDeviation(Graph graph, List<Shape> shapes, List<double[]> values) {
    double worst = 0;
    for (int repeat = 0; repeat < 3; repeat++) {
      List<double[]> directions =
          values.stream().map(v -> random.doubles(v.length, -1, 1).toArray()).toList();
      double[] projection = null;
      double analytic = 0;
      try (Tape tape = new Tape(backend)) {
        List<Variable> inputs = tape.inputs(shapes, values);
        Variable y = graph.build(tape, inputs);
        projection = random.doubles(y.shape().size(), -1, 1).toArray();
        Tensor seed = backend.upload(y.shape(), projection);
        tape.backward(y, seed);
        backend.release(seed);
        for (int i = 0; i < inputs.size(); i++) {
          analytic += dot(inputs.get(i).gradient(), directions.get(i));
        }
      }
      double plus = project(graph, shapes, values, directions, STEP, projection);
      double minus = project(graph, shapes, values, directions, -STEP, projection);
      double numeric = (plus - minus) / (2 * STEP);
      double scale = Math.max(1, Math.max(Math.abs(analytic), Math.abs(numeric)));
      double deviation = Math.abs(analytic - numeric) / scale;
      // unlike a comparison, max keeps NaN, which must not pass for a small deviation
      worst = Math.max(worst, deviation);
    }
    return worst;
  }

  private double project(
      Graph graph,
      List<Shape> shapes,
      List<double[]> values,
      List<double[]> directions,
      double step,
      double[] projection) {
    try (Tape tape = new Tape(backend)) {
      Variable y = graph.build(tape, tape.inputs(shapes, moved(values, directions, step)));
      return dot(y.values(), projection);
    }
  }

  /** The values, moved along the directions. */
  private static List<double[]> moved(
      List<double[]> values, List<double[]> directions, double step) {
    List<double[]> moved = values.stream().map(double[]::clone).toList();
    for (int i = 0; i < moved.size(); i++) {
      for (int j = 0; j < moved.get(i).length; j++) {
        moved.get(i)[j] += step * directions.get(i)[j];
      }
    }
    return moved;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
