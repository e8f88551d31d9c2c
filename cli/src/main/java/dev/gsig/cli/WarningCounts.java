package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.config.Tabular;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what was accepted about the input, for one line of warning a kind at the end. */
final class WarningCounts {
  /** So many tabular values are told apart in a line. */
  private static final int FEATURES = 5;

  private final UnknownCodes unknownCodes;
  private final Count truncatedTokens = new Count();
  private final Count missingTabular = new Count();
  private int scoreEqualsBaseline;
  private final Count emptyVisits = new Count();
  private final Count disorderedVisits = new Count();
  private final Count roundedAges = new Count();
  private final Map<String, Integer> missingByFeature = new TreeMap<>();
  private final Set<String> features = new LinkedHashSet<>();
  private int patients;
  private int noThetaWithinGap;
  private int nodeLimitReached;
  private int incomplete;

  /**
   * Nothing was counted.
   *
   * @param unknownCodes counts the codes that the model does not know, as they are read
   */
  WarningCounts(UnknownCodes unknownCodes) {
    this.unknownCodes = unknownCodes;
  }

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
    Attribution.Notes notes = a.notes();
    patients++;
    scoreEqualsBaseline += a.scoreEqualsBaseline() ? 1 : 0;
    truncatedTokens.add(notes.truncatedTokens());
    emptyVisits.add(notes.emptyVisits());
    disorderedVisits.add(notes.disorderedVisits());
    roundedAges.add(notes.roundedAges());
    a.tabular().forEach(value -> features.add(value.name()));
    addMissing(
        a.tabular().stream()
            .filter(value -> value.value() == null)
            .map(Attribution.TabularScore::name)
            .toList());
    noThetaWithinGap += notes.noThetaWithinGap() ? 1 : 0;
    nodeLimitReached += notes.nodeLimitReached() ? 1 : 0;
    incomplete += a.measure() != null && !a.measure().complete() ? 1 : 0;
  }

  /**
   * Counts what is accepted to read a patient.
   *
   * @param branch the model's tabular branch; null if it has none
   */
  void add(Trajectory patient, TokenSequence sequence, Tabular branch) {
    patients++;
    truncatedTokens.add(sequence.truncatedTokens());
    emptyVisits.add(sequence.emptyVisits());
    disorderedVisits.add(sequence.disorderedVisits());
    roundedAges.add(sequence.roundedAges());
    if (branch != null) {
      branch.features().forEach(feature -> features.add(feature.name()));
      addMissing(
          branch.features().stream()
              .map(Tabular.Feature::name)
              .filter(name -> patient.tabular().get(name) == null)
              .toList());
    }
  }

  private void addMissing(List<String> names) {
    missingTabular.add(names.size());
    names.forEach(name -> missingByFeature.merge(name, 1, Integer::sum));
  }

  /**
   * The lines to be shown; none if nothing is to be said.
   *
   * @param names of the tabular values that the cohort has
   */
  List<String> lines(TabularNames names) {
    List<String> lines = new ArrayList<>();
    if (unknownCodes.unknown() > 0) {
      lines.add(unknownCodes.inWords());
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
              + " ("
              + mostMissing()
              + "); the training mean stands for each"
              + inTheirPlace(names));
    }
    if (emptyVisits.things > 0) {
      lines.add(
          Text.count(emptyVisits.things, "visit")
              + " without codes"
              + emptyVisits.inPatients()
              + "; the model sees nothing of them");
    }
    if (disorderedVisits.things > 0) {
      lines.add(
          Text.count(disorderedVisits.things, "visit")
              + disorderedVisits.inPatients()
              + " earlier than a visit before them; the model reads visits as they stand,"
              + " --sort-visits sorts them");
    }
    if (roundedAges.things > 0) {
      lines.add(
          "the ages of "
              + Text.count(roundedAges.things, "visit")
              + roundedAges.inPatients()
              + " rounded down to the rows of the model's age table");
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

  /** What the cohort has where a value that the model reads is missing in every patient. */
  private String inTheirPlace(TabularNames names) {
    List<String> never =
        missingByFeature.entrySet().stream()
            .filter(e -> e.getValue() == patients)
            .map(Map.Entry::getKey)
            .toList();
    String others = names.inPlaceOf(never, features);
    return others == null
        ? ""
        : ". The cohort has values that the model does not read: "
            + others
            + "; name them as the model does";
  }

  /** Those that are missing most. */
  private String mostMissing() {
    String most =
        missingByFeature.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(FEATURES)
            .map(
                e ->
                    Json.quote(e.getKey())
                        + " in "
                        + (e.getValue() == patients ? "every patient" : e.getValue()))
            .collect(Collectors.joining(", "));
    int others = missingByFeature.size() - FEATURES;
    return most + (others > 0 ? ", and " + Text.count(others, "other") : "");
  }
}
