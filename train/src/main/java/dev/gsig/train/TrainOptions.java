package dev.gsig.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How to train. None of them but the seed is drawn from anywhere, and all but the last two decide
 * the result.
 *
 * @param pretraining what is learnt before labels; null for next codes where layers are causal,
 *     else masked codes
 * @param pretrainEpochs passes over the training set that learn that; 0 for none. A model that
 *     predicts tokens has none
 * @param epochs passes that learn the labels, or in a model that predicts tokens the next codes, at
 *     most
 * @param batchSize patients a step
 * @param learningRate the largest
 * @param optimizer how gradients move the parameters
 * @param weightDecay acts on matrices and tables, not on biases and layer norms
 * @param dropout from 0 to below 1: behind the embedding, each sublayer, the pooling and the
 *     tabular branch
 * @param warmup share of each phase's steps, from 0 to 1
 * @param classWeighting how much each class counts
 * @param clip the largest norm of a gradient; 0 for none
 * @param patience epochs without a better validation AUROC, or loss, before training stops
 * @param seed decides initial weights, order, masks and dropout
 * @param threads how many compute; changes no bit
 * @param checkpointSeconds how often, at least, a checkpoint is written; changes no bit
 */
public record TrainOptions(
    PretrainingTask pretraining,
    int pretrainEpochs,
    int epochs,
    int batchSize,
    double learningRate,
    Optimizer optimizer,
    double weightDecay,
    double dropout,
    double warmup,
    ClassWeighting classWeighting,
    double clip,
    int patience,
    long seed,
    int threads,
    double checkpointSeconds) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the option that is out of range
   */
  public TrainOptions {
    require(pretrainEpochs >= 0, "--pretrain-epochs must not be negative", pretrainEpochs);
    require(epochs >= 1, "--epochs must be at least 1", epochs);
    require(batchSize >= 1, "--batch-size must be at least 1", batchSize);
    require(
        learningRate > 0 && learningRate <= 10,
        "--learning-rate must be above 0 and at most 10",
        learningRate);
    require(
        weightDecay >= 0 && weightDecay <= 10, "--weight-decay must be from 0 to 10", weightDecay);
    require(dropout >= 0 && dropout < 1, "--dropout must be from 0 to below 1", dropout);
    require(warmup >= 0 && warmup <= 1, "--warmup must be from 0 to 1", warmup);
    require(
        clip >= 0 && clip < Double.POSITIVE_INFINITY, "--clip must be a number from 0 up", clip);
    require(patience >= 1, "--patience must be at least 1", patience);
    require(threads >= 1, "--threads must be at least 1", threads);
  }

  private static void require(boolean holds, String rule, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", but is " + value);
    }
  }

  /** What a checkpoint must have been made with to be resumed, by option. */
  Map<String, String> decisive() {
    Map<String, String> options = new LinkedHashMap<>();
    if (pretraining != null) {
      options.put("--pretrain", pretraining.label());
    }
    options.put("--pretrain-epochs", Integer.toString(pretrainEpochs));
    options.put("--epochs", Integer.toString(epochs));
    options.put("--batch-size", Integer.toString(batchSize));
    options.put("--learning-rate", Double.toString(learningRate));
    options.put("--optimizer", optimizer.label());
    options.put("--weight-decay", Double.toString(weightDecay));
    options.put("--dropout", Double.toString(dropout));
    options.put("--warmup", Double.toString(warmup));
    options.put("--class-weight", classWeighting.toString());
    options.put("--clip", Double.toString(clip));
    options.put("--patience", Integer.toString(patience));
    options.put("--seed", Long.toString(seed));
    return options;
  }
}
