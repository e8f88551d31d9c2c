package dev.gsig.train;

import dev.gsig.autodiff.Training;
import dev.gsig.tensor.Backend;
import java.util.List;

/**
 * What is learnt from a kind of items.
 *
 * @param <T> one item
 */
interface Task<T> {
  /** The parameters that it trains. */
  List<String> trained();

  /** How much an item counts in a batch: the loss is the weighted mean over the batch. */
  double weight(T item);

  /** Tokens of an item; those of similar length go through the model together. */
  int length(T item);

  /**
   * The model with these parameters.
   *
   * @param loader holds the weights until the step is done
   */
  Step<T> load(double[] parameters, Backend loader);

  /**
   * The model during one step; shared by threads.
   *
   * @param <T> one item
   */
  interface Step<T> {
    /**
     * One forward and backward pass.
     *
     * @param total the weight of the whole batch
     * @param gradient takes the gradient, added
     * @return the items' share of the batch's loss
     */
    double backward(
        Backend backend, Training training, List<T> items, double total, double[] gradient);
  }
}
