package dev.gsig.train;

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

  /** How many items go through the model together; decides in which order gradients are summed. */
  default int together() {
    return 8;
  }

  /**
   * The model with these parameters.
   *
   * @param loader holds the weights; it is to be closed after them
   */
  TrainedModel<T> load(double[] parameters, Backend loader);
}
