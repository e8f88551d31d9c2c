package dev.gsig.cli;

import dev.gsig.train.AurocInterval;
import dev.gsig.train.EpochReport;
import dev.gsig.train.Metrics;
import dev.gsig.train.ModelTraining;
import dev.gsig.train.Quality;
import dev.gsig.train.TokenLoss;
import dev.gsig.train.TrainListener;
import dev.gsig.train.TrainOptions;
import java.time.Duration;

/**
 * Shows how training goes on: a line for each epoch, with the time that is left at most, and a bar
 * within it where somebody watches.
 */
final class TrainProgress implements TrainListener, AutoCloseable {
  private final Terminal terminal;
  private final TrainOptions options;
  private final int patients;
  private final long start = System.nanoTime();
  private Progress bar = Progress.NONE;
  private boolean running;
  private int epochsSeen;

  TrainProgress(Terminal terminal, ModelTraining run, TrainOptions options) {
    this.terminal = terminal;
    this.options = options;
    this.patients = run.trainingPatients();
  }

  /** How good a model is, in words. */
  static String quality(Quality quality) {
    return quality instanceof TokenLoss tokens ? loss(tokens) : metrics((Metrics) quality, null);
  }

  private static String loss(TokenLoss tokens) {
    return "loss "
        + Text.decimal(tokens.loss(), 4)
        + " a token (perplexity "
        + Text.decimal(tokens.perplexity(), 2)
        + ")";
  }

  /**
   * Metrics in words.
   *
   * @param interval of the AUROC; null for none
   */
  static String metrics(Metrics m, AurocInterval interval) {
    return "AUROC "
        + Text.decimal(m.auroc(), 3)
        + (interval == null
            ? ""
            : " [95% interval "
                + Text.decimal(interval.low(), 3)
                + " to "
                + Text.decimal(interval.high(), 3)
                + "]")
        + ", AUPRC "
        + Text.decimal(m.auprc(), 3)
        + ", Brier "
        + Text.decimal(m.brier(), 4);
  }

  @Override
  public void step(boolean pretraining, int epoch, double loss, int batch) {
    if (!running) {
      bar = Progress.start(terminal, name(pretraining) + " " + epoch, patients);
      running = true;
    }
    for (int i = 0; i < batch; i++) {
      bar.step();
    }
  }

  private static String name(boolean pretraining) {
    return pretraining ? "pretraining epoch" : "epoch";
  }

  @Override
  public void epoch(EpochReport report) {
    close();
    epochsSeen++;
    int all = report.pretraining() ? options.pretrainEpochs() : options.epochs();
    int left = all - report.epoch() + (report.pretraining() ? options.epochs() : 0);
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    Duration remaining = elapsed.multipliedBy(left).dividedBy(epochsSeen);
    terminal.inform(
        name(report.pretraining())
            + " "
            + report.epoch()
            + "/"
            + all
            + ": loss "
            + Text.decimal(report.loss(), 4)
            + (report.validation() == null
                ? ""
                : "; validation " + quality(report.validation()) + (report.best() ? " (best)" : ""))
            + (left > 0 ? "; at most " + Text.duration(remaining) + " left" : ""));
  }

  /** Takes the bar away. */
  @Override
  public void close() {
    bar.close();
    bar = Progress.NONE;
    running = false;
  }
}
