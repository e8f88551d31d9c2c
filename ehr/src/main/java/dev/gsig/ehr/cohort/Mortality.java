package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Will the patient die within n days after the end of the index visit? A visit may be the index
 * visit if the patient left it alive, if enough visits were over by its end, itself included, and
 * if the answer is known: they died, or a death within the n days would be known: each source says
 * until when. The moment is the end of the index visit. What happens at that very moment is seen,
 * for a discharge diagnosis is written then, and the question begins after it: who dies at that
 * moment did not leave alive.
 *
 * @param horizonDays n, at least 1
 * @param followUpDays how many days longer than the source says a death would be known, at least 0
 * @param minVisits the fewest visits of an input, at least 1
 * @param index which of the visits that may be it
 * @param seed for {@link Index#RANDOM}
 */
public record Mortality(int horizonDays, int followUpDays, int minVisits, Index index, long seed)
    implements Task {
  private static final String NO_VISIT = "no visit with a code";
  private static final String NOT_ALIVE = "no visit that was left alive";
  private static final String NOT_KNOWN = "death within the horizon not known";

  /** Which visit the prediction is made after. */
  public enum Index {
    /** The first visit that may be it. */
    FIRST,
    /** The last visit that may be it. */
    LAST,
    /** One of the visits that may be it, the same for the same seed and patient. */
    RANDOM
  }

  /** Deaths are known as long as the source says. */
  public Mortality(int horizonDays, int minVisits, Index index, long seed) {
    this(horizonDays, 0, minVisits, index, seed);
  }

  private String tooFew() {
    return "fewer than " + minVisits + " visits";
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", "mortality");
    json.put("horizon_days", horizonDays);
    json.put("follow_up_days", followUpDays);
    json.put("min_visits", minVisits);
    json.put("index", index.name().toLowerCase(java.util.Locale.ROOT) + " visit left alive");
    return json;
  }

  @Override
  public String outcome() {
    return "death within " + horizonDays + (horizonDays == 1 ? " day" : " days");
  }

  @Override
  public List<String> reasons() {
    return List.of(NO_VISIT, NOT_ALIVE, tooFew(), NOT_KNOWN);
  }

  @Override
  public Definition on(Records records) {
    for (int i = 0; i < records.deaths.size(); i++) {
      if (records.deaths.get(i) != Instants.UNKNOWN) {
        return this::samples;
      }
    }
    throw new InvalidInputException(
        "no patient has a death, so there is nothing to predict; does the source record deaths?");
  }

  private List<Sample> samples(PatientRecord patient, Steps steps) {
    if (patient.visits().isEmpty()) {
      return steps.leaveOut(NO_VISIT);
    }
    List<Sample> possible = new ArrayList<>();
    boolean alive = false;
    boolean enough = false;
    for (VisitRecord visit : patient.visits()) {
      long end = visit.end();
      boolean died = patient.death() != Instants.UNKNOWN;
      if (died && end >= patient.death()) {
        continue;
      }
      alive = true;
      Moment moment = Moment.upTo(end);
      if (!visit.isSeen(moment) || patient.countSeen(moment) < minVisits) {
        continue;
      }
      enough = true;
      long horizon = end + horizonDays * Instants.DAY;
      if (died || horizon - followUpDays * Instants.DAY <= patient.followUpEnd()) {
        int label = died && patient.death() <= horizon ? 1 : 0;
        possible.add(new Sample(patient.id(), moment, label));
      }
    }
    if (possible.isEmpty()) {
      return steps.leaveOut(!alive ? NOT_ALIVE : !enough ? tooFew() : NOT_KNOWN);
    }
    int chosen =
        switch (index) {
          case FIRST -> 0;
          case LAST -> possible.size() - 1;
          case RANDOM -> (int) (Split.uniform(seed, "index:" + patient.id()) * possible.size());
        };
    return List.of(possible.get(chosen));
  }
}
