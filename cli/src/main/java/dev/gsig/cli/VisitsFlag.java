package dev.gsig.cli;

import dev.gsig.ehr.cohort.MedsSource;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says what a visit of MEDS is. */
public final class VisitsFlag {
  /** Its name. */
  public static final String NAME = "--visits";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = NAME,
      paramLabel = "KIND",
      defaultValue = "admissions",
      description =
          "meds: a visit is a hospital stay (admissions) or a day with codes (days);"
              + " default: admissions")
  private String visits;

  /** Called by picocli. */
  public VisitsFlag() {}

  /**
   * What a visit is.
   *
   * @return the kind
   * @throws ParameterException if there is no such kind
   */
  public MedsSource.Visits visits() {
    return Choice.of(
        command, NAME, visits, List.of(MedsSource.Visits.values()), MedsSource.Visits::label);
  }
}
