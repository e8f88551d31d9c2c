package dev.gsig.cli;

import picocli.CommandLine.Option;

/** The option that sorts visits; every command that reads a cohort with a model has it. */
public final class SortVisitsFlag {
  @Option(
      names = "--sort-visits",
      description =
          "sort the visits of patients that are not in the order of their times; without, they are"
              + " read as they stand, and counted")
  private boolean sortVisits;

  /** Called by picocli. */
  public SortVisitsFlag() {}

  /** Whether visits are sorted. */
  public boolean isAsked() {
    return sortVisits;
  }

  /**
   * What is said of patients whose visits were sorted.
   *
   * @param patients how many, at least one
   * @return a line
   */
  public static String note(long patients) {
    return "note: the visits of " + Text.count(patients, "patient") + " sorted by time";
  }
}
