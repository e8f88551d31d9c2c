package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.tensor.Backend;
import dev.gsig.train.TrainingState.Phase;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.WeightLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains a model: masked or next codes, then labels, with early stopping on the validation AUROC;
 * or a model that predicts tokens on next codes alone, with early stopping on their loss. Every
 * step is a function of the state before it and of the options; chance is drawn from streams named
 * by seed, phase, epoch and step. So a run that was interrupted and resumed gives the bits of one
 * that was not, on any number of threads.
 */
final class Trainer implements AutoCloseable {
  private final ModelConfig config;
  private final TrainingCohort cohort;
  private final TrainOptions options;
  private final TrainListener listener;
  private final Path checkpoint;
  private final Map<String, String> settings;
  private final BackendWorkers workers;
  private final List<String> modelNames;
  private final Objective objective;
  private final PretrainingTask pretraining;
  private final Task<?> pretrained;
  private final TrainingState state;
  private final BatchGradient batches;
  private final Predictor predictor;
  private long lastCheckpoint = System.nanoTime();

  /**
   * Prepares training from random weights.
   *
   * @param checkpoint where the state is kept; null for nowhere
   * @param settings what a checkpoint must have been made with, besides the options
   * @param base decides the precision; stays the caller's
   */
  Trainer(
      ModelConfig config,
      TrainingCohort cohort,
      TrainOptions options,
      Path checkpoint,
      Map<String, String> settings,
      Backend base,
      TrainListener listener) {
    this.config = config;
    this.cohort = cohort;
    this.options = options;
    this.listener = listener;
    this.checkpoint = checkpoint;
    this.settings = settings;
    if (config.nextToken() != null) {
      NextCodes.requireLearnable(config, "");
    }
    pretraining = PretrainingTask.of(options, config);
    List<Example> all = new ArrayList<>(cohort.training());
    all.addAll(cohort.validation());
    Parameters parameters = new Parameters(ParameterShapes.of(config, all, pretraining));
    int gru = config.gru() == null ? 0 : config.gru().hiddenSize();
    Initializer.fill(parameters, config.specialTokens().pad(), gru, options.seed());
    Set<String> inModel = new HashSet<>();
    WeightLayout.of(config).forEach(e -> inModel.add(e.name()));
    modelNames =
        parameters.entries().stream()
            .map(Parameters.Entry::name)
            .filter(inModel::contains)
            .toList();
    objective =
        config.nextToken() == null ? classification(parameters) : new NextCodes(config, parameters);
    pretrained =
        pretraining == PretrainingTask.MASKED_CODES
            ? new Pretraining(config, parameters, modelNames)
            : pretraining == null ? null : new NextCodes(NextCodes.headed(config), parameters);
    Phase first = pretraining == null ? Phase.FINE_TUNING : Phase.PRETRAINING;
    state = new TrainingState(parameters, newAdam(parameters), first);
    workers = new BackendWorkers(base, options.threads());
    predictor = new Predictor(workers, objective);
    batches = new BatchGradient(workers, options.dropout(), parameters.values().length);
  }

  private Classification classification(Parameters parameters) {
    int classes = config.classifier().labels().classes();
    double[] weights =
        config.classifier().labels().multiLabel()
            ? options.classWeighting().weights(Classification.truth(cohort.training()), classes)
            : options.classWeighting().weights(cohort.labels(), classes);
    return new Classification(config, parameters, modelNames, weights);
  }

  private Adam newAdam(Parameters parameters) {
    return new Adam(options.optimizer(), options.weightDecay(), parameters.values().length);
  }

  /** The parameters; those that are there when {@link #run} begins are the initial ones. */
  Parameters parameters() {
    return state.parameters;
  }

  /** The parameters of the best epoch. */
  double[] best() {
    return state.best;
  }

  List<String> modelNames() {
    return modelNames;
  }

  List<EpochReport> history() {
    return List.copyOf(state.history);
  }

  /**
   * Goes on from the checkpoint.
   *
   * @throws InvalidInputException if it cannot be used
   */
  void resume() {
    Checkpoint.read(checkpoint, state, settings);
    if (!isReachable()) {
      throw new InvalidInputException(
          checkpoint + ": is a state that training cannot be in; start again with --overwrite");
    }
  }

  /** Whether the counts of the state fit each other and the options: else training never ends. */
  private boolean isReachable() {
    int epochs =
        switch (state.phase) {
          case PRETRAINING -> pretraining == null ? 0 : options.pretrainEpochs();
          case FINE_TUNING -> options.epochs();
          case DONE -> 1;
        };
    boolean hasBest =
        state.history.stream().anyMatch(e -> e.best() && e.epoch() == state.bestEpoch);
    return state.epoch >= 0
        && state.epoch < epochs
        && state.step >= 0
        && state.step <= steps(cohort.training().size())
        && state.adam.steps() >= 0
        && state.lossWeight >= 0
        && (state.bestEpoch == 0 ? state.phase != Phase.DONE : hasBest);
  }

  private int steps(int items) {
    return (items + options.batchSize() - 1) / options.batchSize();
  }

  /**
   * Trains to the end.
   *
   * @throws InvalidInputException if a loss or gradient is not finite; the message names the tensor
   */
  void run() {
    writeCheckpoint();
    while (state.phase == Phase.PRETRAINING) {
      pretrain();
    }
    while (state.phase == Phase.FINE_TUNING) {
      runEpoch(objective, cohort.training(), options.epochs());
    }
  }

  private void pretrain() {
    if (pretrained instanceof Pretraining masking) {
      runEpoch(masking, masked(), options.pretrainEpochs());
    } else if (pretrained instanceof NextCodes next) {
      runEpoch(next, withTargets(), options.pretrainEpochs());
    }
  }

  private List<Example> withTargets() {
    List<Example> items = cohort.training().stream().filter(NextCodes::hasTarget).toList();
    if (items.isEmpty()) {
      throw new InvalidInputException(
          "no patient of the training set has two tokens, of which the second could be predicted");
    }
    return items;
  }

  /** Each epoch hides other codes. */
  private List<MaskedCodes> masked() {
    List<MaskedCodes> items = new ArrayList<>();
    for (int i = 0; i < cohort.training().size(); i++) {
      long seed = Seeds.of(options.seed(), 1, state.epoch, i);
      MaskedCodes item =
          MaskedCodes.of(
              cohort.training().get(i).tokens(), config.specialTokens(), cohort.codes(), seed);
      if (item != null) {
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      throw new InvalidInputException(
          "no patient of the training set has a code of the vocabulary that could be masked");
    }
    return items;
  }

  private <T> void runEpoch(Task<T> task, List<T> items, int epochs) {
    int steps = steps(items.size());
    Schedule schedule =
        Schedule.of(options.learningRate(), options.warmup(), (long) epochs * steps);
    long phase = state.phase.number;
    int[] order = Seeds.permutation(items.size(), Seeds.of(options.seed(), 2, phase, state.epoch));
    while (state.step < steps) {
      List<T> batch = new ArrayList<>();
      int end = Math.min(items.size(), (state.step + 1) * options.batchSize());
      for (int i = state.step * options.batchSize(); i < end; i++) {
        batch.add(items.get(order[i]));
      }
      long seed = Seeds.of(options.seed(), 3, phase, state.epoch, state.step);
      double loss = step(task, batch, seed, schedule);
      double weight = batch.stream().mapToDouble(task::weight).sum();
      state.lossSum += loss * weight;
      state.lossWeight += weight;
      state.step++;
      listener.step(state.phase == Phase.PRETRAINING, state.epoch + 1, loss, batch.size());
      checkpointIfDue();
    }
    endEpoch(epochs);
  }

  /** One step of the optimizer; returns the loss before it. */
  <T> double step(Task<T> task, List<T> batch, long seed, Schedule schedule) {
    double[] theta = state.parameters.values();
    double loss = batches.compute(task, batch, theta, seed);
    double[] gradient = batches.gradient();
    List<Parameters.Entry> trained = task.trained().stream().map(state.parameters::entry).toList();
    double norm = Clipping.norm(gradient, trained);
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw Divergence.in(state, loss, gradient);
    }
    Clipping.clip(gradient, norm, options.clip());
    state.adam.nextStep();
    double rate = schedule.rate(state.adam.steps());
    for (Parameters.Entry e : trained) {
      state.adam.update(
          theta, gradient, e.offset(), e.offset() + e.size(), rate, isDecayed(e.name()));
    }
    return loss;
  }

  /** Matrices and tables; not biases and layer norms. */
  private static boolean isDecayed(String name) {
    return !name.contains("LayerNorm") && !name.contains("bias");
  }

  private void endEpoch(int epochs) {
    boolean before = state.phase == Phase.PRETRAINING;
    Quality quality = before ? null : validate(state.parameters.values());
    boolean best = !before && quality.figure() > state.bestFigure;
    state.epoch++;
    if (best) {
      state.bestFigure = quality.figure();
      state.bestEpoch = state.epoch;
      System.arraycopy(state.parameters.values(), 0, state.best, 0, state.best.length);
    }
    EpochReport report =
        new EpochReport(before, state.epoch, state.lossSum / state.lossWeight, quality, best);
    state.history.add(report);
    boolean stop = !before && state.epoch - state.bestEpoch >= options.patience();
    state.step = 0;
    state.lossSum = 0;
    state.lossWeight = 0;
    if (state.epoch == epochs || stop) {
      state.phase = before ? Phase.FINE_TUNING : Phase.DONE;
      state.epoch = 0;
      state.adam = newAdam(state.parameters);
    }
    listener.epoch(report);
    writeCheckpoint();
  }

  private Quality validate(double[] vector) {
    double[][] predicted = scores(vector, cohort.validation());
    for (double[] row : predicted) {
      if (!Arrays.stream(row).allMatch(Double::isFinite)) {
        throw Divergence.in(state, Double.NaN, new double[0]);
      }
    }
    return quality(cohort.validation(), predicted);
  }

  /** How well the scores fit what is true. */
  Quality quality(List<Example> patients, double[][] scores) {
    return objective.quality(patients, scores);
  }

  /**
   * The scores of each patient: the probabilities of the classes, one column for one logit; of a
   * model that predicts tokens the sum of their losses.
   */
  double[][] scores(double[] vector, List<Example> patients) {
    return predictor.scores(vector, patients);
  }

  private void checkpointIfDue() {
    double seconds = (System.nanoTime() - lastCheckpoint) / 1e9;
    if (seconds >= options.checkpointSeconds()) {
      writeCheckpoint();
    }
  }

  private void writeCheckpoint() {
    if (checkpoint != null) {
      Checkpoint.write(checkpoint, state, settings);
      lastCheckpoint = System.nanoTime();
    }
  }

  @Override
  public void close() {
    workers.close();
    batches.close();
  }
}
