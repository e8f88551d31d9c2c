package dev.gsig.bench;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/**
 * A primitive that consists of matrix products, with random operands. Belongs to the thread of its
 * backend.
 */
abstract class Product {
  private final Backend backend;
  private final Random random = new Random(3);
  private double[][] checked;

  Product(Backend backend) {
    this.backend = backend;
  }

  /** The backend that computes. */
  final Backend backend() {
    return backend;
  }

  /** Runs the primitive. */
  abstract void forward();

  /** Runs its gradient. */
  abstract void backward();

  /** Floating-point operations of the matrix products in {@link #forward}; nothing else counts. */
  abstract double forwardFlops();

  /** Floating-point operations of the matrix products in {@link #backward}. */
  abstract double backwardFlops();

  /** What {@link #forward} and {@link #backward} wrote. */
  abstract Tensor[] results();

  /** Computes both directions and holds them to the same product in float64. */
  final void check(Product reference) {
    for (Product p : new Product[] {this, reference}) {
      p.forward();
      p.backward();
    }
    double[][] expected = reference.downloaded();
    checked = downloaded();
    for (int i = 0; i < checked.length; i++) {
      Check.close("result " + i, checked[i], expected[i], Check.TOLERANCE);
    }
  }

  /** Holds what was computed since {@link #check} to what was right then. */
  final void checkAgain() {
    Check.same("the product", downloaded(), checked);
  }

  private double[][] downloaded() {
    return Arrays.stream(results()).map(backend::download).toArray(double[][]::new);
  }

  /** Standard normal values that every precision can hold. */
  final double[] values(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A tensor of such values. */
  final Tensor tensor(Shape shape) {
    return backend.upload(shape, values(shape.size()));
  }
}
