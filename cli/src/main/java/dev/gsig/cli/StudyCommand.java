package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.StepStudy;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig study}: what theta changes at each number of steps. */
@Command(
    name = "study",
    header = "Show what theta and the steps change",
    customSynopsis = "gsig study --model DIR --cohort FILE [--out DIR] [OPTIONS]",
    description = {
      "Shows how l21, the completeness gap, comprehensiveness and sufficiency depend on the number"
          + " of steps and on theta, and which part of GS-IG's l21 reduction survives as the steps"
          + " grow."
    },
    footer = {"gsig study --model demo/model --cohort demo/test.jsonl --patients 20"})
final class StudyCommand extends FaithfulnessCommand<StudyResult> {
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
          "where the path of the codes starts: ${COMPLETION-CANDIDATES}, or group:FILE, the mean of"
              + " the patients of a cohort; default: manifold-mean")
  private String baseline;

  @Option(
      names = "--reference-patient",
      paramLabel = "ID",
      description =
          "the path of the codes starts at this patient of --references, in place of --baseline")
  private String referencePatient;

  @Option(
      names = "--references",
      paramLabel = "FILE",
      description = "the file of patients that has --reference-patient")
  private Path references;

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

  @Mixin private FaithfulnessFlags faithfulness;

  StudyCommand(Terminal terminal) {
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
    return "surfaces over steps and theta";
  }

  @Override
  FileSet files() {
    return Kinds.STUDY;
  }

  @Override
  FileSet plots() {
    return Kinds.STUDY_PLOTS;
  }

  @Override
  Integer limit() {
    return limit;
  }

  @Override
  String baselineOption() {
    return "--baseline";
  }

  @Override
  void check() {
    counts();
    candidates();
    isExact();
    faithfulness.options(List.of(), List.of(start()), 1, null);
    if (limit != null && limit < 1) {
      throw faithfulness.wrong("--patients must be at least 1, but is " + limit);
    }
  }

  @Override
  EvaluationOptions options(Model loaded) {
    SequenceBaseline found = ReferenceChoice.found(start(), loaded);
    return faithfulness.options(List.of(), List.of(found), 1, loaded.labels());
  }

  private SequenceBaseline start() {
    if (referencePatient == null) {
      if (references != null) {
        throw faithfulness.wrong("--references is for --reference-patient; leave it out");
      }
      return faithfulness.baseline("--baseline", baseline);
    }
    if (faithfulness.isGiven("--baseline")) {
      throw faithfulness.wrong(
          "--reference-patient is in place of --baseline; give one of the two");
    }
    return faithfulness.patient(referencePatient, references);
  }

  private boolean isExact() {
    List<String> ways = List.of("shared", "exact");
    return Choice.of(faithfulness.command(), "--theta-search", search, ways, name -> name)
        .equals("exact");
  }

  @Override
  StudyResult measure(LabelledCohort asked, Setup setup, EvaluationOptions options) {
    List<Integer> counts = counts();
    StepStudy study =
        StepStudy.of(setup.model(), setup.baseline(), options, counts, candidates(), isExact());
    List<List<StepStudy.Curve>> curves = new ArrayList<>();
    long all = (long) asked.patients().size() * counts.size();
    try (Progress progress = Progress.start(terminal, "studying", all, "curves")) {
      study.studyAll(
          asked.patients(), setup.threads(), progress::step, curves::add, asked::leaveOut);
    }
    asked.used(); // refuses a cohort of which nobody is left, who would have no figures
    return new StudyResult(curves, new Bootstrap(faithfulness.seed()));
  }

  @Override
  void add(StudyResult result, OutputFolder folder, Setup setup, EvaluationOptions options) {
    folder.add(StudyFiles.SURFACES, StudyFiles.surfaces(result));
    folder.add(StudyFiles.JSON, StudyFiles.json(result, setup, options, isExact()));
  }

  @Override
  void plot(StudyResult result, int width, OutputFolder folder) {
    StudyPlots.write(result, width, folder);
  }

  @Override
  void print(StudyResult result, LabelledCohort patients, Setup setup, EvaluationOptions options) {
    terminal.print(
        patients.inWords()
            + ", baseline "
            + options.baselines().get(0).label()
            + ", tabular baseline "
            + options.tabularBaseline().label()
            + ", sums "
            + (isExact() ? "exact" : "on shared gradients"));
    FaithfulnessFlags.sayExplained(terminal, setup.model(), options);
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
