package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts the lines of a cohort. */
final class CohortStatistics {
  private final Map<Split, long[]> labels = new EnumMap<>(Split.class);
  private final Ints visits = new Ints();
  private final Ints codes = new Ints();
  private final Ints codesOfVisits = new Ints();
  private final Map<String, Moments> tabular = new LinkedHashMap<>();
  private final Map<String, Long> missing = new LinkedHashMap<>();

  /** Mean and standard deviation of a feature over the training lines that have it. */
  private static final class Moments {
    private long count;
    private double mean;
    private double squares;

    /** Welford's recurrence. */
    void add(double value) {
      count++;
      double off = value - mean;
      mean += off / count;
      squares += off * (value - mean);
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("count", count);
      json.put("mean", count == 0 ? null : mean);
      json.put("std", count < 2 ? null : Math.sqrt(squares / (count - 1)));
      return json;
    }
  }

  /**
   * Counts lines that may have some tabular features.
   *
   * @param classes how many labels there are, at least 2
   */
  CohortStatistics(int classes, List<String> features) {
    features.forEach(name -> missing.put(name, 0L));
    for (Split split : Split.values()) {
      labels.put(split, new long[classes]);
    }
  }

  void add(Split split, Trajectory line) {
    labels.get(split)[line.label()]++;
    visits.add(line.visits().size());
    int sum = 0;
    for (Visit visit : line.visits()) {
      codesOfVisits.add(visit.codes().size());
      sum += visit.codes().size();
    }
    codes.add(sum);
    missing.replaceAll((name, count) -> line.tabular().containsKey(name) ? count : count + 1);
    if (split == Split.TRAIN) {
      line.tabular()
          .forEach((name, value) -> tabular.computeIfAbsent(name, n -> new Moments()).add(value));
    }
  }

  long lines() {
    return visits.size();
  }

  /**
   * Makes sure that a model can be trained and tested on the cohort.
   *
   * @param needed the parts that should have patients
   * @param leftOut who was left out, by reason
   * @throws InvalidInputException if a class, or a part that should have patients, has none
   */
  void requireUsable(Set<Split> needed, Map<String, Long> leftOut) {
    for (int label = 0; label < labels.get(Split.TRAIN).length; label++) {
      int l = label;
      if (labels.values().stream().allMatch(counts -> counts[l] == 0)) {
        throw new InvalidInputException(
            "the cohort has no patient with the label "
                + label
                + " ("
                + lines()
                + " in all"
                + inWords(leftOut)
                + "); widen the task, for example with another target, a longer horizon, or a"
                + " smaller --min-visits or --min-age");
      }
    }
    for (Split split : needed) {
      if (Arrays.stream(labels.get(split)).sum() == 0) {
        throw new InvalidInputException(
            "no patient falls into the "
                + split.label()
                + " part of the cohort ("
                + lines()
                + " in all); give it a larger share with --split, or another --seed");
      }
    }
  }

  /** The reasons, the most frequent first; nothing if there are none. */
  private static String inWords(Map<String, Long> leftOut) {
    String reasons =
        leftOut.entrySet().stream()
            .filter(reason -> reason.getValue() > 0)
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(reason -> reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining(", "));
    return reasons.isEmpty() ? "" : "; left out: " + reasons;
  }

  /**
   * Makes sure that a model can be trained on the measurements that were asked for.
   *
   * @throws InvalidInputException if no training line has one of them
   */
  void requireMeasured(List<Measurement> measurements) {
    for (Measurement measurement : measurements) {
      if (!tabular.containsKey(measurement.name())) {
        throw new InvalidInputException(
            "--tabular "
                + measurement.name()
                + "="
                + measurement.code()
                + ": no training patient has a value of it before the moment of the prediction; is "
                + Json.quote(measurement.code())
                + " how the source spells it?");
      }
    }
  }

  Map<String, Object> json() {
    Map<String, Object> parts = new LinkedHashMap<>();
    labels.forEach((split, counts) -> parts.put(split.label(), part(counts)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("parts", parts);
    json.put("visits_per_line", quantiles(visits));
    json.put("codes_per_line", quantiles(codes));
    json.put("codes_per_visit", quantiles(codesOfVisits));
    Map<String, Object> features = new TreeMap<>();
    tabular.forEach((name, moments) -> features.put(name, moments.json()));
    json.put("tabular_of_training", features);
    json.put("lines_without", missing);
    return json;
  }

  private static Map<String, Object> part(long[] counts) {
    long all = Arrays.stream(counts).sum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lines", all);
    if (counts.length > 2) {
      json.put("labels", Arrays.stream(counts).boxed().toList());
    } else {
      json.put("label_1", counts[1]);
      json.put("label_1_rate", all == 0 ? null : (double) counts[1] / all);
    }
    return json;
  }

  private static Map<String, Object> quantiles(Ints list) {
    int[] sorted = new int[list.size()];
    double sum = 0;
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = list.get(i);
      sum += sorted[i];
    }
    Arrays.sort(sorted);
    Map<String, Object> json = new LinkedHashMap<>();
    if (sorted.length > 0) {
      json.put("mean", sum / sorted.length);
      json.put("min", sorted[0]);
      json.put("median", sorted[(sorted.length - 1) / 2]);
      json.put("p95", sorted[(int) (0.95 * (sorted.length - 1))]);
      json.put("max", sorted[sorted.length - 1]);
    }
    return json;
  }
}
