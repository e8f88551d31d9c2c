package dev.gsig.cli;

import picocli.CommandLine.Option;

/** The option that has numbers read, too. */
public final class ValuesFlag {
  /** Its name. */
  public static final String NAME = "--values";

  @Option(
      names = NAME,
      description = {
        "labs and vital signs become codes (l_...) with the numbers that were measured, the last of"
            + " a visit before the index time; values.json has their means. Rows of labevents"
            + " (mimic4), numeric observations (synthea, fhir), events with a numeric_value (meds),"
            + " variables (physionet2012), numbers of measurement and observation (omop)"
      })
  private boolean values;

  /** Called by picocli. */
  public ValuesFlag() {}

  /** Whether they are. */
  public boolean isAsked() {
    return values;
  }
}
