package dev.gsig.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a user does with a model that was trained: a baseline, results with a report, verified.
 *
 * @param folder where results and report go
 * @param model the model's folder
 */
record TrainedRun(Path folder, Path model) {
  Path results() {
    return folder.resolve("results.jsonl");
  }

  Path report() {
    return folder.resolve("report.html");
  }

  /** Estimates the baseline from validation patients, and explains others with some options. */
  void explain(Path validation, Path patients, Object... options) {
    Cli.succeeds("baseline", "--model", model, "--cohort", validation);
    List<Object> args = new ArrayList<>(List.of("explain", "--model", model, "--cohort", patients));
    args.addAll(List.of(options));
    args.addAll(List.of("--out", results(), "--report", report()));
    Cli.succeeds(args.toArray());
  }

  /** Verifies the results; returns what is said of them. */
  String verify() {
    return Cli.succeeds("verify", results()).out();
  }
}
