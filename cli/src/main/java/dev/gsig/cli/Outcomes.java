package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What became of patients: the labels that a cohort has, by subject. */
final class Outcomes {
  private final Map<String, Object> labels = new HashMap<>();
  private final Path source;
  private boolean used;

  /** Those of nobody yet. */
  Outcomes() {
    this(null);
  }

  private Outcomes(Path source) {
    this.source = source;
  }

  /** Takes a patient's label or labels, if there are some. */
  void add(Trajectory patient) {
    if (patient.labels() != null) {
      labels.put(patient.subjectId(), patient.labels());
    } else if (patient.label() != null) {
      labels.put(patient.subjectId(), patient.label());
    }
  }

  /**
   * Reads a cohort; patients that cannot be used have no outcome.
   *
   * @throws InvalidInputException if it cannot be read, no patient is of use, or none has a label
   */
  static Outcomes read(Terminal terminal, Path cohort) {
    Outcomes outcomes = new Outcomes(cohort);
    try (CohortPatients patients =
        new CohortPatients(terminal.cohort(cohort), cohort.toString(), false, true)) {
      int usable = 0;
      for (Trajectory patient : patients) {
        outcomes.add(patient);
        usable++;
      }
      patients.requireAny(usable);
    }
    if (outcomes.labels.isEmpty()) {
      throw new InvalidInputException(
          cohort
              + ": no patient has a label, so that there are no outcomes to show; leave --cohort"
              + " out, or name a cohort with labels");
    }
    return outcomes;
  }

  /**
   * The class number ({@code Integer}) or labels ({@code List}) of a result's patient; null if not
   * known, as where a token is explained, of which labels say nothing.
   *
   * @throws InvalidInputException if a file was named for outcomes that there cannot be
   */
  Object of(ReportResult result) {
    if (result.isOfTokens()) {
      if (source != null) {
        throw new InvalidInputException(
            source
                + ": what is explained is the next token, of which labels say nothing; leave"
                + " --cohort out");
      }
      return null;
    }
    Object outcome = labels.get(result.subjectId());
    used |= outcome != null;
    return outcome;
  }

  /**
   * Makes sure that the file that was named for them had some of those who were asked for.
   *
   * @param results whose patients they are
   * @throws InvalidInputException if it had none
   */
  void requireUsed(Path results) {
    if (source != null && !used) {
      throw new InvalidInputException(
          source
              + ": has no label of any patient of "
              + results
              + "; name the cohort that was explained");
    }
  }

  /**
   * Whether what is explained came true.
   *
   * @param outcome as {@link #of} returns it
   * @param explained the class that is explained
   * @return null if it is not known
   */
  static Boolean cameTrue(Object outcome, int explained) {
    if (outcome instanceof List<?> all) {
      return explained < all.size() ? Boolean.valueOf(all.get(explained).equals(1)) : null;
    }
    return outcome == null ? null : Boolean.valueOf(outcome.equals(explained));
  }
}
