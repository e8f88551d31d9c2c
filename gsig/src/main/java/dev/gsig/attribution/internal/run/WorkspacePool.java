package dev.gsig.attribution.internal.run;

import dev.gsig.tensor.Backend;
import java.util.ArrayDeque;
import java.util.function.Function;

/**
 * The workspaces of one model, lent to one task each. As many are kept as were lent at the same
 * time lately; the others' memory is let go. Thread-safe.
 */
public final class WorkspacePool implements AutoCloseable {
  /** How many tasks are lately. */
  public static final int LATELY = 64;

  private final String model;
  private final Backend loader;
  private final ArrayDeque<Workspace> idle = new ArrayDeque<>();
  private int lent;

  /** The most at the same time among the tasks that are counted, and among those counted before. */
  private int most;

  private int mostBefore;
  private int tasks;
  private boolean closed;

  /**
   * An empty pool.
   *
   * @param model for messages
   * @param loader holds the weights, and is closed with the pool; the workspaces have forks of it
   */
  public WorkspacePool(String model, Backend loader) {
    this.model = model;
    this.loader = loader;
  }

  /**
   * Runs a task in a workspace that nobody else uses meanwhile. One that a task has failed in is
   * not used again.
   *
   * @throws IllegalStateException if the pool is closed
   */
  public <T> T with(Function<Workspace, T> task) {
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
    most = Math.max(most, lent);
    return workspace;
  }

  private synchronized void takeBack(Workspace workspace, boolean sound) {
    lent--;
    if (sound && !closed) {
      idle.push(workspace);
    } else {
      workspace.close();
    }
    tasks++;
    if (tasks % LATELY == 0) {
      mostBefore = most;
      most = lent;
    }
    keepIdle(Math.max(most, mostBefore) - lent);
    closeLoader();
  }

  /** Lets go of what is idle, but for so many that were used last. */
  private void keepIdle(int count) {
    while (idle.size() > count) {
      idle.pollLast().close();
    }
  }

  /** Lets go of what is idle, but for the one that was used last: many threads have ended. */
  public synchronized void letGo() {
    most = lent;
    mostBefore = 0;
    keepIdle(1);
  }

  /** Closes what is idle now, and what is lent as it comes back. Again: nothing happens. */
  @Override
  public synchronized void close() {
    closed = true;
    keepIdle(0);
    closeLoader();
  }

  /** Forks read its weights: it is closed after the last of them. */
  private void closeLoader() {
    if (closed && lent == 0) {
      loader.close();
    }
  }
}
