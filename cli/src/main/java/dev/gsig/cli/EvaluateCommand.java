package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.evaluation.EvaluatedMethod;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.EvaluatedPathMethod;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.ehr.CohortReader;
import dev.gsig.transformer.config.AttributionPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig evaluate}: how faithful, sparse, complete and fast the methods are on a cohort. */
@Command(
    name = "evaluate",
    customSynopsis =
        "gsig evaluate --model DIR --cohort FILE [--references FILE] [--out DIR] [OPTIONS]",
    description = {
      "Compares attribution methods from every baseline, and controls: comprehensiveness and"
          + " sufficiency (ERASER), l21, completeness gap, codes that carry 90%%, time. Means over"
          + " patients with 95%% bootstrap intervals, and paired differences from integrated"
          + " gradients on the zero baseline."
    })
final class EvaluateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ModelFlags model;
  @Mixin private CohortFlags cohort;

  @Option(
      names = "--references",
      paramLabel = "FILE",
      description = "validation patients for Expected Gradients; without, it is left out")
  private Path references;

  @Option(
      names = "--reference-count",
      paramLabel = "N",
      defaultValue = "20",
      description = "how many of them are used, at equal distances; default: 20")
  private int referenceCount;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for evaluation.csv, evaluation.json and evaluation-patients.csv")
  private Path out;

  @Option(names = "--overwrite", description = "replace the files that --out holds")
  private boolean overwrite;

  @Option(
      names = "--methods",
      paramLabel = "NAME,...",
      completionCandidates = MethodNames.class,
      description =
          "${COMPLETION-CANDIDATES}; default: all but the comparators idgi, guided-ig, dig and"
              + " shapley")
  private String methods;

  @Option(
      names = "--comparators",
      description =
          "compare with the methods idgi, guided-ig, dig and shapley, too, which take many times as"
              + " long as the rest")
  private boolean comparators;

  @Option(
      names = "--baselines",
      paramLabel = "NAME,...",
      completionCandidates = FaithfulnessFlags.BaselineNames.class,
      description = "${COMPLETION-CANDIDATES}; default: all that the model has a token for")
  private String baselines;

  @Option(
      names = "--steps",
      paramLabel = "K",
      defaultValue = "50",
      description = "steps of the right Riemann sums and of the bounded measure; default: 50")
  private int steps;

  @Mixin private PlotFlags plots;
  @Mixin private FaithfulnessFlags faithfulness;
  @Mixin private BackendFlags backend;

  /** The names that {@code --methods} knows. */
  private static final class MethodNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // picocli makes one
    MethodNames() {
      EvaluatedMethods.named().forEach(m -> add(m.label()));
    }
  }

  EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<EvaluatedMethod> compared = compared();
    List<SequenceBaseline> chosen = chosenBaselines();
    faithfulness.options(compared, chosen, steps, null); // a wrong option is named before any work
    boolean bankNeeded = compared.stream().anyMatch(EvaluatedMethod::needsReferences);
    if (references != null && !bankNeeded) {
      throw faithfulness.wrong("--references is for the method expected-gradients; leave it out");
    }
    if (references == null && faithfulness.isGiven("--reference-count")) {
      throw faithfulness.wrong("--reference-count is for --references; leave it out");
    }
    if (baselines != null && compared.stream().noneMatch(EvaluatedMethod::usesBaseline)) {
      throw faithfulness.wrong("--baselines: no method that is asked for has one; leave it out");
    }
    if (referenceCount < 1) {
      throw faithfulness.wrong("--reference-count must be at least 1, but is " + referenceCount);
    }
    if (out == null && overwrite) {
      throw faithfulness.wrong("--overwrite is for --out DIR; leave it out");
    }
    OutputFolder files = OutputFolder.at(out, overwrite, Kinds.EVALUATION);
    OutputFolder svg = plots.folder(Kinds.EVALUATION_PLOTS);
    LabelledCohort asked = LabelledCohort.read(cohort, terminal, null);
    LongRun.begins();
    try (Model loaded = backend.load(model.model, terminal)) {
      asked.requireKnown(loaded);
      EvaluationOptions options =
          faithfulness.options(
              fitting(loaded, compared), usable(loaded, chosen), steps, loaded.labels());
      Setup setup = faithfulness.setup(loaded, options, "--baselines");
      ReferenceBank bank =
          bankNeeded
              ? ReferenceBank.of(loaded, CohortReader.readAll(references), referenceCount)
              : null;
      Evaluator evaluator = Evaluator.of(loaded, setup.baseline(), bank, options);
      List<Evaluation> evaluations = new ArrayList<>();
      long all = (1L + asked.patients().size()) * evaluator.lines().size();
      try (Progress progress = Progress.start(terminal, "evaluating", all, "results")) {
        evaluator.evaluateAll(
            asked.patients(), setup.threads(), progress::step, evaluations::add, asked::leaveOut);
      }
      LabelledCohort patients = asked.used();
      EvaluationResult result =
          new EvaluationResult(evaluator.lines(), evaluations, new Bootstrap(faithfulness.seed()));
      print(result, patients, setup, options, bank);
      files.add(EvaluationFiles.SUMMARY, EvaluationFiles.summary(result));
      files.add(
          EvaluationFiles.JSON, EvaluationFiles.json(result, setup, options, evaluations.size()));
      files.add(EvaluationFiles.PATIENTS, EvaluationFiles.patients(evaluator.lines(), evaluations));
      files.save();
      patients.sayWarnings(terminal, loaded, options.percents());
      sayFallBacks(result);
      if (plots.asked()) {
        EvaluationPlots.write(result, svg);
      }
      if (out != null) {
        terminal.inform("figures of every method and patient in " + out);
      }
    }
    return 0;
  }

  private List<EvaluatedMethod> compared() {
    List<EvaluatedMethod> all = EvaluatedMethods.named();
    if (methods == null) {
      return (comparators ? all : EvaluatedMethods.usual())
          .stream().filter(m -> references != null || !m.needsReferences()).toList();
    }
    if (comparators) {
      throw faithfulness.wrong("--comparators adds to the default; name them in --methods");
    }
    List<EvaluatedMethod> chosen =
        Choice.list(faithfulness.command(), "--methods", methods, all, EvaluatedMethod::label);
    for (EvaluatedMethod m : chosen) {
      if (references == null && m.needsReferences()) {
        throw faithfulness.wrong(
            "the method " + m.label() + " needs --references, a file of validation patients");
      }
    }
    return chosen;
  }

  /** All that are asked for by name; else those that can explain the model. */
  private List<EvaluatedMethod> fitting(Model loaded, List<EvaluatedMethod> compared) {
    if (methods != null
        || !comparators
        || loaded.config().attributionPoint() == AttributionPoint.CODE) {
      return compared;
    }
    terminal.say(
        "note: the method dig is left out: the model's attributions are not taken at the code"
            + " embedding (attribution_point)");
    return compared.stream().filter(m -> m != EvaluatedMethods.DIG).toList();
  }

  private List<SequenceBaseline> chosenBaselines() {
    List<SequenceBaseline> all = FaithfulnessFlags.BASELINES;
    return baselines == null
        ? all
        : Choice.list(
            faithfulness.command(), "--baselines", baselines, all, SequenceBaseline::label);
  }

  /** All that are asked for by name; else those that the model has a token for. */
  private List<SequenceBaseline> usable(Model loaded, List<SequenceBaseline> chosen) {
    if (baselines != null) {
      return chosen;
    }
    List<SequenceBaseline> usable = new ArrayList<>();
    for (SequenceBaseline b : chosen) {
      String lacking = b.lacks(loaded.config().specialTokens());
      if (lacking == null) {
        usable.add(b);
      } else {
        terminal.say(
            "note: the baseline '"
                + b.label()
                + "' is left out: the model's config.json has no "
                + lacking);
      }
    }
    return usable;
  }

  private void print(
      EvaluationResult result,
      LabelledCohort patients,
      Setup setup,
      EvaluationOptions options,
      ReferenceBank bank) {
    terminal.print(
        patients.inWords()
            + ", "
            + Text.count(options.steps(), "step")
            + ", tabular baseline "
            + options.tabularBaseline().label()
            + (bank == null ? "" : ", " + Text.count(bank.size(), "reference")));
    FaithfulnessFlags.sayExplained(terminal, setup.model(), options);
    terminal.print(FaithfulnessFlags.removal(options));
    terminal.print("");
    if (result.ignoresCodes()) {
      terminal.print(IgnoredCodes.SENTENCE);
      return;
    }
    terminal.print("Codes ranked by l2: mean [95% interval]");
    EvaluationTable.means(result).forEach(terminal::print);
    terminal.print("");
    terminal.print("Codes ranked by signed scores: mean [95% interval]");
    EvaluationTable.signedMeans(result).forEach(terminal::print);
    List<String> differences = EvaluationTable.differences(result);
    if (!differences.isEmpty()) {
      terminal.print("");
      terminal.print(
          "Difference from IG, right Riemann, on the zero baseline: mean [95% interval]");
      differences.forEach(terminal::print);
    }
    terminal.print("");
    terminal.print(
        "comprehensiveness: higher is better; sufficiency: lower is better. ms: one patient, while "
            + Text.count(setup.threads(), "thread")
            + " worked.");
  }

  private void sayFallBacks(EvaluationResult result) {
    for (EvaluationResult.Row row : result.rows()) {
      if (row.fellBack() > 0) {
        terminal.warn(
            row.line().method().title()
                + " from "
                + row.baseline()
                + ": the constraint could not be met in "
                + Text.count(row.fellBack(), "patient")
                + (row.line().method() instanceof EvaluatedPathMethod m
                    ? "; " + m.method().fallback()
                    : ""));
      }
    }
  }
}
