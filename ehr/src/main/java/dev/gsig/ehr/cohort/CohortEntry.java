package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Will it happen within n days after a patient enters a cohort that the source names? The moment is
 * the end of the day of the entry, or its time; what happens up to it is seen. Label 1 is the
 * death, or the first target code, after the moment and up to n days later; 0 is that there is
 * none, which must be known: who died, or is known to have been there to the end of the n days. Who
 * died by the moment, or had a target code by then, is left out. A patient who enters several times
 * gives a line for each, named {@code person@time}.
 *
 * @param definition of the cohort
 * @param name what the task is called
 * @param target the codes; null for death
 * @param horizonDays n, at least 1
 * @param followUpDays how many days longer than the source says it would be known, at least 0
 * @param minVisits the fewest visits of an input, at least 1
 */
public record CohortEntry(
    int definition,
    String name,
    CodePatterns target,
    int horizonDays,
    int followUpDays,
    int minVisits)
    implements Task {
  private static final String NO_VISIT = "no visit with a code";
  private static final String STRAY = "target code outside of any visit";
  private static final String DEAD = "entries of patients who had died by then";
  private static final String HAD = "entries with a target code by then";
  private static final String NOT_KNOWN = "entries of which the answer is not known";

  private String notIn() {
    return "not in the cohort " + definition;
  }

  private String tooFew() {
    return "entries with fewer than " + minVisits + " visits before";
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("index_cohort", definition);
    if (target != null) {
      json.put("target_codes", target.toString());
    }
    json.put("horizon_days", horizonDays);
    json.put("follow_up_days", followUpDays);
    json.put("min_visits", minVisits);
    json.put("index", "end of the day of the entry into the cohort");
    return json;
  }

  @Override
  public String outcome() {
    return (target == null ? "death" : "a first diagnosis of " + name.replace('-', ' '))
        + " within "
        + horizonDays
        + (horizonDays == 1 ? " day" : " days");
  }

  @Override
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>(List.of(notIn(), NO_VISIT));
    if (target != null) {
      reasons.add(STRAY);
    }
    reasons.add(DEAD);
    if (target != null) {
      reasons.add(HAD);
    }
    reasons.addAll(List.of(tooFew(), NOT_KNOWN));
    return reasons;
  }

  @Override
  public Definition on(Records records) {
    if (records.indexDates == null) {
      throw new InvalidInputException("the source names no cohort that patients enter");
    }
    if (target != null && !target.any(records)) {
      throw new InvalidInputException(
          "no patient has a code of --target-codes "
              + target
              + ", so there is nothing to predict; name codes as the source spells them");
    }
    boolean[] wanted = target == null ? null : target.in(records);
    return (patient, steps) ->
        samples(patient, records.indexDates.get(patient.number()), wanted, steps);
  }

  private List<Sample> samples(
      PatientRecord patient, SortedSet<Long> entries, boolean[] wanted, Steps steps) {
    if (entries == null) {
      return steps.leaveOut(notIn());
    }
    if (patient.visits().isEmpty()) {
      return steps.leaveOut(NO_VISIT);
    }
    for (int code : wanted == null ? new int[0] : patient.strays()) {
      if (wanted[code]) {
        return steps.leaveOut(STRAY);
      }
    }
    long happens = wanted == null ? patient.death() : first(patient, wanted);
    List<Sample> samples = new ArrayList<>();
    for (long time : entries) {
      String reason = reason(patient, time, happens);
      if (reason != null) {
        steps.leaveOut(reason);
        continue;
      }
      String id = entries.size() == 1 ? patient.id() : patient.id() + "@" + Instants.format(time);
      boolean does = happens != Instants.UNKNOWN && happens <= end(time);
      samples.add(new Sample(id, Moment.upTo(time), does ? 1 : 0));
    }
    return samples;
  }

  private long end(long time) {
    return time + horizonDays * Instants.DAY;
  }

  /** Why an entry gives no line; null if it gives one. */
  private String reason(PatientRecord patient, long time, long happens) {
    boolean dies = patient.death() != Instants.UNKNOWN;
    if (dies && patient.death() <= time) {
      return DEAD;
    }
    if (happens != Instants.UNKNOWN && happens <= time) {
      return HAD;
    }
    if (patient.countSeen(Moment.upTo(time)) < minVisits) {
      return tooFew();
    }
    boolean does = happens != Instants.UNKNOWN && happens <= end(time);
    // who dies within the days has had all of them that there were
    boolean known = does || (dies && (target == null || patient.death() <= end(time)));
    return known || end(time) - followUpDays * Instants.DAY <= patient.followUpEnd()
        ? null
        : NOT_KNOWN;
  }

  /** When a patient has the first target code; of one without a time with its visit. */
  private static long first(PatientRecord patient, boolean[] wanted) {
    long first = Instants.UNKNOWN;
    for (VisitRecord visit : patient.visits()) {
      for (int i = 0; i < visit.codes().length; i++) {
        if (wanted[visit.codes()[i]]) {
          long known = visit.known()[i];
          long time = known == Instants.UNKNOWN ? visit.start() : known;
          first = first == Instants.UNKNOWN ? time : Math.min(first, time);
        }
      }
    }
    return first;
  }
}
