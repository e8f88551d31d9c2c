package dev.gsig.attribution;

import dev.gsig.tensor.internal.Backend;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.function.Function;

/** The workspaces of one model, lent to one task each. Thread-safe. */
final class WorkspacePool implements AutoCloseable {
  private final Path model;
  private final Backend loader;
  private final ArrayDeque<Workspace> idle = new ArrayDeque<>();
  private int lent;
  private boolean closed;

  /**
   * An empty pool.
   *
   * @param model for messages
   * @param loader holds the weights, and is closed with the pool; the workspaces have forks of it
   */
  WorkspacePool(Path model, Backend loader) {
    this.model = model;
    this.loader = loader;
  }

  /**
   * Runs a task in a workspace that nobody else uses meanwhile. One that a task has failed in is
   * not used again.
   *
   * @throws IllegalStateException if the pool is closed
   */
  <T> T with(Function<Workspace, T> task) {
    Workspace workspace = lend();
    boolean sound = false;
    try {
      T result = task.apply(workspace);
      sound = true;
      return result;
    } finally {
      takeBack(workspace, sound);
    }
  }

  private synchronized Workspace lend() {
    if (closed) {
      throw new IllegalStateException("the model " + model + " was closed");
    }
    Workspace workspace = idle.isEmpty() ? new Workspace(loader.fork()) : idle.pop();
    lent++;
    return workspace;
  }

  private synchronized void takeBack(Workspace workspace, boolean sound) {
    lent--;
    if (sound && !closed) {
      idle.push(workspace);
    } else {
      workspace.close();
    }
    closeLoader();
  }

  /** Closes what is idle now, and what is lent as it comes back. Again: nothing happens. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(Workspace::close);
    idle.clear();
    closeLoader();
  }

  /** Forks read its weights: it is closed after the last of them. */
  private void closeLoader() {
    if (closed && lent == 0) {
      loader.close();
    }
  }
}
