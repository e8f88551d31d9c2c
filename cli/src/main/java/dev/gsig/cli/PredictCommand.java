package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.internal.WarningCounts;
import dev.gsig.attribution.internal.run.CohortRun;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gsig predict}: a cohort in, probabilities out, and how well they tell the labels. */
@Command(
    name = "predict",
    header = "Predict without explaining",
    customSynopsis = "gsig predict --model DIR --cohort FILE [--out FILE] [OPTIONS]",
    description = {
      "Computes what a model says of each patient, and where patients have labels how well it tells"
          + " them: AUROC with a 95%% bootstrap interval, AUPRC, Brier score, and the mean"
          + " probability beside the share of patients."
    },
    footer = {
      "gsig predict --model demo/model --cohort demo/test.jsonl",
      "gsig predict --model demo/model --cohort demo/validation.jsonl \\",
      "    --out predictions.csv"
    })
final class PredictCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Mixin private ModelFlags model;
  @Mixin private CohortFlags cohort;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "table of the patients, CSV: subject_id, label, predicted_class, and the probability (of"
              + " class 1 if the model has one logit, else of each class); earlier predictions there"
              + " are replaced")
  private Path out;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "patients at a time; default: the number of processors")
  private Integer threads;

  @Mixin private BackendFlags backend;

  PredictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A patient and what the model computes of them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Predicted(Trajectory patient, double[] logits) {}

  @Override
  public Integer call() {
    if (threads != null && threads < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads must be at least 1, but is " + threads);
    }
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (out != null) {
      Kinds.PREDICTIONS.requireReplaceable(out);
    }
    try (CohortPatients patients = cohort.open(terminal);
        Model loaded = backend.load(model.model, terminal)) {
      Predictions predictions = Predictions.of(loaded, patients.name());
      UnknownCodes codes = CohortPatients.unknownCodes(loaded);
      WarningCounts warnings = new WarningCounts();
      try (Progress progress = Progress.start(terminal, "predicting", cohort.count(terminal))) {
        new CohortRun<Predicted>(
                p -> {
                  progress.step();
                  predictions.add(p.patient(), p.logits());
                  warnings.add(
                      p.patient(), loaded.tokenizer().tokenize(p.patient()), loaded.featureNames());
                  patients.used(p.patient().subjectId());
                },
                patients::leaveOut)
            .map(
                loaded::letGoOfIdle,
                () -> patients.checked(codes),
                workers,
                patient -> new Predicted(patient, loaded.logits(patient)));
      }
      patients.requireAny(predictions.size());
      predictions.quality().forEach(terminal::print);
      if (out != null) {
        AtomicFile.write(
            out, stream -> stream.write(predictions.table().getBytes(StandardCharsets.UTF_8)));
        terminal.inform(Text.count(predictions.size(), "prediction") + " in " + out);
      }
      patients.say(terminal);
      warnings.lines(codes, patients.tabularNames()).forEach(terminal::warn);
    }
    return 0;
  }
}
