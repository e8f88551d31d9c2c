package dev.gsig.attribution.internal;

import dev.gsig.attribution.Attribution;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.Json;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Counts what was accepted about the input, for one line of warning a kind at the end. Not to be
 * shared by threads.
 */
public final class WarningCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  /** So many tabular values are told apart in a line. */
  private static final int FEATURES = 5;

  private final Count truncatedTokens = new Count();
  private final Count missingTabular = new Count();
  private long scoreEqualsBaseline;
  private long baselineAbovePatient;
  private long baselineAboveLikely;
  private long baselineAboveHalf;
  private final Count emptyVisits = new Count();
  private final Count disorderedVisits = new Count();
  private final Count roundedAges = new Count();
  private final Count valuesFromTraining = new Count();
  private final Count values = new Count();
  private boolean readsValues;
  private final TreeMap<String, Long> missingByFeature = new TreeMap<>();
  private final LinkedHashSet<String> features = new LinkedHashSet<>();
  private long patients;
  private long noThetaWithinGap;
  private long nodeLimitReached;
  private long nodeLimitOfReading;
  private long incomplete;
  private long toleranceNotReached;
  private long steepEnd;

  /** Nothing was counted. */
  public WarningCounts() {}

  /** Things, and the patients that had any. */
  private static final class Count implements Serializable {
    private static final long serialVersionUID = 1L;

    long things;
    long patients;

    void add(int n) {
      things += n;
      patients += n > 0 ? 1 : 0;
    }

    void add(Count other) {
      things += other.things;
      patients += other.patients;
    }

    String inPatients() {
      return " in " + count(patients, "patient");
    }
  }

  /** Counts what was accepted to explain a patient. */
  public void add(Attribution a) {
    Attribution.Notes notes = a.notes();
    patients++;
    scoreEqualsBaseline += a.scoreEqualsBaseline() ? 1 : 0;
    baselineAbovePatient += a.baselineAbovePatient() ? 1 : 0;
    baselineAboveLikely += a.baselineAbovePatient() && a.explainedProbability() > 0.5 ? 1 : 0;
    baselineAboveHalf += a.baselineAboveHalf() ? 1 : 0;
    truncatedTokens.add(notes.truncatedTokens());
    emptyVisits.add(notes.emptyVisits());
    disorderedVisits.add(notes.disorderedVisits());
    roundedAges.add(notes.roundedAges());
    readsValues |= a.valueBaseline() != null;
    values.add((int) a.tokens().stream().filter(token -> token.value() != null).count());
    valuesFromTraining.add(notes.valuesFromTraining());
    a.tabular().forEach(value -> features.add(value.name()));
    addMissing(
        a.tabular().stream()
            .filter(value -> value.value() == null)
            .map(Attribution.TabularScore::name)
            .toList());
    noThetaWithinGap += any(a, reading -> reading.notes().noThetaWithinGap());
    nodeLimitReached += any(a, r -> r.notes().nodeLimitReached() && r.convergence() == null);
    nodeLimitOfReading += any(a, r -> r.notes().nodeLimitReached() && r.convergence() != null);
    incomplete += any(a, reading -> reading.measure() != null && !reading.measure().complete());
    steepEnd += any(a, reading -> isShort(reading) && reading.convergence().steepEnd() != null);
    toleranceNotReached +=
        any(a, reading -> isShort(reading) && reading.convergence().steepEnd() == null);
  }

  private static boolean isShort(Attribution a) {
    return a.convergence() != null && !a.convergence().reached();
  }

  /** 1 if it holds of the patient's attribution by any method. */
  private static int any(Attribution a, Predicate<Attribution> holds) {
    return Stream.concat(Stream.of(a), a.readings().stream()).anyMatch(holds) ? 1 : 0;
  }

  /**
   * Counts what is accepted to read a patient.
   *
   * @param patient the patient
   * @param sequence what the model reads of them
   * @param names the tabular values that the model reads
   */
  public void add(Trajectory patient, TokenSequence sequence, List<String> names) {
    patients++;
    truncatedTokens.add(sequence.truncatedTokens());
    emptyVisits.add(sequence.emptyVisits());
    disorderedVisits.add(sequence.disorderedVisits());
    roundedAges.add(sequence.roundedAges());
    if (sequence.value() != null) {
      readsValues = true;
      values.add((int) DoubleStream.of(sequence.value()).filter(v -> !Double.isNaN(v)).count());
    }
    features.addAll(names);
    addMissing(names.stream().filter(name -> patient.tabular().get(name) == null).toList());
  }

  private void addMissing(List<String> names) {
    missingTabular.add(names.size());
    names.forEach(name -> missingByFeature.merge(name, 1L, Long::sum));
  }

  /** Adds what was counted elsewhere, of other patients. */
  public void add(WarningCounts other) {
    patients += other.patients;
    truncatedTokens.add(other.truncatedTokens);
    missingTabular.add(other.missingTabular);
    emptyVisits.add(other.emptyVisits);
    disorderedVisits.add(other.disorderedVisits);
    roundedAges.add(other.roundedAges);
    readsValues |= other.readsValues;
    values.add(other.values);
    valuesFromTraining.add(other.valuesFromTraining);
    scoreEqualsBaseline += other.scoreEqualsBaseline;
    baselineAbovePatient += other.baselineAbovePatient;
    baselineAboveLikely += other.baselineAboveLikely;
    baselineAboveHalf += other.baselineAboveHalf;
    noThetaWithinGap += other.noThetaWithinGap;
    nodeLimitReached += other.nodeLimitReached;
    nodeLimitOfReading += other.nodeLimitOfReading;
    incomplete += other.incomplete;
    toleranceNotReached += other.toleranceNotReached;
    steepEnd += other.steepEnd;
    features.addAll(other.features);
    other.missingByFeature.forEach((name, n) -> missingByFeature.merge(name, n, Long::sum));
  }

  /** How many patients were looked at. */
  public long patients() {
    return patients;
  }

  /** Oldest tokens that were cut. */
  public long truncatedTokens() {
    return truncatedTokens.things;
  }

  /** Tabular values that are missing. */
  public long missingTabular() {
    return missingTabular.things;
  }

  /** Visits without a code, of which the model sees nothing. */
  public long emptyVisits() {
    return emptyVisits.things;
  }

  /** Visits that are earlier than one before them. */
  public long disorderedVisits() {
    return disorderedVisits.things;
  }

  /** Visits whose age was rounded down to a row of the age table. */
  public long roundedAges() {
    return roundedAges.things;
  }

  /**
   * The lines to be shown.
   *
   * @param unknownCodes the codes of these patients that the model does not know
   * @param names of the tabular values that the cohort has
   * @return none if nothing is to be said
   */
  public List<String> lines(UnknownCodes unknownCodes, TabularNames names) {
    List<String> lines = new ArrayList<>();
    if (unknownCodes.unknown() > 0) {
      lines.add(unknownCodes.inWords());
    }
    lines.addAll(lines(names));
    return lines;
  }

  private List<String> lines(TabularNames names) {
    List<String> lines = new ArrayList<>();
    if (truncatedTokens.things > 0) {
      lines.add(
          count(truncatedTokens.things, "token")
              + " cut"
              + truncatedTokens.inPatients()
              + " too long for the model; the newest were kept");
    }
    if (missingTabular.things > 0) {
      lines.add(
          count(missingTabular.things, "missing tabular value")
              + missingTabular.inPatients()
              + " ("
              + mostMissing()
              + "); the training mean stands for each"
              + inTheirPlace(names));
    }
    if (emptyVisits.things > 0) {
      lines.add(
          count(emptyVisits.things, "visit")
              + " without codes"
              + emptyVisits.inPatients()
              + "; the model sees nothing of them");
    }
    if (disorderedVisits.things > 0) {
      lines.add(
          count(disorderedVisits.things, "visit")
              + disorderedVisits.inPatients()
              + " earlier than a visit before them; the model reads visits as they stand,"
              + " --sort-visits sorts them");
    }
    if (roundedAges.things > 0) {
      lines.add(
          "the ages of "
              + count(roundedAges.things, "visit")
              + roundedAges.inPatients()
              + " rounded down to the rows of the model's age table");
    }
    if (readsValues && values.things == 0 && patients > 0) {
      lines.add(
          "the model reads values beside the codes, but no code has one; was the cohort made with"
              + " --values?");
    }
    if (valuesFromTraining.things > 0) {
      lines.add(
          count(valuesFromTraining.things, "value")
              + valuesFromTraining.inPatients()
              + " of codes that no validation patient has a value of; the path starts at the"
              + " training mean");
    }
    if (scoreEqualsBaseline > 0) {
      lines.add(
          "the score equals the baseline's for "
              + count(scoreEqualsBaseline, "patient")
              + ": there is no difference to explain, and no relative completeness gap");
    }
    if (baselineAbovePatient > 0 || baselineAboveHalf > 0) {
      lines.add(baselineInWords());
    }
    if (noThetaWithinGap > 0) {
      lines.add(
          "no theta within the completeness gap for "
              + count(noThetaWithinGap, "patient")
              + "; the one with the smallest gap was taken");
    }
    if (nodeLimitReached > 0) {
      lines.add(
          "the search on shared gradients reached its limit for "
              + count(nodeLimitReached, "patient")
              + "; what was still open was computed in full. Entries of theta_curve that are rough"
              + " may be far off; --theta-search exact computes all");
    }
    if (nodeLimitOfReading > 0) {
      lines.add(
          "the search on shared gradients reached its limit for "
              + count(nodeLimitOfReading, "patient")
              + ", whose theta is the best by estimates that may be more than 0.1% off;"
              + " --attribution exact computes in full what is open");
    }
    if (incomplete > 0) {
      lines.add(
          "no weights within the bounds are complete for "
              + count(incomplete, "patient")
              + "; equal weights were taken");
    }
    if (toleranceNotReached > 0) {
      lines.add(
          "the tolerance was not reached for "
              + count(toleranceNotReached, "patient")
              + "; error_estimate says how far off each may"
              + " be. A larger --tolerance, or --backend ejml where it is 1e-6 or less, may do");
    }
    if (steepEnd > 0) {
      lines.add(
          "nearly all of the score changes right at an end of the path for "
              + count(steepEnd, "patient")
              + ", where no number of steps explains it: models with a norm right behind the"
              + " embedding do not see how long a vector is, so that a baseline of zeros is no"
              + " place to start. Start at --baseline pad or manifold-mean");
    }
    return lines;
  }

  /** Whether the baseline is a stand-in for a patient of whom nothing is known. */
  private String baselineInWords() {
    return "of "
        + count(patients, "patient")
        + ", the explained class is more probable at the baseline than at the patient for "
        + baselineAbovePatient
        + ", "
        + baselineAboveLikely
        + " of them above 50% (what is explained is why it is less probable), and above 50% at the"
        + " baseline for "
        + baselineAboveHalf
        + "; docs/choose-a-baseline.md says how to choose another";
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

  /** In one line, for pages that show counters by name. */
  @Override
  public String toString() {
    return String.join(". ", lines(new TabularNames()));
  }

  /** The tabular values that are missing in most patients, with their counts. */
  private String mostMissing() {
    String most =
        missingByFeature.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(FEATURES)
            .map(
                e ->
                    Json.quote(e.getKey())
                        + " in "
                        + (e.getValue() == patients ? "every patient" : e.getValue()))
            .collect(Collectors.joining(", "));
    int others = missingByFeature.size() - FEATURES;
    return most + (others > 0 ? ", and " + count(others, "other") : "");
  }

  static String count(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }
}
