package dev.gsig.spark;

import dev.gsig.attribution.Attribution;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.UnknownCodes;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
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
  private final LongAccumulator unknownCodes;
  private final LongAccumulator truncatedTokens;
  private final LongAccumulator missingTabular;
  private final Tallies events = new Tallies();
  private final LongAccumulator emptyVisits;
  private final LongAccumulator disorderedVisits;
  private final LongAccumulator roundedAges;
  private final LongAccumulator codes;
  private final LongAccumulator patientsWithUnknownCodes;
  private final Tallies examples = new Tallies();

  Counters(SparkContext context) {
    patients = context.longAccumulator(PATIENTS);
    context.register(rejections, "gsig: patients rejected");
    unknownCodes = context.longAccumulator("gsig: codes not in the vocabulary");
    truncatedTokens = context.longAccumulator("gsig: tokens cut");
    missingTabular = context.longAccumulator("gsig: missing tabular values");
    context.register(events, "gsig: events of MEDS dropped or noticed");
    emptyVisits = context.longAccumulator("gsig: visits without codes");
    disorderedVisits = context.longAccumulator("gsig: visits earlier than one before them");
    roundedAges = context.longAccumulator("gsig: ages rounded down");
    codes = context.longAccumulator("gsig: codes");
    patientsWithUnknownCodes = context.longAccumulator("gsig: patients with unknown codes");
    context.register(examples, "gsig: examples of unknown codes");
  }

  /** Counts the codes of patients, whether they can be explained or not. */
  void read(UnknownCodes ofPatients) {
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
    Attribution.Notes notes = attribution.notes();
    truncatedTokens.add(notes.truncatedTokens());
    missingTabular.add(notes.missingTabular());
    emptyVisits.add(notes.emptyVisits());
    disorderedVisits.add(notes.disorderedVisits());
    roundedAges.add(notes.roundedAges());
    patients.add(1L);
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
    return truncatedTokens.value();
  }

  /** Tabular values that are missing. */
  public long missingTabular() {
    return missingTabular.value();
  }

  /** Visits without a code, of which the model sees nothing. */
  public long emptyVisits() {
    return emptyVisits.value();
  }

  /** Visits that are earlier than one before them. */
  public long disorderedVisits() {
    return disorderedVisits.value();
  }

  /** Visits whose age was rounded down to a row of the age table. */
  public long roundedAges() {
    return roundedAges.value();
  }

  /** The identity of the accumulator of explained patients, for who listens to Spark. */
  long patientsId() {
    return patients.id();
  }
}
