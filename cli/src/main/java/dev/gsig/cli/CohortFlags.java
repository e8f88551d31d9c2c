package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cohort, and how its patients are read. */
final class CohortFlags {
  @Option(
      names = "--cohort",
      paramLabel = "FILE",
      required = true,
      description =
          "patients in JSON Lines, one a line, packed with gzip or not; - reads them from standard"
              + " input")
  Path cohort;

  @Mixin private SortVisitsFlag sortVisits;

  @Option(
      names = "--skip-invalid",
      description =
          "leave patients out that cannot be used, and count them with reasons and line numbers;"
              + " without, the first ends the run")
  private boolean skipInvalid;

  /** Whether the patients come from standard input. */
  boolean isStandardInput() {
    return Terminal.isStandardStream(cohort);
  }

  /** What messages call the cohort. */
  String name() {
    return isStandardInput() ? Terminal.STANDARD_INPUT : cohort.toString();
  }

  /**
   * Opens the cohort, which can be read once.
   *
   * @throws InvalidInputException if it cannot be opened
   */
  CohortPatients open(Terminal terminal) {
    return new CohortPatients(terminal.cohort(cohort), name(), sortVisits.isAsked(), skipInvalid);
  }

  /**
   * How many patients there are, where somebody watches and it can be told.
   *
   * @return the count, or -1
   */
  long count(Terminal terminal) {
    return terminal.progressColumns() > 0 && !isStandardInput() ? LineCount.of(cohort) : -1;
  }

  /** Whether there are so many patients; false if only reading tells. */
  boolean hasAtLeast(long patients) {
    return !isStandardInput() && LineCount.of(cohort, patients) >= patients;
  }
}
