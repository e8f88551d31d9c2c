package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Will the next visit be the first with a target code? The moment is the start of the first visit
 * with such a code; of a patient who never has one, the start of the last visit, which is dropped,
 * so that both classes end before an unseen visit. What happens at that very moment is of the
 * unseen visit, and is not seen.
 *
 * @param name what the task is called
 * @param target the codes
 * @param minVisits the fewest visits of an input, at least 1
 */
public record FirstDiagnosis(String name, CodePatterns target, int minVisits) implements Task {
  private static final String NO_VISIT = "no visit with a code";
  private static final String STRAY = "target code outside of any visit";

  private String tooEarly() {
    return "target code before there are " + minVisits + " earlier visits";
  }

  private String tooFew() {
    return "no target code, and fewer than " + minVisits + " visits before the last";
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("target_codes", target.toString());
    json.put("min_visits", minVisits);
    json.put("index", "start of the first visit with a target code; else of the last visit");
    return json;
  }

  @Override
  public String outcome() {
    return "a first diagnosis of " + name.replace('-', ' ');
  }

  @Override
  public List<String> reasons() {
    return List.of(NO_VISIT, STRAY, tooEarly(), tooFew());
  }

  @Override
  public Definition on(Records records) {
    if (!target.any(records)) {
      throw new InvalidInputException(
          "no patient has a code of --target-codes "
              + target
              + ", so there is nothing to predict; name codes as the source spells them");
    }
    boolean[] wanted = target.in(records);
    return (patient, steps) -> samples(patient, wanted, steps);
  }

  private List<Sample> samples(PatientRecord patient, boolean[] wanted, Steps steps) {
    List<VisitRecord> visits = patient.visits();
    for (int code : patient.strays()) {
      if (wanted[code]) {
        return steps.leaveOut(STRAY);
      }
    }
    if (visits.isEmpty()) {
      return steps.leaveOut(NO_VISIT);
    }
    int first = 0;
    while (first < visits.size() && !visits.get(first).hasAny(wanted)) {
      first++;
    }
    boolean has = first < visits.size();
    Moment moment = Moment.before(visits.get(has ? first : visits.size() - 1).start());
    if (patient.countSeen(moment) < minVisits) {
      return steps.leaveOut(has ? tooEarly() : tooFew());
    }
    return List.of(new Sample(patient.id(), moment, has ? 1 : 0));
  }
}
