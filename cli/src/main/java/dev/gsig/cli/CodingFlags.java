package dev.gsig.cli;

import dev.gsig.ehr.cohort.Coding;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how codes are written. */
public final class CodingFlags {
  /** Names of the options that say how codes are written. */
  public static final List<String> NAMES =
      List.of("--code-length", "--drug-length", "--drop-version");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--code-length",
      paramLabel = "N",
      defaultValue = "0",
      description = "keep N characters of diagnoses and procedures; default: 0, all")
  private int codeLength;

  @Option(
      names = "--drug-length",
      paramLabel = "N",
      defaultValue = "0",
      description = "keep N characters of drugs; default: 0, all")
  private int drugLength;

  @Option(
      names = "--drop-version",
      description = "d_ and p_ whatever the version of ICD, as the authors do, not d9_ and d10_")
  private boolean dropVersion;

  /** Called by picocli. */
  public CodingFlags() {}

  /**
   * How codes are written.
   *
   * @return the coding
   * @throws ParameterException if a length is negative
   */
  public Coding coding() {
    if (codeLength < 0 || drugLength < 0) {
      throw new ParameterException(
          command.commandLine(), "--code-length and --drug-length must not be negative");
    }
    return new Coding(dropVersion, codeLength, drugLength);
  }
}
