package dev.gsig.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gsig report}: results in, one HTML file for people out. */
@Command(
    name = "report",
    header = "Show results in one HTML file",
    customSynopsis = "gsig report --in FILE --out FILE [--model DIR] [--cohort FILE] [OPTIONS]",
    description = {
      "Shows results of gsig explain in one HTML file that needs nothing else, neither a server nor"
          + " a network: each patient's codes, visits and values, and the cohort's figures. A"
          + " report that is there already is replaced."
    },
    footer = {
      "gsig report --in results.jsonl --model demo/model --cohort demo/test.jsonl \\",
      "    --out report.html"
    })
final class ReportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--in",
      paramLabel = "FILE",
      required = true,
      description = "what gsig explain wrote; - reads it from standard input")
  private Path in;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "the report")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "the model folder, for its descriptions of codes; default: codes only")
  private Path model;

  @Option(
      names = "--cohort",
      paramLabel = "FILE",
      description =
          "the patients that were explained, for what became of them, their labels; - reads them from"
              + " standard input; default: no outcomes are shown")
  private Path cohort;

  @Option(
      names = "--patients",
      paramLabel = "N",
      defaultValue = "" + HtmlReport.MAX_PAGES,
      description =
          "how many patients, the first ones, get a page of their own; the cohort's figures are"
              + " always of all; default: "
              + HtmlReport.MAX_PAGES)
  private int patients;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description =
          "whose attributions are shown first, one of those that the results have; default: the"
              + " first whose attributions add up")
  private String method;

  @Mixin private GroupFlags groups;

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (patients < 0) {
      throw new ParameterException(
          spec.commandLine(), "--patients must be at least 0, but is " + patients);
    }
    HtmlReport.requireWritable(out);
    ReportModel known = model == null ? ReportModel.NONE : ReportModel.read(model);
    GroupChoice chosen = groups.choice();
    Outcomes outcomes = cohort == null ? new Outcomes() : Outcomes.read(terminal, cohort);
    int all =
        HtmlReport.write(terminal.lines(in), in, known, outcomes, method, chosen, patients, out);
    say(terminal, out, all, patients);
    return 0;
  }

  /** Says what was written. */
  static void say(Terminal terminal, Path report, int patients, int maxPages) {
    terminal.inform(
        "report on "
            + Text.count(patients, "patient")
            + (patients > maxPages ? " (a page each for the first " + maxPages + ")" : "")
            + " in "
            + report);
  }
}
