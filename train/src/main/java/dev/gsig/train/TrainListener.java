package dev.gsig.train;

/** Hears how training goes on; on the thread that trains. */
public interface TrainListener {
  /** Hears nothing. */
  TrainListener NONE = new TrainListener() {};

  /**
   * A step is done.
   *
   * @param pretraining whether of pretraining
   * @param epoch its epoch in its phase, from 1
   * @param loss of its batch
   * @param patients how many the batch had
   */
  default void step(boolean pretraining, int epoch, double loss, int patients) {}

  /** An epoch is done. */
  default void epoch(EpochReport report) {}
}
