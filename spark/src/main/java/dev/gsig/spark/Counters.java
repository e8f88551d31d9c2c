package dev.gsig.spark;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.internal.TabularNames;
import dev.gsig.attribution.internal.WarningCounts;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What the tasks count, as accumulators that Spark's web page shows by name. A task that fails or
 * loses to its speculative copy counts nothing. Spark counts a task again where it computes its
 * rows again: run one action on an explained Dataset, or persist it.
 */
public final class Counters implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The name of the accumulator of explained patients. */
  static final String PATIENTS = "gsig: patients explained";

  private final LongAccumulator patients;
  private final Rejections rejections = new Rejections();
  private final Warnings warnings = new Warnings();
  private final LongAccumulator unknownCodes;
  private final Tallies events = new Tallies();
  private final LongAccumulator sorted;
  private final LongAccumulator codes;
  private final LongAccumulator patientsWithUnknownCodes;
  private final Tallies examples = new Tallies();
  private final Tallies tabularValues = new Tallies(TabularNames.MOST);
  private final Tallies explainedClasses = new Tallies(Integer.MAX_VALUE);

  /**
   * Rounded to five digits, more than are shown, so that there are no more different ones however
   * many patients there are.
   */
  private final Tallies gaps = new Tallies(Integer.MAX_VALUE);

  Counters(SparkContext context) {
    patients = context.longAccumulator(PATIENTS);
    context.register(rejections, "gsig: patients rejected");
    context.register(warnings, "gsig: what was accepted");
    unknownCodes = context.longAccumulator("gsig: codes not in the vocabulary");
    context.register(events, "gsig: events of MEDS dropped or noticed");
    sorted = context.longAccumulator("gsig: patients whose visits were sorted");
    codes = context.longAccumulator("gsig: codes");
    patientsWithUnknownCodes = context.longAccumulator("gsig: patients with unknown codes");
    context.register(examples, "gsig: examples of unknown codes");
    context.register(tabularValues, "gsig: patients by tabular value");
    context.register(explainedClasses, "gsig: patients by explained class");
    context.register(gaps, "gsig: patients by relative completeness gap, rounded to five digits");
  }

  /** Counts what a patient has, whether they can be explained or not. */
  void read(Trajectory patient, UnknownCodes ofPatients) {
    Map<String, Long> there = new TreeMap<>();
    patient
        .tabular()
        .forEach(
            (name, value) -> {
              if (value != null) {
                there.put(name, 1L);
              }
            });
    tabularValues.add(there);
    codes.add(ofPatients.codes());
    unknownCodes.add(ofPatients.unknown());
    patientsWithUnknownCodes.add(ofPatients.patients());
    examples.add(
        ofPatients.examples().stream().collect(Collectors.toMap(code -> code, code -> 1L)));
  }

  /** Adds what was counted of codes, with the first examples in alphabetical order. */
  void addTo(UnknownCodes all) {
    Set<String> some = new TreeSet<>(examples.value().keySet());
    some.remove(Tallies.OTHER);
    all.add(codes.value(), unknownCodes.value(), patientsWithUnknownCodes.value(), some);
  }

  void explained(Attribution attribution) {
    warnings.add(attribution);
    explainedClasses.add(Map.of(Integer.toString(attribution.explainedClass()), 1L));
    Double gap = attribution.completenessGapRelative();
    if (gap != null) {
      gaps.add(Map.of(String.format(Locale.ROOT, "%.4e", gap), 1L));
    }
    patients.add(1L);
  }

  void inOrder() {
    sorted.add(1L);
  }

  void rejected(String where, InvalidInputException reason) {
    rejections.add(Rejections.Rejection.of(where, reason));
  }

  void told(Map<String, Long> ofEvents) {
    events.add(ofEvents);
  }

  /** What was dropped and noticed of the events of MEDS, with counts. */
  public Map<String, Long> events() {
    return events.value();
  }

  /** Patients that were explained. */
  public long patients() {
    return patients.value();
  }

  /** Patients, or lines, that were left out. */
  public long rejected() {
    return rejections.value().values().stream().mapToLong(Rejections.Tally::count).sum();
  }

  /** The reasons why patients were left out, and how many. */
  public Map<String, Long> reasons() {
    Map<String, Long> reasons = new TreeMap<>();
    rejections.value().forEach((reason, tally) -> reasons.put(reason, tally.count()));
    return reasons;
  }

  /** The reasons with their examples. */
  Map<String, Rejections.Tally> tallies() {
    return rejections.value();
  }

  /** Codes that the vocabulary lacks. */
  public long unknownCodes() {
    return unknownCodes.value();
  }

  /** Oldest tokens that were cut. */
  public long truncatedTokens() {
    return warnings.value().truncatedTokens();
  }

  /** Tabular values that are missing. */
  public long missingTabular() {
    return warnings.value().missingTabular();
  }

  /** Visits without a code, of which the model sees nothing. */
  public long emptyVisits() {
    return warnings.value().emptyVisits();
  }

  /** Visits that are earlier than one before them. */
  public long disorderedVisits() {
    return warnings.value().disorderedVisits();
  }

  /** Visits whose age was rounded down to a row of the age table. */
  public long roundedAges() {
    return warnings.value().roundedAges();
  }

  /** Patients whose visits were sorted. */
  public long sorted() {
    return sorted.value();
  }

  /** What was accepted about the patients that were explained. */
  WarningCounts warnings() {
    return warnings.value();
  }

  /** The tabular values that patients have. */
  TabularNames tabularNames() {
    TabularNames names = new TabularNames();
    tabularValues
        .value()
        .forEach(
            (name, patients) -> {
              if (!name.equals(Tallies.OTHER)) {
                names.add(name, patients);
              }
            });
    return names;
  }

  /**
   * The median of the relative completeness gaps after each was rounded to five digits: as far from
   * the median of the exact ones as rounding may move a gap, 0.005%. Null of none.
   */
  Double medianGap() {
    TreeMap<Double, Long> ascending = new TreeMap<>();
    gaps.value().forEach((gap, patients) -> ascending.put(Double.valueOf(gap), patients));
    long all = ascending.values().stream().mapToLong(Long::longValue).sum();
    return all == 0 ? null : (at(ascending, (all - 1) / 2) + at(ascending, all / 2)) / 2;
  }

  /** The value at a place, from 0, among those that occur so many times. */
  private static double at(SortedMap<Double, Long> ascending, long place) {
    long behind = place;
    for (Map.Entry<Double, Long> e : ascending.entrySet()) {
      behind -= e.getValue();
      if (behind < 0) {
        return e.getKey();
      }
    }
    throw new IllegalArgumentException("no place " + place);
  }

  /** How many patients had which class explained, by its number. */
  Map<String, Long> explainedClasses() {
    return explainedClasses.value();
  }

  /** The identity of the accumulator of explained patients, for who listens to Spark. */
  long patientsId() {
    return patients.id();
  }
}
