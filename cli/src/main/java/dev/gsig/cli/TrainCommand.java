package dev.gsig.cli;

import dev.gsig.attribution.internal.TabularNames;
import dev.gsig.attribution.internal.WarningCounts;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.train.EpochReport;
import dev.gsig.train.LabelMetrics;
import dev.gsig.train.Metrics;
import dev.gsig.train.ModelTraining;
import dev.gsig.train.ModelTraining.Existing;
import dev.gsig.train.TrainOptions;
import dev.gsig.train.TrainResult;
import dev.gsig.transformer.internal.ModelFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig train}: a cohort folder in, a model folder out. */
@Command(
    name = "train",
    header = "Train a model on a cohort",
    customSynopsis = "gsig train --cohort DIR --out DIR [OPTIONS]",
    description = {
      "Trains a model: first to predict masked or next codes, then the labels, until the AUROC on"
          + " validation.jsonl grows no more. A model that is to predict the next token learns"
          + " nothing else, until the loss there falls no more, and needs no labels. The same seed"
          + " gives the same weights on any number of threads, interrupted or not."
    },
    footer = {
      "gsig train --cohort cohort --out MODEL",
      "# after an interruption",
      "gsig train --cohort cohort --out MODEL --resume"
    })
final class TrainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--cohort",
      paramLabel = "DIR",
      required = true,
      description =
          "folder with train.jsonl, validation.jsonl and vocab.json; test.jsonl and"
              + " descriptions.json where it has them")
  private Path cohort;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "model folder to be made")
  private Path out;

  @Option(names = "--resume", description = "go on from the checkpoint that --out holds")
  private boolean resume;

  @Option(names = "--overwrite", description = "replace a model of gsig that --out holds")
  private boolean overwrite;

  @Mixin private ModelSizeFlags model;
  @Mixin private TrainFlags training;

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    TrainOptions options = training.options();
    if (resume && overwrite) {
      throw training.wrong("--resume and --overwrite exclude each other");
    }
    AtomicFile.deleteUnfinished(out, Pattern.quote(ModelFiles.CHECKPOINT));
    Existing existing = resume ? Existing.RESUME : overwrite ? Existing.OVERWRITE : Existing.REFUSE;
    ModelTraining run =
        ModelTraining.of(
            cohort, out, model.config(), model.size(), options, training.backend(), existing);
    if (run.config().nextToken() != null) {
      training.refuseThoseOfLabels();
    }
    warnings(run).forEach(terminal::warn);
    terminal.ifInterrupted(() -> whatIsDone(run));
    LongRun.begins();
    TrainResult result;
    try (TrainProgress progress = new TrainProgress(terminal, run, options)) {
      result = run.run(progress);
    }
    summary(result).forEach(terminal::print);
    terminal.inform(
        "model in "
            + out
            + "; next: gsig baseline --model "
            + Text.argument(out)
            + " --cohort "
            + Text.argument(cohort.resolve("validation.jsonl")));
    return 0;
  }

  private static String whatIsDone(ModelTraining run) {
    Path checkpoint = run.checkpoint();
    return Files.exists(checkpoint)
        ? "the checkpoint is " + checkpoint + "; the same command with --resume goes on from there"
        : "there is no checkpoint yet, so training starts again";
  }

  /**
   * What was accepted, part by part: what is missing in all of one says that something is amiss.
   */
  private static List<String> warnings(ModelTraining run) {
    List<String> lines = new ArrayList<>();
    Tokenizer tokenizer = run.tokenizer();
    run.parts()
        .forEach(
            (file, patients) -> {
              UnknownCodes codes = new UnknownCodes(run.vocabulary(), run.config().specialTokens());
              WarningCounts warnings = new WarningCounts();
              TabularNames names = new TabularNames();
              for (Trajectory patient : patients) {
                codes.add(patient);
                names.add(patient);
                warnings.add(patient, tokenizer.tokenize(patient), run.config().tabularNames());
              }
              warnings.lines(codes, names).forEach(line -> lines.add(file + ": " + line));
            });
    lines.addAll(classesWithoutPatients(run));
    return lines;
  }

  /** Classes that no figure of a part speaks of; a label that is a slip makes one. */
  private static List<String> classesWithoutPatients(ModelTraining run) {
    Labels labels = run.config().classifier().labels();
    List<String> lines = new ArrayList<>();
    boolean told = run.config().nextToken() == null && !labels.multiLabel();
    for (int label = 0; told && label < labels.classes(); label++) {
      for (Map.Entry<String, List<Trajectory>> part : run.parts().entrySet()) {
        int wanted = label;
        if (part.getValue().stream().noneMatch(patient -> patient.label() == wanted)) {
          lines.add(
              part.getKey()
                  + ": no patient has the label "
                  + label
                  + ", one of the model's "
                  + labels.classes()
                  + " classes");
        }
      }
    }
    return lines;
  }

  private static List<String> summary(TrainResult result) {
    EpochReport best = result.best();
    String kept =
        Text.count(result.parameters(), "weight")
            + ", those of epoch "
            + best.epoch()
            + ": validation "
            + TrainProgress.quality(best.validation())
            + (result.unigram() == null
                ? ""
                : "; how often each token occurs gives " + TrainProgress.quality(result.unigram()));
    if (result.test() == null) {
      return List.of(kept);
    }
    List<String> lines = new ArrayList<>();
    lines.add(kept);
    lines.add(
        "test "
            + (result.test() instanceof Metrics metrics
                ? TrainProgress.metrics(metrics, result.testAuroc())
                : TrainProgress.quality(result.test()))
            + (result.testLabels().isEmpty() ? "" : ", means over the labels"));
    result.testLabels().forEach(label -> lines.add("  " + label(label)));
    return lines;
  }

  private static String label(LabelMetrics label) {
    return "label "
        + label.label()
        + (label.name() == null ? "" : " (" + label.name() + ")")
        + ", "
        + label.positives()
        + " of "
        + Text.count(label.patients(), "patient")
        + (label.auroc() == null
            ? ": no AUROC; Brier " + Text.decimal(label.metrics().brier(), 4)
            : ": " + TrainProgress.metrics(label.metrics(), label.auroc()));
  }
}
