package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.internal.Transformer;
import java.util.List;

/** What a model is for: a task whose success on other patients decides when training stops. */
interface Objective extends Task<Example> {
  /** Those of the model, perhaps among others. */
  Parameters parameters();

  /** The model with these parameters, to predict with. */
  Transformer model(double[] vector, Backend loader);

  /**
   * Computes the loss and sweeps back from it.
   *
   * @param total the weight of the whole batch
   * @return the items' share of the batch's loss
   */
  double sweep(Tape tape, Transformer model, List<Example> items, double total);

  @Override
  default int length(Example item) {
    return item.tokens().length();
  }

  @Override
  default TrainedModel<Example> load(double[] vector, Backend loader) {
    Transformer model = model(vector, loader);
    return new TrainedModel<>(
        parameters(),
        loader,
        List.of(model.origins()),
        (tape, items, total) -> sweep(tape, model, items, total));
  }

  /** What is measured of each patient, without dropout. */
  List<double[]> scores(Backend backend, Transformer model, List<Example> patients);

  /**
   * What that comes to.
   *
   * @param scores of each patient
   */
  Quality quality(List<Example> patients, double[][] scores);
}
