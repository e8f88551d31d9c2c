package dev.gsig.train;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.transformer.internal.Transformer;
import java.util.ArrayList;
import java.util.List;

/** Measures without dropout, on all threads. */
final class Predictor {
  private final BackendWorkers workers;
  private final Objective objective;

  Predictor(BackendWorkers workers, Objective objective) {
    this.workers = workers;
    this.objective = objective;
  }

  /**
   * The scores of each patient, {@link Objective#scores}. The model is loaded with the weights of
   * the moment and let go: once in an epoch that costs less than a step of training, and kept it
   * would be a second copy of all weights beside the one that learns.
   */
  double[][] scores(double[] vector, List<Example> patients) {
    List<List<Example>> parts = new ArrayList<>();
    int together = 2 * objective.together(); // nothing is kept for gradients
    for (int from = 0; from < patients.size(); from += together) {
      parts.add(patients.subList(from, Math.min(patients.size(), from + together)));
    }
    List<double[]> rows = new ArrayList<>();
    try (Backend loader = workers.newLoader()) {
      Transformer model = objective.model(vector, loader);
      workers.map(
          parts,
          (backend, part) -> {
            List<double[]> found = new ArrayList<>();
            new Batches(together)
                .run(
                    backend,
                    part.size(),
                    (from, to) ->
                        found.addAll(objective.scores(backend, model, part.subList(from, to))));
            return found;
          },
          rows::addAll);
    }
    return rows.toArray(double[][]::new);
  }
}
