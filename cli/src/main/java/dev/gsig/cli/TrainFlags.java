package dev.gsig.cli;

import dev.gsig.train.ClassWeighting;
import dev.gsig.train.Optimizer;
import dev.gsig.train.PretrainingTask;
import dev.gsig.train.TrainOptions;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how training goes. */
final class TrainFlags {
  private static final double CHECKPOINT_SECONDS = 60;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--pretrain",
      paramLabel = "TASK",
      description =
          "what is learnt before labels: masked (codes that are hidden) or next (each token, from"
              + " those before it); default: next where layers are causal, else masked")
  private String pretraining;

  @Option(
      names = "--pretrain-epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "passes that learn that; 0 for none; default: 5")
  private int pretrainEpochs;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "passes that learn the labels, or the next token in a model that is to predict it, at"
              + " most; default: 20")
  private int epochs;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "epochs without a better validation AUROC, or loss of the next token, before it stops;"
              + " default: 4")
  private int patience;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "32",
      description = "patients a step; default: 32")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      defaultValue = "1e-3",
      description = "the largest learning rate; default: 1e-3")
  private double learningRate;

  @Option(
      names = "--warmup",
      paramLabel = "X",
      defaultValue = "0.1",
      description = "share of the steps until it is reached; it falls linearly then; default: 0.1")
  private double warmup;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adamw",
      description = "adamw or adam; default: adamw")
  private String optimizer;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      defaultValue = "0.01",
      description = "on matrices and tables; default: 0.01")
  private double weightDecay;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      defaultValue = "0.2",
      description = "share of activations dropped; default: 0.2")
  private double dropout;

  @Option(
      names = "--clip",
      paramLabel = "X",
      defaultValue = "1",
      description = "largest norm of a gradient; 0 for any; default: 1")
  private double clip;

  @Option(
      names = "--class-weight",
      paramLabel = "W",
      defaultValue = "none",
      description =
          "none, balanced (every class counts alike) or a weight for each class, as 1,4.5; of a"
              + " multi-label model for each label, that of the patients who have it; default:"
              + " none")
  private String classWeight;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "of initial weights, order, masks and dropout; default: 1")
  private int seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "how many compute; default: as many as there are processors")
  private Integer threads;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "simd",
      description = "simd (float32) or ejml (float64, the reference, slow); default: simd")
  private String backend;

  /**
   * The options.
   *
   * @throws ParameterException if one is out of range
   */
  TrainOptions options() {
    if (pretraining != null && pretrainEpochs == 0) {
      throw wrong("--pretrain says what --pretrain-epochs 0 leaves out; leave one of them out");
    }
    try {
      return new TrainOptions(
          pretraining == null
              ? null
              : Choice.of(
                  command,
                  "--pretrain",
                  pretraining,
                  List.of(PretrainingTask.values()),
                  PretrainingTask::label),
          pretrainEpochs,
          epochs,
          batchSize,
          learningRate,
          Choice.of(
              command, "--optimizer", optimizer, List.of(Optimizer.values()), Optimizer::label),
          weightDecay,
          dropout,
          warmup,
          ClassWeighting.parse(classWeight),
          clip,
          patience,
          seed,
          threads == null ? Runtime.getRuntime().availableProcessors() : threads,
          CHECKPOINT_SECONDS);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  /** What computes; a GPU does not train. */
  String backend() {
    return Choice.of(command, "--backend", backend, List.of("simd", "ejml"), name -> name);
  }

  /** Refuses what has no effect in a model that learns the next token and no labels. */
  void refuseThoseOfLabels() {
    Given.refuse(
        command, "a model that learns labels", "--pretrain", "--pretrain-epochs", "--class-weight");
  }

  ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
