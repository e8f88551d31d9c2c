package dev.gsig.attribution;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.SizeClasses;

/** What one worker computes with: a backend, and float64 arrays on the host. Not thread-safe. */
final class Workspace implements AutoCloseable {
  private final Backend backend;
  private final SizeClasses<double[]> arrays =
      new SizeClasses<>(double[]::new, a -> (long) Double.BYTES * a.length);

  /** Takes over the backend. */
  Workspace(Backend backend) {
    this.backend = backend;
  }

  Backend backend() {
    return backend;
  }

  SizeClasses<double[]> arrays() {
    return arrays;
  }

  @Override
  public void close() {
    backend.close();
    arrays.clear();
  }
}
