package dev.gsig.cli;

import dev.gsig.ehr.cohort.CohortSettings;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.Split;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how a cohort is written. */
final class CohortWritingFlags {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private CodingFlags coding;

  @Option(
      names = "--min-age",
      paramLabel = "YEARS",
      defaultValue = "0",
      description =
          "leave out who is younger at the index time; who has no age is kept; default: 0")
  private double minAge;

  @Option(
      names = "--split",
      paramLabel = "A,B,C",
      description =
          "shares of training, validation and test; default: 0.7,0.15,0.15, or of meds the parts of"
              + " metadata/subject_splits, where that is")
  private String split;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "of the split, a whole number; default: 1")
  private int seed;

  @Option(
      names = "--min-patients",
      paramLabel = "N",
      defaultValue = "1",
      description = "vocabulary: codes of at least N training patients; default: 1")
  private int minPatients;

  long seed() {
    return seed;
  }

  CohortSettings settings(List<Measurement> measurements, int bins, boolean extremes) {
    if (!(minAge >= 0) || minPatients < 1) {
      throw new ParameterException(
          command.commandLine(), "--min-age must not be negative, --min-patients not below 1");
    }
    return new CohortSettings(
        coding.coding(), measurements, minAge, fractions(), seed, minPatients, bins, extremes);
  }

  /** Null where none are asked for. */
  private Split.Fractions fractions() {
    if (split == null) {
      return null;
    }
    try {
      double[] shares =
          Arrays.stream(split.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
      if (shares.length == 3) {
        return new Split.Fractions(shares[0], shares[1], shares[2]);
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new ParameterException(
        command.commandLine(),
        "--split '" + split + "' must be three shares that add up to 1, for example 0.7,0.15,0.15");
  }
}
