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
import java.util.stream.IntStream;

/**
 * Labels given by MEDS labels, in one file or in all files under a folder: {@code subject_id},
 * {@code prediction_time}, and one of {@code boolean_value}, {@code integer_value} (the number of a
 * class, from 0 on) and {@code categorical_value} (classes are numbered in the order of the
 * alphabet); {@code float_value} is refused, for a number is no class. The moment is the prediction
 * time. What happens at that very moment is seen, as MEDS defines: a model may use all data up to
 * and including it. A patient with several labels gives a line for each, named {@code
 * subject_id@time}.
 *
 * @param file a file, or a folder of files
 * @param minVisits the fewest visits of an input, at least 1
 */
public record LabelFile(Path file, int minVisits) implements Task {
  private static final String NO_VISIT = "no visit with a code";
  private static final String NO_LABEL = "no label";

  private static final List<String> KEY = List.of("subject_id", "prediction_time");
  private static final List<String> VALUES =
      List.of("boolean_value", "integer_value", "categorical_value", "float_value");
  private static final int BOOLEAN = 2;
  private static final int INTEGER = 3;
  private static final int CATEGORICAL = 4;
  private static final int FLOAT = 5;

  /** So many classes are no count of something else. */
  private static final int MOST_CLASSES = 1000;

  private record Label(long time, int value) {}

  /** Makes samples of a patient's labels; null for who has none. */
  private interface Sampler {
    List<Sample> samples(PatientRecord patient, List<Label> labels, Steps steps);
  }

  /** The labels of all patients. */
  private static final class Labels {
    private final Map<Integer, List<Label>> of = new HashMap<>();

    /** Of categories, by the numbers that they have until all are known. */
    private final Dictionary categories = new Dictionary();

    private int largest = 1;

    void add(int patient, long time, Table row) {
      Label label = new Label(time, value(row));
      List<Label> known = of.computeIfAbsent(patient, p -> new ArrayList<>(1));
      if (known.stream().anyMatch(other -> other.time() == label.time())) {
        throw new InvalidInputException(
            row.where() + ": a second label of the same subject and time; remove one");
      }
      known.add(label);
      largest = Math.max(largest, label.value());
    }

    private int value(Table row) {
      List<Integer> given =
          IntStream.rangeClosed(BOOLEAN, FLOAT).filter(i -> row.text(i) != null).boxed().toList();
      if (given.isEmpty()) {
        throw new InvalidInputException(
            row.where() + ": the label must be true, false, 1 or 0, but is missing");
      }
      if (given.size() > 1) {
        throw new InvalidInputException(
            row.where()
                + ": has "
                + row.name(given.get(0))
                + " and "
                + row.name(given.get(1))
                + ", both; leave the one that is to be predicted");
      }
      int column = given.get(0);
      String text = row.text(column);
      if (column == FLOAT) {
        throw new InvalidInputException(
            row.where()
                + ": float_value is a number, and no class to be predicted; put classes into"
                + " integer_value or categorical_value");
      }
      if (!of.isEmpty() && (column == CATEGORICAL) != (categories.size() > 0)) {
        throw new InvalidInputException(
            row.where()
                + ": some labels are categories, and some are not; keep labels of one kind together");
      }
      return switch (column) {
        case BOOLEAN -> truth(text, row);
        case INTEGER -> number(text, row);
        default -> categories.add(text);
      };
    }

    private static int truth(String text, Table row) {
      return switch (Values.identifier(text).toLowerCase(Locale.ROOT)) {
        case "true", "1" -> 1;
        case "false", "0" -> 0;
        default ->
            throw new InvalidInputException(
                row.where()
                    + ": the label must be true, false, 1 or 0, but is "
                    + Json.quote(text));
      };
    }

    private static int number(String text, Table row) {
      if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
        return truth(text, row);
      }
      Integer value = Values.whole(text);
      if (value == null || value < 0 || value >= MOST_CLASSES) {
        throw new InvalidInputException(
            row.where()
                + ": integer_value must be the number of a class, 0 to "
                + (MOST_CLASSES - 1)
                + ", but is "
                + Json.quote(text));
      }
      return value;
    }

    /** Categories are numbered in the order of the alphabet. */
    Definition definition(Sampler sampler) {
      List<String> names =
          IntStream.range(0, categories.size()).mapToObj(categories::text).sorted().toList();
      Map<String, String> numbered = new LinkedHashMap<>();
      names.forEach(name -> numbered.put(String.valueOf(numbered.size()), name));
      int[] sorted =
          IntStream.range(0, categories.size())
              .map(i -> names.indexOf(categories.text(i)))
              .toArray();
      return new Definition() {
        @Override
        public List<Sample> samples(PatientRecord patient, Steps steps) {
          List<Label> labels = of.get(patient.number());
          return sampler.samples(
              patient,
              labels == null || sorted.length == 0
                  ? labels
                  : labels.stream().map(l -> new Label(l.time(), sorted[l.value()])).toList(),
              steps);
        }

        @Override
        public int classes() {
          return Math.max(largest + 1, sorted.length);
        }

        @Override
        public Map<String, String> names() {
          return numbered;
        }
      };
    }
  }

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
    Labels labels = new Labels();
    Tables.under(file, "labels").files().forEach(shard -> read(shard, records, labels));
    if (labels.of.isEmpty()) {
      throw new InvalidInputException(file + ": holds no label");
    }
    return labels.definition(this::samples);
  }

  @Override
  public List<String> passedOver() {
    return Tables.under(file, "labels").passedOver();
  }

  private static void read(Path file, Records records, Labels labels) {
    try (Table row = Tables.open(file, KEY, VALUES)) {
      if (!row.has(BOOLEAN) && !row.has(INTEGER) && !row.has(CATEGORICAL)) {
        throw new InvalidInputException(
            file
                + ": has none of boolean_value, integer_value and categorical_value"
                + (row.has(FLOAT) ? ", but float_value, which is a number and no class" : "")
                + "; name the column of labels so");
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
        labels.add(patient, Instants.required(row, 1), row);
      }
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
