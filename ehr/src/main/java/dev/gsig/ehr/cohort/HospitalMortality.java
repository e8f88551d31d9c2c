package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Will the patient die before they leave hospital? From the first hours of a stay in intensive care
 * whose end the source tells: those of {@link Physionet2012Source}. The moment is the end of these
 * hours, and what happens at it is seen. Its authors left out stays of less than 48 hours in
 * intensive care, so that nothing that is seen is of after the answer.
 *
 * @param hours how many, 1 to 48
 * @param minVisits the fewest visits of an input, at least 1
 */
public record HospitalMortality(int hours, int minVisits) implements Task {
  private static final String NOT_KNOWN = "whether they died in hospital not known";
  private static final String NO_VISIT = "no visit with a code";

  private String tooFew() {
    return "fewer than " + minVisits + " visits";
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", "hospital-mortality");
    json.put("min_visits", minVisits);
    json.put("index", "after " + hours + " hours in intensive care");
    return json;
  }

  @Override
  public String outcome() {
    return "death in hospital";
  }

  @Override
  public List<String> reasons() {
    return List.of(NOT_KNOWN, NO_VISIT, tooFew());
  }

  @Override
  public Definition on(Records records) {
    if (records.hospitalDeaths.isEmpty()) {
      throw new InvalidInputException(
          "the source tells of no stay whether it ended with death, so there is nothing to predict");
    }
    return (patient, steps) -> samples(patient, records.hospitalDeaths, steps);
  }

  private List<Sample> samples(PatientRecord patient, Map<Integer, Integer> died, Steps steps) {
    Integer label = died.get(patient.number());
    if (label == null) {
      return steps.leaveOut(NOT_KNOWN);
    }
    if (patient.visits().isEmpty()) {
      return steps.leaveOut(NO_VISIT);
    }
    Moment moment = Moment.upTo(IcuStays.START + hours * IcuStays.HOUR);
    if (patient.countSeen(moment) < minVisits) {
      return steps.leaveOut(tooFew());
    }
    return List.of(new Sample(patient.id(), moment, label));
  }
}
