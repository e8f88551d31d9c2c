package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.config.Tabular;
import java.util.ArrayList;
import java.util.List;

/** Counts what was accepted about the input, for one line of warning a kind at the end. */
final class WarningCounts {
  private final Count unknownCodes = new Count();
  private final Count truncatedTokens = new Count();
  private final Count missingTabular = new Count();
  private int scoreEqualsBaseline;
  private int noThetaWithinGap;
  private int nodeLimitReached;
  private int incomplete;

  /** Things, and the patients that had any. */
  private static final class Count {
    long things;
    int patients;

    void add(int n) {
      things += n;
      patients += n > 0 ? 1 : 0;
    }

    String inPatients() {
      return " in " + Text.count(patients, "patient");
    }
  }

  /** Counts what was accepted to explain a patient. */
  void add(Attribution a) {
    add(a.notes());
    scoreEqualsBaseline += a.scoreEqualsBaseline() ? 1 : 0;
    incomplete += a.measure() != null && !a.measure().complete() ? 1 : 0;
  }

  private void add(Attribution.Notes notes) {
    unknownCodes.add(notes.unknownCodes());
    truncatedTokens.add(notes.truncatedTokens());
    missingTabular.add(notes.missingTabular());
    noThetaWithinGap += notes.noThetaWithinGap() ? 1 : 0;
    nodeLimitReached += notes.nodeLimitReached() ? 1 : 0;
  }

  /**
   * Counts what is accepted to read a patient.
   *
   * @param branch the model's tabular branch; null if it has none
   */
  void add(Trajectory patient, TokenSequence sequence, Tabular branch) {
    unknownCodes.add(sequence.unknownCodes());
    truncatedTokens.add(sequence.truncatedTokens());
    if (branch != null) {
      missingTabular.add(
          (int)
              branch.features().stream()
                  .filter(feature -> patient.tabular().get(feature.name()) == null)
                  .count());
    }
  }

  /** The lines to be shown; none if nothing is to be said. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (unknownCodes.things > 0) {
      lines.add(
          Text.count(unknownCodes.things, "code")
              + " not in the vocabulary"
              + unknownCodes.inPatients());
    }
    if (truncatedTokens.things > 0) {
      lines.add(
          Text.count(truncatedTokens.things, "token")
              + " cut"
              + truncatedTokens.inPatients()
              + " too long for the model; the newest were kept");
    }
    if (missingTabular.things > 0) {
      lines.add(
          Text.count(missingTabular.things, "missing tabular value")
              + missingTabular.inPatients()
              + "; the training mean stands for each");
    }
    if (scoreEqualsBaseline > 0) {
      lines.add(
          "the score equals the baseline's for "
              + Text.count(scoreEqualsBaseline, "patient")
              + ": there is no difference to explain, and no relative completeness gap");
    }
    if (noThetaWithinGap > 0) {
      lines.add(
          "no theta within the completeness gap for "
              + Text.count(noThetaWithinGap, "patient")
              + "; the one with the smallest gap was taken");
    }
    if (nodeLimitReached > 0) {
      lines.add(
          "the search on shared gradients reached its limit for "
              + Text.count(nodeLimitReached, "patient")
              + "; what was still open was computed in full. Entries of theta_curve that are rough"
              + " may be far off; --theta-search exact computes all");
    }
    if (incomplete > 0) {
      lines.add(
          "no weights within the bounds are complete for "
              + Text.count(incomplete, "patient")
              + "; the midpoint rule was taken");
    }
    return lines;
  }
}
