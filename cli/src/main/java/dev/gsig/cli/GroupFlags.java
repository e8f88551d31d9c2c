package dev.gsig.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The groups by which codes are summed up. */
final class GroupFlags {
  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description =
          "sum the codes up by groups, too: auto, the chapters of ICD-10 and ICD-9 and the"
              + " anatomical main groups of ATC where the spelling of a code tells; some of icd10,"
              + " icd9 and atc, with commas; or a file with a line"
              + " {\"code\":\"..\",\"group\":\"..\"} for each code")
  private Path groups;

  /** Whether groups are asked for. */
  boolean asked() {
    return groups != null;
  }

  /**
   * The groups; null if none are asked for.
   *
   * @throws dev.gsig.ehr.InvalidInputException if they are of a file that cannot be used
   */
  GroupChoice choice() {
    return groups == null ? null : GroupChoice.of(groups);
  }
}
