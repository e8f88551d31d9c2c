package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.evaluation.EvaluatedMethod;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.attribution.evaluation.SanityCheck;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig evaluate}: how faithful, sparse, complete and fast the methods are on a cohort. */
@Command(
    name = "evaluate",
    header = "Compare attribution methods on a cohort",
    customSynopsis =
        "gsig evaluate --model DIR --cohort FILE [--references FILE] [--out DIR] [OPTIONS]",
    description = {
      "Compares attribution methods from every baseline, and controls: comprehensiveness and"
          + " sufficiency (ERASER), infidelity, l21, completeness gap, codes that carry 90%%, time;"
          + " by option max-sensitivity and a check with random weights. Means over patients with"
          + " 95%% bootstrap intervals, and paired differences from integrated gradients on the"
          + " zero baseline."
    },
    footer = {
      "gsig evaluate --model demo/model --cohort demo/test.jsonl \\",
      "    --references demo/validation.jsonl --out evaluation --plots plots"
    })
final class EvaluateCommand extends FaithfulnessCommand<EvaluateCommand.Figures> {
  @Option(
      names = "--references",
      paramLabel = "FILE",
      description =
          "validation patients for Expected Gradients, without which it is left out; among them is"
              + " --reference-patient")
  private Path references;

  @Option(
      names = "--reference-patient",
      paramLabel = "ID",
      description = "one more baseline: the codes of this patient of --references")
  private String referencePatient;

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
      description =
          "${COMPLETION-CANDIDATES}, or group:FILE, the mean of the patients of a cohort; default:"
              + " all that the model has a token for")
  private String baselines;

  @Option(
      names = "--steps",
      paramLabel = "K",
      defaultValue = "50",
      description = "steps of the right Riemann sums and of the bounded measure; default: 50")
  private int steps;

  @Option(
      names = "--sanity-check",
      description =
          "replace the model's weights by random ones, part after part, and print how alike each"
              + " method's scores still are: rank correlations of signed scores and of their sizes."
              + " Explains every patient again for each part")
  private boolean sanityCheck;

  @Mixin private SampledFlags sampled;
  @Mixin private FaithfulnessFlags faithfulness;

  /** The names that {@code --methods} knows. */
  private static final class MethodNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // picocli makes one
    MethodNames() {
      EvaluatedMethods.named().forEach(m -> add(m.label()));
    }
  }

  /**
   * What is measured.
   *
   * @param bank where Expected Gradients starts; null without
   */
  record Figures(
      EvaluationResult result,
      List<Line> lines,
      List<Evaluation> evaluations,
      ReferenceBank bank) {}

  EvaluateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  FaithfulnessFlags shared() {
    return faithfulness;
  }

  @Override
  Path out() {
    return out;
  }

  @Override
  String contents() {
    return "figures of every method and patient";
  }

  @Override
  FileSet files() {
    return Kinds.EVALUATION;
  }

  @Override
  FileSet plots() {
    return Kinds.EVALUATION_PLOTS;
  }

  @Override
  Integer limit() {
    return null;
  }

  @Override
  String baselineOption() {
    return "--baselines";
  }

  @Override
  void check() {
    List<EvaluatedMethod> compared = compared();
    faithfulness.options(compared, chosenBaselines(), steps, null);
    sampled.metrics();
    boolean bankNeeded = compared.stream().anyMatch(EvaluatedMethod::needsReferences);
    if (references != null && !bankNeeded && referencePatient == null) {
      throw faithfulness.wrong("--references is for the method expected-gradients; leave it out");
    }
    if (references == null && faithfulness.isGiven("--reference-count")) {
      throw faithfulness.wrong("--reference-count is for --references; leave it out");
    }
    if ((baselines != null || referencePatient != null)
        && compared.stream().noneMatch(EvaluatedMethod::usesBaseline)) {
      throw faithfulness.wrong("--baselines: no method that is asked for has one; leave it out");
    }
    if (referenceCount < 1) {
      throw faithfulness.wrong("--reference-count must be at least 1, but is " + referenceCount);
    }
  }

  @Override
  EvaluationOptions options(Model loaded) {
    return faithfulness
        .options(
            fitting(loaded, compared()), usable(loaded, chosenBaselines()), steps, loaded.labels())
        .with(sampled.metrics());
  }

  @Override
  Figures measure(LabelledCohort asked, Setup setup, EvaluationOptions options) {
    boolean bankNeeded = options.methods().stream().anyMatch(EvaluatedMethod::needsReferences);
    ReferenceBank bank =
        bankNeeded
            ? ReferenceBank.of(setup.model(), CohortReader.readAll(references), referenceCount)
            : null;
    Evaluator evaluator = Evaluator.of(setup.model(), setup.baseline(), bank, options);
    List<Evaluation> evaluations = new ArrayList<>();
    long all = (1L + asked.patients().size()) * evaluator.lines().size();
    try (Progress progress = Progress.start(terminal, "evaluating", all, "results")) {
      evaluator.evaluateAll(
          asked.patients(), setup.threads(), progress::step, evaluations::add, asked::leaveOut);
    }
    LabelledCohort used = asked.used();
    EvaluationResult result =
        new EvaluationResult(
            evaluator.lines(),
            evaluations,
            Metric.measured(options.sampled()),
            sanityCheck ? checked(evaluator, used, setup) : List.of(),
            new Bootstrap(faithfulness.seed()));
    return new Figures(result, evaluator.lines(), evaluations, bank);
  }

  @Override
  void add(Figures figures, OutputFolder folder, Setup setup, EvaluationOptions options) {
    EvaluationResult result = figures.result();
    List<Evaluation> evaluations = figures.evaluations();
    folder.add(EvaluationFiles.SUMMARY, EvaluationFiles.summary(result));
    folder.add(
        EvaluationFiles.JSON, EvaluationFiles.json(result, setup, options, evaluations.size()));
    folder.add(
        EvaluationFiles.PATIENTS,
        EvaluationFiles.patients(figures.lines(), evaluations, result.metrics()));
  }

  @Override
  void plot(Figures figures, int width, OutputFolder folder) {
    EvaluationPlots.write(figures.result(), width, folder);
  }

  private List<SanityCheck.Step> checked(
      Evaluator evaluator, LabelledCohort patients, Setup setup) {
    long all = SanityCheck.count(evaluator, patients.patients().size());
    try (Progress progress = Progress.start(terminal, "checking", all, "results")) {
      return SanityCheck.run(
          evaluator, patients.patients(), setup.threads(), faithfulness.seed(), progress::step);
    }
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
    if (methods != null || !comparators || loaded.startsAtCodes()) {
      return compared;
    }
    terminal.say(
        "note: the method dig is left out: the model's attributions are not taken at the code"
            + " embedding (attribution_point)");
    return compared.stream().filter(m -> m != EvaluatedMethods.DIG).toList();
  }

  private List<SequenceBaseline> chosenBaselines() {
    List<SequenceBaseline> chosen = new ArrayList<>();
    if (baselines == null) {
      chosen.addAll(FaithfulnessFlags.BASELINES);
    } else {
      for (String text : baselines.split(",", -1)) {
        chosen.add(faithfulness.baseline("--baselines", text.strip()));
      }
    }
    if (referencePatient != null) {
      chosen.add(faithfulness.patient(referencePatient, references));
    }
    return chosen.stream().distinct().toList();
  }

  /**
   * All that are asked for by name; else those that the model has a token for. References of one's
   * own are looked for.
   */
  private List<SequenceBaseline> usable(Model loaded, List<SequenceBaseline> chosen) {
    List<SequenceBaseline> usable = new ArrayList<>();
    for (SequenceBaseline b : chosen) {
      String lacking = baselines == null ? b.lacks(loaded.tokenizer().specialTokens()) : null;
      if (lacking == null) {
        usable.add(ReferenceChoice.found(b, loaded));
      } else {
        terminal.say(
            "note: the baseline '"
                + b.label()
                + "' is left out: the model's "
                + Model.configuration(loaded.folder()).getFileName()
                + " has no "
                + lacking);
      }
    }
    return usable;
  }

  @Override
  void print(Figures figures, LabelledCohort patients, Setup setup, EvaluationOptions options) {
    EvaluationResult result = figures.result();
    ReferenceBank bank = figures.bank();
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
    List<String> drawn = EvaluationTable.sampled(result);
    if (!drawn.isEmpty()) {
      terminal.print("");
      terminal.print(
          "Signed scores against random removals and small moves, lower is better: mean [95%"
              + " interval]");
      drawn.forEach(terminal::print);
    }
    List<String> sanity = EvaluationTable.sanity(result);
    if (!sanity.isEmpty()) {
      terminal.print("");
      terminal.print(
          "Scores under random weights, from the classifier down to each part: rank correlation"
              + " with the model's own, of signed scores and of their sizes, mean");
      sanity.forEach(terminal::print);
    }
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

  @Override
  void warn(Figures figures) {
    for (EvaluationResult.Row row : figures.result().rows()) {
      if (row.fellBack() > 0) {
        terminal.warn(
            row.line().method().title()
                + " from "
                + row.baseline()
                + ": the constraint could not be met in "
                + Text.count(row.fellBack(), "patient")
                + (row.line().method() instanceof EvaluatedMethod.WithOptions m
                    ? "; " + m.method().fallback()
                    : ""));
      }
    }
  }
}
