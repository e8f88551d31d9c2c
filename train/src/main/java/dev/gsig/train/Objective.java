package dev.gsig.train;

import dev.gsig.tensor.Backend;
import dev.gsig.transformer.internal.Transformer;
import java.util.List;

/** What a model is for: a task whose success on other patients decides when training stops. */
interface Objective extends Task<Example> {
  /** The model with these parameters, to predict with. */
  Transformer model(double[] parameters, Backend loader);

  /** What is measured of each patient, without dropout. */
  List<double[]> scores(Backend backend, Transformer model, List<Example> patients);

  /**
   * What that comes to.
   *
   * @param scores of each patient
   */
  Quality quality(List<Example> patients, double[][] scores);
}
