package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.StepStudy;
import dev.gsig.attribution.path.ThetaCandidates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig study}: what theta changes at each number of steps. */
@Command(
    name = "study",
    customSynopsis = "gsig study --model DIR --cohort FILE [--out DIR] [OPTIONS]",
    description = {
      "Shows how l21, the completeness gap, comprehensiveness and sufficiency depend on the number"
          + " of steps and on theta, and which part of GS-IG's l21 reduction survives as the steps"
          + " grow."
    })
final class StudyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ModelFlags model;
  @Mixin private CohortFlags cohort;

  @Option(
      names = "--steps",
      paramLabel = "K,...",
      defaultValue = "8,16,32,64,128,256,512",
      description = "numbers of steps; default: 8,16,32,64,128,256,512")
  private String steps;

  @Option(
      names = "--theta",
      paramLabel = "THETA",
      defaultValue = "auto",
      description =
          "exponents, 1 always included: auto (10 log-spaced values from 0.1 to 5), grid:LO:HI:N or"
              + " list:A,B,...; default: auto")
  private String theta;

  @Option(
      names = "--theta-search",
      paramLabel = "HOW",
      defaultValue = "shared",
      description =
          "shared (gradients at nodes that all exponents share; in full what they do not know to"
              + " 0.1%% by their own estimate: with a ReLU in the model nearly all) or exact (every"
              + " sum in full, which takes long); default: shared")
  private String search;

  @Option(
      names = "--baseline",
      paramLabel = "NAME",
      defaultValue = "manifold-mean",
      completionCandidates = FaithfulnessFlags.BaselineNames.class,
      description =
          "where the path of the codes starts: ${COMPLETION-CANDIDATES}; default: manifold-mean")
  private String baseline;

  @Option(
      names = "--patients",
      paramLabel = "N",
      description = "the first N patients of the cohort; default: all")
  private Integer limit;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for study.csv and study.json, the surfaces in full")
  private Path out;

  @Option(names = "--overwrite", description = "replace the files that --out holds")
  private boolean overwrite;

  @Mixin private PlotFlags plots;
  @Mixin private FaithfulnessFlags faithfulness;
  @Mixin private BackendFlags backend;

  StudyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Integer> counts = counts();
    ThetaCandidates candidates = candidates();
    boolean exact =
        Choice.of(
                faithfulness.command(),
                "--theta-search",
                search,
                List.of("shared", "exact"),
                name -> name)
            .equals("exact");
    SequenceBaseline start =
        Choice.of(
            faithfulness.command(),
            "--baseline",
            baseline,
            FaithfulnessFlags.BASELINES,
            SequenceBaseline::label);
    faithfulness.options(
        List.of(), List.of(start), 1, null); // a wrong option is named before any work
    if (limit != null && limit < 1) {
      throw faithfulness.wrong("--patients must be at least 1, but is " + limit);
    }
    if (out == null && overwrite) {
      throw faithfulness.wrong("--overwrite is for --out DIR; leave it out");
    }
    OutputFolder files = OutputFolder.at(out, overwrite, Kinds.STUDY);
    OutputFolder svg = plots.folder(Kinds.STUDY_PLOTS);
    LabelledCohort asked = LabelledCohort.read(cohort, terminal, limit);
    LongRun.begins();
    try (Model loaded = backend.load(model.model, terminal)) {
      asked.requireKnown(loaded);
      EvaluationOptions options =
          faithfulness.options(List.of(), List.of(start), 1, loaded.labels());
      Setup setup = faithfulness.setup(loaded, options, "--baseline");
      StepStudy study = StepStudy.of(loaded, setup.baseline(), options, counts, candidates, exact);
      List<List<StepStudy.Curve>> curves = new ArrayList<>();
      long all = (long) asked.patients().size() * counts.size();
      try (Progress progress = Progress.start(terminal, "studying", all, "curves")) {
        study.studyAll(
            asked.patients(), setup.threads(), progress::step, curves::add, asked::leaveOut);
      }
      LabelledCohort patients = asked.used();
      StudyResult result = new StudyResult(curves, new Bootstrap(faithfulness.seed()));
      print(result, patients, loaded, options, exact);
      files.add(StudyFiles.SURFACES, StudyFiles.surfaces(result));
      files.add(StudyFiles.JSON, StudyFiles.json(result, setup, options, exact, curves.size()));
      files.save();
      patients.sayWarnings(terminal, loaded, options.percents());
      if (plots.asked()) {
        StudyPlots.write(result, svg);
      }
      if (out != null) {
        terminal.inform("surfaces over steps and theta in " + out);
      }
    }
    return 0;
  }

  private void print(
      StudyResult result,
      LabelledCohort patients,
      Model loaded,
      EvaluationOptions options,
      boolean exact) {
    terminal.print(
        patients.inWords()
            + ", baseline "
            + options.baselines().get(0).label()
            + ", tabular baseline "
            + options.tabularBaseline().label()
            + ", sums "
            + (exact ? "exact" : "on shared gradients"));
    FaithfulnessFlags.sayExplained(terminal, loaded, options);
    terminal.print(FaithfulnessFlags.removal(options));
    terminal.print("");
    if (result.ignoresCodes()) {
      terminal.print(IgnoredCodes.SENTENCE);
      return;
    }
    terminal.print("At the theta with the smallest l21 of each patient, against theta = 1:");
    StudyFiles.table(result).forEach(terminal::print);
    terminal.print("");
    terminal.print(
        "l21 and changes of comprehensiveness and sufficiency: mean [95% interval]; relative"
            + " completeness gaps and theta: median.");
  }

  private List<Integer> counts() {
    try {
      List<Integer> counts =
          Arrays.stream(steps.split(",", -1))
              .map(text -> Integer.parseInt(text.strip()))
              .distinct()
              .sorted()
              .toList();
      if (counts.get(0) >= 1 && counts.get(counts.size() - 1) <= 1_000_000) {
        return counts;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for every unusable list
    }
    throw faithfulness.wrong(
        "--steps: '" + steps + "' is not a list of whole numbers from 1 to 1000000, as 8,64,512");
  }

  private ThetaCandidates candidates() {
    try {
      ThetaCandidates candidates = ThetaCandidates.parse(theta);
      if (!candidates.continuous() && !candidates.fixed()) {
        return candidates;
      }
    } catch (IllegalArgumentException e) {
      throw faithfulness.wrong(e.getMessage());
    }
    throw faithfulness.wrong("--theta must be auto, grid:LO:HI:N or list:A,B,... in a study");
  }
}
