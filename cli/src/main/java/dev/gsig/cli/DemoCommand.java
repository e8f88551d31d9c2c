package dev.gsig.cli;

import static java.util.stream.Collectors.joining;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig demo}: the bundled model explains the bundled patients. */
@Command(
    name = "demo",
    header = "Explain the patients of the bundled demo",
    customSynopsis = "gsig demo [--out DIR] [--all] [OPTIONS]",
    description = {
      "Explains test patients of the bundled demo and shows what came out. Results of an earlier"
          + " demo in the same folder are replaced."
    },
    footer = {
      "gsig demo",
      "# all 200 patients, with what concerns the methods",
      "gsig demo --all --details --out demo-results"
    })
final class DemoCommand implements Callable<Integer> {
  private static final int PATIENTS = 30;

  private final Terminal terminal;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "gsig-demo",
      description = "folder for the results; default: gsig-demo")
  private Path out;

  @Option(names = "--all", description = "every test patient, not only the first " + PATIENTS)
  private boolean all;

  @Option(
      names = "--details",
      description =
          "show the true label, too, and what concerns the methods: completeness gap, theta, l21")
  private boolean details;

  @Mixin private BackendFlags backend;
  @Mixin private ExplanationFlags explanation;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    final long start = System.nanoTime();
    DemoFolder demo = DemoFolder.find();
    // docs/choose-a-baseline.md has the figures that speak for it.
    explanation.usually(
        List.of(PathMethods.IG, PathMethods.GSIG),
        SequenceBaselines.MANIFOLD_MEAN_UNPADDED,
        demo.validation());
    explanation.options(); // a wrong option is named before any work
    Path test = demo.test();
    try (Model model = backend.load(demo.model());
        CohortPatients source =
            new CohortPatients(CohortReader.open(test), test.toString(), false, false)) {
      List<Trajectory> cohort = new ArrayList<>();
      source.iterator().forEachRemaining(cohort::add);
      List<Trajectory> patients =
          all ? cohort : cohort.subList(0, Math.min(PATIENTS, cohort.size()));
      UnknownCodes codes = CohortPatients.unknownCodes(model);
      patients.forEach(codes::add);
      codes.requireFew(test.toString());
      ExplainOptions options = explanation.options(model);
      Setup setup =
          explanation
              .setup(model, options, Text.argument(demo.validation()))
              .asking(Questions.ofDrivers(WhatIfFlags.SHOWN));
      Places.requireApart(out, demo.folder());
      createFolder();
      AtomicFile.deleteUnfinished(out, "attributions\\.jsonl\\.provenance\\.json|report\\.html");
      introduce(setup, patients.size(), cohort.size());

      if (patients.size() >= LongRun.PATIENTS) {
        LongRun.begins();
      }
      DemoTable table = new DemoTable(Words.of(model), options, details);
      Sample changes = new Sample();
      ExplainRun run;
      Path file = out.resolve("attributions.jsonl");
      Path report = out.resolve("report.html");
      HtmlReport.requireWritable(report);
      try (ResultFile results = ResultFile.at(file, ResultFile.Existing.OVERWRITE)) {
        Provenance provenance = new Provenance(file, source, setup);
        run = new ExplainRun(terminal, setup, results, provenance, codes);
        Iterator<Trajectory> inOrder = patients.iterator();
        run.explain(
            patients,
            patients.size(),
            attribution -> {
              table.add(attribution, inOrder.next().label());
              Attribution searched = table.searched(attribution);
              changes.add(searched == null ? null : DemoTable.l21Change(searched));
            },
            source);
      }
      Outcomes outcomes = new Outcomes();
      patients.forEach(outcomes::add);
      HtmlReport.write(file, ReportModel.of(model), outcomes, HtmlReport.MAX_PAGES, report);
      table.lines(terminal.width()).forEach(terminal::print);
      conclude(run, source, changes, file, report, start);
    }
    return 0;
  }

  private void createFolder() {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw InvalidInputException.writing(out, e);
    }
  }

  private void introduce(Setup setup, int patients, int cohort) {
    ExplainOptions options = setup.explainer().options();
    Model model = setup.model();
    print(
        "Explaining "
            + patients
            + " of "
            + cohort
            + " synthetic test patients: which codes drove the predicted risk of death within a"
            + " year?");
    print(
        "Model: "
            + Text.count(model.config().numHiddenLayers(), "encoder layer")
            + ", "
            + Text.count(model.parameterCount(), "parameter")
            + ". Method: "
            + options.methods().stream()
                .map(m -> named(m, options))
                .collect(joining(", beside it "))
            + ", from "
            + Text.escape(options.sequenceBaseline().label())
            + ", "
            + Text.count(setup.threads(), "thread")
            + ".");
    terminal.print("");
  }

  /** Sentences, in lines as wide as the terminal. */
  private void print(String sentences) {
    Text.wrap(sentences, terminal.width()).forEach(terminal::print);
  }

  private static String named(PathMethod method, ExplainOptions options) {
    return method.title()
        + (options.path().isIntegralBy(method)
            ? " to " + Text.percent(options.path().tolerance())
            : " with " + Text.count(options.path().steps(), "step"));
  }

  private void conclude(
      ExplainRun run, CohortPatients source, Sample changes, Path file, Path report, long start) {
    terminal.print("");
    print(
        "risk: predicted probability; reference: that where the paths start. x2: recorded twice.");
    if (details) {
      print("gap: what the attributions miss of the score that they explain.");
    }
    if (details && changes.size() > 0) {
      print("~: theta = 1 as the search estimated it; --theta-search exact computes it.");
    }
    print(
        "Median over the patients: gap "
            + Text.percent(run.gaps().median())
            + (changes.size() == 0
                ? ""
                : "; GS-IG's l21 " + Text.percent(changes.median()) + " against theta = 1")
            + ".");
    run.sayWarnings(source);
    terminal.print("To look at in a browser, patient by patient: " + report);
    terminal.print("Every code, visit and tabular value, one patient a line: " + file);
    print(
        "Next: docs/read-the-scores.md says how to read them; gsig explain --help, how to explain a"
            + " cohort of your own.");
    print(
        Text.count(run.explained(), "patient")
            + " in "
            + Text.duration(Duration.ofNanos(System.nanoTime() - start))
            + ".");
  }
}
