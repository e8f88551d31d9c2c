package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gsig explain}: a cohort in, one line of attributions a patient out. */
@Command(
    name = "explain",
    header = "Explain the patients of a cohort",
    customSynopsis = "gsig explain --model DIR --cohort FILE --out FILE [OPTIONS]",
    description = {
      "Explains every patient of a cohort: one line of JSON a patient, in the cohort's order, and"
          + " OUT.provenance.json beside it. Existing results are not overwritten unless asked.",
      "In a pipe: --cohort - --out -. Standard output then has the results and nothing else."
    },
    footer = {
      "gsig explain --model demo/model --cohort demo/test.jsonl --out results.jsonl",
      "# with a report for people, and plots for a paper",
      "gsig explain --model demo/model --cohort demo/test.jsonl --out results.jsonl \\",
      "    --report report.html --plots plots --overwrite",
      "# what the model would say without furosemide, or at the age of 60",
      "gsig explain --model demo/model --cohort demo/test.jsonl --out results.jsonl \\",
      "    --without m_313988 --with age=60 --overwrite",
      "# in a pipe",
      "gsig explain --model demo/model --cohort - --out - < demo/test.jsonl"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;
  @Mixin private ModelFlags model;
  @Mixin private CohortFlags cohort;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "the results, in JSON Lines; - writes them to standard output")
  private Path out;

  @Option(
      names = "--resume",
      description =
          "continue an interrupted run: keep the complete lines of --out, and explain the patients"
              + " behind them")
  private boolean resume;

  @Option(names = "--overwrite", description = "replace the results that --out holds")
  private boolean overwrite;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "also show the results in one HTML file, as 'gsig report' does")
  private Path report;

  @Mixin private PlotFlags plots;

  @Option(
      names = "--plot-patients",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "with --plots, how many patients, the first ones, get plots of their own; default: 5")
  private int plotPatients;

  @Mixin private GroupFlags groups;
  @Mixin private WhatIfFlags whatIf;
  @Mixin private BackendFlags backend;
  @Mixin private ExplanationFlags explanation;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    explanation.options(); // a wrong option is named before any work
    GroupChoice chosen = groups.choice();
    whatIf.check();
    if (plotPatients < 0) {
      throw new ParameterException(
          spec.commandLine(), "--plot-patients must be at least 0, but is " + plotPatients);
    }
    if (!plots.asked()) {
      Given.refuse(spec, "--plots DIR", "--plot-patients");
    }
    try (ResultFile results = results();
        CohortPatients patients = cohort.open(terminal)) {
      Outcomes outcomes = report == null ? new Outcomes() : patients.keepOutcomes();
      if (report != null || plots.asked()) {
        requireReadable(results);
      }
      if (report != null) {
        HtmlReport.requireWritable(report);
      }
      OutputFolder svg = plots.folder(Kinds.RESULT_PLOTS);
      try (Model loaded = backend.load(model.model, terminal)) {
        ExplainOptions options = explanation.options(loaded);
        Questions asked = whatIf.questions(loaded, usualQuestions());
        Setup setup =
            explanation.setup(loaded, options, "VALIDATION.jsonl").by(chosen).asking(asked);
        final ExplainRun run = explain(results, patients, setup);
        if (report != null) {
          var shown = ReportModel.of(loaded);
          int pages = HtmlReport.write(out, shown, outcomes, HtmlReport.MAX_PAGES, report);
          ReportCommand.say(terminal, report, pages, HtmlReport.MAX_PAGES);
        }
        if (plots.asked()) {
          AttributionPlots.write(out, loaded.descriptions(), plotPatients, plots.width(), svg);
        }
        run.requireAnswers();
      }
    }
    return 0;
  }

  /** Refuses a file that the report and the plots could not read again when it is finished. */
  private void requireReadable(ResultFile results) {
    if (!results.isRegular()) {
      throw new InvalidInputException(
          results.name()
              + ": --report and --plots read the results again, so --out must be a regular file");
    }
  }

  private ResultFile results() {
    ResultFile.Existing existing = existing();
    if (!Terminal.isStandardStream(out)) {
      return ResultFile.at(out, existing);
    }
    if (resume) {
      throw new ParameterException(
          spec.commandLine(), "--resume needs the earlier results, so --out must name a file");
    }
    return ResultFile.standardOutput(terminal);
  }

  private ResultFile.Existing existing() {
    if (resume && overwrite) {
      throw new ParameterException(
          spec.commandLine(), "--resume and --overwrite exclude each other");
    }
    return resume
        ? ResultFile.Existing.RESUME
        : overwrite ? ResultFile.Existing.OVERWRITE : ResultFile.Existing.REFUSE;
  }

  /** How many of the strongest are asked about where it is not told. */
  private int usualQuestions() {
    Questions before = resume && !Terminal.isStandardStream(out) ? Questions.recorded(out) : null;
    return before != null ? before.drivers() : report != null ? WhatIfFlags.SHOWN : 0;
  }

  private ExplainRun explain(ResultFile results, CohortPatients all, Setup setup) {
    UnknownCodes codes = CohortPatients.unknownCodes(setup.model());
    Iterator<Trajectory> patients = all.checked(codes);
    Provenance provenance = results.isRegular() ? new Provenance(out, all, setup) : null;
    ExplainRun run = new ExplainRun(terminal, setup, results, provenance, codes);
    KeptResults kept = KeptResults.NONE;
    if (resume && Files.exists(out)) {
      if (provenance != null) {
        provenance.requireSameInputs();
      }
      kept = KeptResults.skip(out, patients, all, setup, run::keep);
      if (kept.patients() == 0) {
        Kinds.RESULTS.requireReplaceable(out); // no line tells whose it is
      }
      results.keep(kept.bytes());
    }
    // An empty cohort is refused here, before anything of an earlier run is touched.
    if (!patients.hasNext()) {
      all.requireAny(kept.patients());
      results.open();
    }
    if (cohort.hasAtLeast(kept.patients() + (long) LongRun.PATIENTS)) {
      LongRun.begins();
    }
    long total = cohort.count(terminal) - kept.patients();
    run.explain(() -> patients, total, attribution -> {}, all);
    run.sayWarnings(all);
    run.sayAnswers();
    run.saySummary();
    return run;
  }
}
