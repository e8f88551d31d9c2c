package dev.gsig.train;

import java.util.List;

/**
 * What training came to.
 *
 * @param parameters number of weights in the model
 * @param history every epoch
 * @param best the epoch whose weights were kept
 * @param test on the test set of the cohort folder; null if it has none
 * @param testAuroc 95% interval of its AUROC; null without it, or with more than two classes
 * @param testLabels the labels of a multi-label model on the test set, in order; else empty
 * @param unigram what how often each token occurs in the training set tells of the validation set;
 *     null unless the model predicts tokens
 */
public record TrainResult(
    long parameters,
    List<EpochReport> history,
    EpochReport best,
    Quality test,
    AurocInterval testAuroc,
    List<LabelMetrics> testLabels,
    TokenLoss unigram) {
  /** Copies the lists. */
  public TrainResult {
    history = List.copyOf(history);
    testLabels = List.copyOf(testLabels);
  }
}
