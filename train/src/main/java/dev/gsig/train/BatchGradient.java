package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.tensor.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The loss of a batch and its gradient. The batch is cut into parts of a fixed size, whose
 * gradients are summed in order: how many threads compute them changes no bit.
 */
final class BatchGradient implements AutoCloseable {
  private final BackendWorkers workers;
  private final double dropout;
  private final double[] sum;

  /** What is being trained, and the backend that holds it. */
  private Task<?> task;

  private TrainedModel<?> model;
  private Backend loader;

  /**
   * Room for the gradient.
   *
   * @param size number of parameters
   */
  BatchGradient(BackendWorkers workers, double dropout, int size) {
    this.workers = workers;
    this.dropout = dropout;
    sum = new double[size];
  }

  /** The gradient of the last batch; 0 for parameters that took no part. */
  double[] gradient() {
    return sum;
  }

  private record Part<T>(int number, List<T> items) {}

  private record Result(double loss, double[] gradient) {}

  /**
   * Computes {@link #gradient} anew.
   *
   * @param seed of dropout
   * @return the loss
   */
  <T> double compute(Task<T> task, List<T> batch, double[] parameters, long seed) {
    double total = batch.stream().mapToDouble(task::weight).sum();
    List<T> byLength = new ArrayList<>(batch);
    byLength.sort(Comparator.comparingInt(task::length));
    List<Part<T>> parts = new ArrayList<>();
    for (int from = 0; from < byLength.size(); from += task.together()) {
      int to = Math.min(byLength.size(), from + task.together());
      parts.add(new Part<>(parts.size(), byLength.subList(from, to)));
    }
    Arrays.fill(sum, 0);
    double[] loss = {0};
    TrainedModel<T> current = model(task, parameters);
    workers.map(
        parts,
        (backend, part) -> {
          double[] gradient = new double[sum.length];
          Tape.Training training = new Tape.Training(dropout, Seeds.of(seed, part.number()));
          double share = current.backward(backend, training, part.items(), total, gradient);
          return new Result(share, gradient);
        },
        result -> {
          loss[0] += result.loss;
          for (int i = 0; i < sum.length; i++) {
            sum[i] += result.gradient[i];
          }
        });
    return loss[0];
  }

  /** The task's model with these parameters: loaded for the first batch, then written anew. */
  @SuppressWarnings("unchecked") // the model is that of the task, whose items are T
  private <T> TrainedModel<T> model(Task<T> wanted, double[] parameters) {
    if (wanted == task) {
      model.update(parameters);
    } else {
      close();
      loader = workers.newLoader();
      model = wanted.load(parameters, loader);
      task = wanted;
    }
    return (TrainedModel<T>) model;
  }

  /** Lets go of the model. */
  @Override
  public void close() {
    if (loader != null) {
      loader.close();
    }
    loader = null;
    model = null;
    task = null;
  }
}
