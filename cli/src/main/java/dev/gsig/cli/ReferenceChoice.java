package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.PathEnd;
import dev.gsig.attribution.Reference;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * A {@link Reference} that is asked for: one patient of a file, or the mean of all its patients. It
 * stands in options for the reference until there is a model to make it for.
 *
 * @param label of the reference, {@code patient:ID@CHECKSUM} or {@code group:FILE@CHECKSUM}, where
 *     the checksum is the beginning of the file's SHA-256
 * @param file the cohort; null where only the label is known
 */
record ReferenceChoice(String label, String file) implements SequenceBaseline, TabularBaseline {
  /** What a baseline that is a group's mean begins with. */
  static final String GROUP = "group:";

  private static final String PATIENT = "patient:";
  private static final Pattern LABEL = Pattern.compile("(?s)(group|patient):(.+)@[0-9a-f]{12}");
  private static final int DIGITS = 12;

  /**
   * The mean of a cohort's patients.
   *
   * @param text {@code group:FILE}
   * @throws ParameterException if no file is named
   * @throws InvalidInputException if the file cannot be read
   */
  static ReferenceChoice group(CommandSpec command, String option, String text) {
    String file = text.substring(GROUP.length());
    try {
      Path path = Path.of(file);
      if (!file.isBlank() && path.getFileName() != null) {
        return new ReferenceChoice(GROUP + path.getFileName() + checksum(path), file);
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw new ParameterException(
        command.commandLine(), option + " " + GROUP + ": name the group's cohort, group:FILE");
  }

  /**
   * A patient of a cohort.
   *
   * @throws InvalidInputException if the file cannot be read
   */
  static ReferenceChoice patient(String id, Path file) {
    return new ReferenceChoice(PATIENT + id + checksum(file), file.toString());
  }

  /** The reference that results call so; null if they call none so. */
  static ReferenceChoice labelled(String label) {
    return LABEL.matcher(label).matches() ? new ReferenceChoice(label, null) : null;
  }

  private static String checksum(Path file) {
    return "@" + FileHash.sha256(file).substring(0, DIGITS);
  }

  /**
   * Options in which references that are asked for are there.
   *
   * @param elsewhere the cohort; null for the one that the choice knows
   * @throws InvalidInputException if the cohort cannot be read, or has no such patient, or the
   *     model cannot read it
   */
  static ExplainOptions found(ExplainOptions options, Model model, Path elsewhere) {
    SequenceBaseline rows = options.sequenceBaseline();
    TabularBaseline entries = options.tabularBaseline();
    if (!(rows instanceof ReferenceChoice choice)) {
      return options;
    }
    Reference reference = choice.find(model, elsewhere);
    return options.toBuilder()
        .baselines(reference, entries.equals(choice) ? reference : entries)
        .build();
  }

  /**
   * A baseline, which is there if it is no reference that is asked for.
   *
   * @throws InvalidInputException if the cohort cannot be read, or has no such patient, or the
   *     model cannot read it
   */
  static SequenceBaseline found(SequenceBaseline baseline, Model model) {
    return baseline instanceof ReferenceChoice choice ? choice.find(model, null) : baseline;
  }

  /**
   * The reference.
   *
   * @param elsewhere the cohort; null for the one that the choice knows
   * @throws InvalidInputException if the cohort cannot be read, or has no such patient, or the
   *     model cannot read it
   */
  Reference find(Model model, Path elsewhere) {
    Path cohort = elsewhere == null ? Path.of(file) : elsewhere;
    return label.startsWith(GROUP)
        ? Reference.mean(label, model, CohortReader.readAll(cohort))
        : Reference.patient(label, model, patient(cohort));
  }

  private Trajectory patient(Path cohort) {
    Matcher parts = LABEL.matcher(label);
    if (!parts.matches()) {
      throw new IllegalStateException(label + " names no patient");
    }
    String id = parts.group(2);
    try (CohortReader patients = CohortReader.open(cohort)) {
      for (Trajectory patient : patients) {
        if (patient.subjectId().equals(id)) {
          return patient;
        }
      }
    }
    throw new InvalidInputException(
        cohort
            + ": has no patient "
            + Text.shorten(Json.quote(id), 60)
            + "; name one of its subject_id, or the file that has them");
  }

  @Override
  public boolean needsStatistics() {
    return false;
  }

  @Override
  public double[] rows(PathEnd input) {
    throw new IllegalStateException(label + " was not looked for");
  }

  @Override
  public double[] entries(PathEnd input) {
    throw new IllegalStateException(label + " was not looked for");
  }
}
