package dev.gsig.train;

import java.util.ArrayList;
import java.util.List;

/** All that training knows after a step: with it, what comes next is decided. */
final class TrainingState {
  /** What is being learnt. */
  enum Phase {
    /** Masked codes, or next ones. */
    PRETRAINING(0),
    /** What the model is for. */
    FINE_TUNING(1),
    /** Nothing any more. */
    DONE(2);

    /** What its random numbers are drawn by. */
    final long number;

    Phase(long number) {
      this.number = number;
    }
  }

  final Parameters parameters;
  final double[] best;
  Adam adam;
  Phase phase;
  int epoch;
  int step;
  double lossSum;
  double lossWeight;
  double bestFigure = Double.NEGATIVE_INFINITY;
  int bestEpoch;
  final List<EpochReport> history = new ArrayList<>();

  TrainingState(Parameters parameters, Adam adam, Phase phase) {
    this.parameters = parameters;
    this.adam = adam;
    this.phase = phase;
    best = parameters.values().clone();
  }
}
