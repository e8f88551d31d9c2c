package dev.gsig.cli;

import dev.gsig.ehr.cohort.CohortBuilder;
import dev.gsig.ehr.cohort.CohortFiles;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.Task;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gsig cohort}: a hospital's tables in, a cohort's folder out. */
@Command(
    name = "cohort",
    header = "Make a cohort of a hospital's tables",
    customSynopsis =
        "gsig cohort mimic4|meds|synthea|physionet2012|omop|fhir --input PATH --task NAME --out DIR"
            + " [OPTIONS]",
    description = {
      "Makes a cohort of a hospital's tables: train.jsonl, validation.jsonl and test.jsonl, split"
          + " by patient, vocab.json, descriptions.json where the source describes its codes,"
          + " code-groups.jsonl where it has groups of them,"
          + " values.json with --values, bins.json with --bins, and cohort-report.json, which tells what was chosen,"
          + " counted and left out. An input holds only what was over and recorded before the index"
          + " time."
    },
    footer = {
      "gsig cohort mimic4 --input mimic-iv/hosp --task mortality --out cohort",
      "gsig cohort meds --input meds/data --task heart-failure --values --out cohort",
      "gsig cohort omop --jdbc jdbc:duckdb:omop.duckdb --task mortality --out cohort"
    })
final class CohortCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private CohortSourceFlags source;

  @Mixin private CohortTaskFlags task;

  @Mixin private CohortWritingFlags writing;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "the cohort's folder")
  private Path out;

  @Option(names = "--overwrite", description = "replace a cohort that --out holds")
  private boolean overwrite;

  CohortCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CohortFiles.requireFree(out, overwrite);
    Source tables = source.source(task);
    Task target = task.task(tables, writing.seed());
    Map<String, Object> report;
    try (CohortProgress progress = new CohortProgress(terminal)) {
      report =
          CohortBuilder.write(
              tables,
              target,
              writing.settings(source.measurements(), source.bins(), source.extremes()),
              out,
              progress);
    }
    CohortSummary.lines(report).forEach(terminal::print);
    terminal.inform(
        "cohort " + out + "; what was left out is in " + out.resolve(CohortFiles.REPORT));
    return 0;
  }
}
