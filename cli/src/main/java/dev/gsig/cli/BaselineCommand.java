package dev.gsig.cli;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.internal.WarningCounts;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.OutputLock;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig baseline}: a validation cohort in, the means that paths start from out. */
@Command(
    name = "baseline",
    header = "Compute where paths start",
    customSynopsis = "gsig baseline --model DIR --cohort FILE [--out FILE] [OPTIONS]",
    description = {
      "Computes the means of a validation cohort that the baselines manifold-mean,"
          + " manifold-mean-unpadded and (tabular) mean start from. An earlier baseline is"
          + " replaced."
    },
    footer = {"gsig baseline --model MODEL --cohort validation.jsonl"})
final class BaselineCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ModelFlags model;
  @Mixin private CohortFlags cohort;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "where the means go; default: baseline.safetensors in the model folder")
  private Path out;

  @Mixin private BackendFlags backend;

  BaselineCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path target = out == null ? model.model.resolve(Baseline.FILE_NAME) : out;
    if (out != null) {
      return average(target);
    }
    OutputLock lock = Outputs.lockFile(target, terminal);
    try {
      return average(target);
    } finally {
      lock.close();
    }
  }

  private int average(Path target) {
    Kinds.BASELINE.requireReplaceable(target);
    List<String> warnings;
    Baseline baseline;
    try (CohortPatients patients = cohort.open(terminal);
        Model loaded = backend.load(model.model, terminal)) {
      UnknownCodes codes = CohortPatients.unknownCodes(loaded);
      WarningCounts counts = new WarningCounts();
      try (Progress progress = Progress.start(terminal, "averaging", cohort.count(terminal))) {
        Iterator<Trajectory> watched =
            new Watched(patients.checked(codes), patients, loaded, counts, progress);
        // An empty cohort is refused by its name, and one without usable patients with a reason.
        patients.requireAny(watched.hasNext() ? 1 : 0);
        baseline = Baseline.estimate(loaded, () -> watched, patients::leaveOut);
      }
      patients.say(terminal);
      warnings = counts.lines(codes, patients.tabularNames());
    }
    baseline.save(target);
    warnings.forEach(terminal::warn);
    terminal.inform(
        "means of " + Text.count(baseline.patients(), "validation patient") + " in " + target);
    return 0;
  }

  /** Patients that the model reads on their way to the means, counted. */
  private static final class Watched extends LookAhead<Trajectory> {
    private final Iterator<Trajectory> patients;
    private final CohortPatients cohort;
    private final Model model;
    private final Tokenizer tokenizer;
    private final WarningCounts warnings;
    private final Progress progress;
    private Trajectory last;

    Watched(
        Iterator<Trajectory> patients,
        CohortPatients cohort,
        Model model,
        WarningCounts warnings,
        Progress progress) {
      this.patients = patients;
      this.cohort = cohort;
      this.model = model;
      this.tokenizer = model.tokenizer();
      this.warnings = warnings;
      this.progress = progress;
    }

    @Override
    Trajectory read() {
      if (last != null) {
        cohort.used(last.subjectId());
        last = null;
      }
      while (last == null && patients.hasNext()) {
        Trajectory patient = patients.next();
        progress.step();
        try {
          warnings.add(patient, tokenizer.tokenize(patient), model.featureNames());
          last = patient;
        } catch (InvalidInputException e) {
          cohort.leaveOut(patient, e);
        }
      }
      return last;
    }
  }
}
