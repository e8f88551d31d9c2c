package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Values;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Labels given by MEDS labels, in one file or in all files under a folder: {@code subject_id},
 * {@code prediction_time}, and {@code boolean_value} or {@code integer_value}. The moment is the
 * prediction time. What happens at that very moment is seen, as MEDS defines: a model may use all
 * data up to and including it. A patient with several labels gives a line for each, named {@code
 * subject_id@time}.
 *
 * @param file a file, or a folder of files
 * @param minVisits the fewest visits of an input, at least 1
 */
public record LabelFile(Path file, int minVisits) implements Task {
  private static final String NO_VISIT = "no visit with a code";
  private static final String NO_LABEL = "no label";

  private record Label(long time, int value) {}

  private String tooFew() {
    return "labels with fewer than " + minVisits + " visits before";
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", "labels");
    json.put("labels", file.getFileName().toString());
    json.put("min_visits", minVisits);
    json.put("index", "prediction time");
    return json;
  }

  @Override
  public List<String> reasons() {
    return List.of(NO_LABEL, NO_VISIT, tooFew());
  }

  @Override
  public Definition on(Records records) {
    Map<Integer, List<Label>> labels = new HashMap<>();
    Tables.under(file, "labels").files().forEach(shard -> read(shard, records, labels));
    if (labels.isEmpty()) {
      throw new InvalidInputException(file + ": holds no label");
    }
    return (patient, steps) -> samples(patient, labels.get(patient.number()), steps);
  }

  @Override
  public List<String> passedOver() {
    return Tables.under(file, "labels").passedOver();
  }

  private static void read(Path file, Records records, Map<Integer, List<Label>> labels) {
    try (Table row =
        Tables.open(
            file,
            List.of("subject_id", "prediction_time"),
            List.of("boolean_value", "integer_value"))) {
      if (!row.has(2) && !row.has(3)) {
        throw new InvalidInputException(
            file + ": has neither boolean_value nor integer_value; name the column of labels so");
      }
      while (row.next()) {
        int patient = records.patients.find(row.requiredIdentifier(0));
        if (patient < 0) {
          throw new InvalidInputException(
              row.where()
                  + ": no patient of the source is called "
                  + Json.quote(row.text(0))
                  + "; are the labels those of this source?");
        }
        Label label = new Label(Instants.required(row, 1), value(row));
        List<Label> known = labels.computeIfAbsent(patient, p -> new ArrayList<>(1));
        if (known.stream().anyMatch(other -> other.time() == label.time())) {
          throw new InvalidInputException(
              row.where() + ": a second label of the same subject and time; remove one");
        }
        known.add(label);
      }
    }
  }

  private static int value(Table row) {
    String text = row.text(2) == null ? row.text(3) : row.text(2);
    switch (text == null ? "" : Values.identifier(text).toLowerCase(Locale.ROOT)) {
      case "true", "1" -> {
        return 1;
      }
      case "false", "0" -> {
        return 0;
      }
      default ->
          throw new InvalidInputException(
              row.where()
                  + ": the label must be true, false, 1 or 0, but is "
                  + (text == null ? "missing" : Json.quote(text)));
    }
  }

  private List<Sample> samples(PatientRecord patient, List<Label> labels, Steps steps) {
    if (labels == null) {
      return steps.leaveOut(NO_LABEL);
    }
    if (patient.visits().isEmpty()) {
      return steps.leaveOut(NO_VISIT);
    }
    List<Sample> samples = new ArrayList<>();
    for (Label label : labels) {
      Moment moment = Moment.upTo(label.time());
      if (patient.countSeen(moment) < minVisits) {
        steps.leaveOut(tooFew());
      } else {
        String id =
            labels.size() == 1 ? patient.id() : patient.id() + "@" + Instants.format(label.time());
        samples.add(new Sample(id, moment, label.value()));
      }
    }
    return samples;
  }
}
