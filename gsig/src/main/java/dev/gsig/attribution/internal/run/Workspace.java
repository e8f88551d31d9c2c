package dev.gsig.attribution.internal.run;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.internal.SizeClasses;

/**
 * What one worker computes with: a backend, and float64 arrays on the host. The arrays may be taken
 * by several threads, the backend belongs to one at a time.
 */
public final class Workspace implements AutoCloseable {
  private final Backend backend;
  private final SizeClasses<double[]> arrays = new SizeClasses<>(double[]::new, Double.BYTES);

  /** Takes over the backend. */
  public Workspace(Backend backend) {
    this.backend = backend;
  }

  /** The backend. */
  public Backend backend() {
    return backend;
  }

  /** An array of at least {@code length} elements with undefined contents. */
  public synchronized double[] take(int length) {
    return arrays.take(length);
  }

  /** Takes an array back. */
  public synchronized void giveBack(double[] array) {
    arrays.giveBack(array);
  }

  /** Bytes of all that is held, in use or free. */
  public synchronized long bytes() {
    return backend.arenaBytes() + arrays.totalBytes();
  }

  @Override
  public synchronized void close() {
    backend.close();
    arrays.clear();
  }
}
