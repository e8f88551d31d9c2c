package dev.gsig.attribution;

import dev.gsig.attribution.PathRequest.Slice;
import dev.gsig.attribution.internal.run.OrderedTasks;
import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.tensor.internal.Workers;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * Puts steps of paths through the model, many in one {@link Pass}: as many as the backend advises,
 * and half as many whenever there is no memory. Idle threads take some of the passes. How the steps
 * are cut into passes, whose they are, and who computes them does not change a bit of a result.
 * Belongs to one thread at a time.
 */
final class Passes {
  private final ExplainableModel model;
  private final Workspace workspace;
  private final Workers helpers;

  /** Steps in a pass, at most. */
  private int most;

  /**
   * Passes over paths of so many positions.
   *
   * @param stepsPerPass at most; 0 to choose
   * @param helpers those who are idle take passes, in workspaces of their own; null for nobody
   */
  Passes(ExplainableModel model, Workspace workspace, int rows, int stepsPerPass, Workers helpers) {
    this.model = model;
    this.workspace = workspace;
    // A device computes for one thread at a time as fast as for several.
    this.helpers = workspace.backend().isParallel() ? null : helpers;
    most = stepsPerPass > 0 ? stepsPerPass : stepsThatFit(rows);
  }

  private int stepsThatFit(int rows) {
    Backend backend = workspace.backend();
    int advised = backend.advisedBatch(model.activationsPerStep(backend, rows));
    return Math.max(1, Math.min(model.mostStepsPerPass(backend, rows), advised));
  }

  /**
   * Computes what is asked for.
   *
   * @param requests of paths with the same number of positions
   * @throws DeviceMemoryException if there is no memory for a single step
   */
  void run(List<PathRequest> requests) {
    try {
      requests.forEach(PathRequest::open);
      run(requests.stream().filter(r -> !r.needsBackward()).toList(), false);
      run(requests.stream().filter(PathRequest::needsBackward).toList(), true);
    } finally {
      requests.forEach(PathRequest::close);
    }
  }

  private void run(List<PathRequest> requests, boolean backward) {
    int steps = requests.stream().mapToInt(PathRequest::steps).sum();
    int idle = helpers == null || steps <= 1 ? 0 : helpers.idle();
    int done = idle == 0 ? 0 : run(requests, 0, steps, backward, Math.min(idle + 1, steps));
    while (done < steps) {
      done = run(requests, done, steps, backward, 1);
    }
  }

  /**
   * Computes the steps {@code from} to {@code to - 1}: on one thread in passes as large as may be,
   * on several in as many for each, all of about the same size.
   *
   * @return one past the last step that was done: less than {@code to} where there was no memory
   *     for passes of this size, or while others computed
   */
  private int run(List<PathRequest> requests, int from, int to, boolean backward, int threads) {
    int rounds = divideUp(divideUp(to - from, most), threads);
    int size = threads == 1 ? most : divideUp(to - from, rounds * threads);
    OrderedTasks passes = new OrderedTasks(divideUp(to - from, size));
    BiConsumer<Workspace, Integer> pass =
        (own, number) -> {
          int first = from + number * size;
          List<Slice> slices = Slice.of(requests, first, Math.min(to, first + size));
          run(own, slices, backward, () -> passes.awaitTurn(number));
        };
    if (threads > 1) {
      helpers.offer(
          threads - 1, () -> passes.work(i -> model.useWorkspace(own -> pass.accept(own, i))));
    }
    passes.work(i -> pass.accept(workspace, i));
    try {
      passes.finish(); // what they compute with is open until then
      return to;
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      if (passes.failedInTurn() || (size == 1 && threads == 1)) {
        throw Batches.shortage(e);
      }
      most = divideUp(Math.min(size, to - from), 2);
      return from + passes.completed() * size;
    }
  }

  private void run(Workspace own, List<Slice> slices, boolean backward, BooleanSupplier turn) {
    own.backend()
        .attempt(
            () -> {
              try (Pass pass = new Pass(model, own, slices)) {
                pass.compute(backward);
                if (turn.getAsBoolean()) {
                  pass.deliver();
                }
              }
              return null;
            });
  }

  private static int divideUp(int a, int b) {
    return (a + b - 1) / b;
  }
}
