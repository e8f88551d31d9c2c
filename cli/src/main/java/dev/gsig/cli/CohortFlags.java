package dev.gsig.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names a cohort. */
final class CohortFlags {
  @Option(
      names = "--cohort",
      paramLabel = "FILE",
      required = true,
      description = "patients in JSON Lines, one a line")
  Path cohort;
}
