package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Values told by codes, for models that read no numbers: {@code l_HR} with the value 71 becomes
 * {@code l_HR_q2}, the second of the bins between quantiles of the training patients' values.
 * Immutable.
 *
 * <p>For b bins, the limits of a code with the sorted values x_1 to x_n are its quantiles {@code
 * x_ceil(n k / b)}, k = 1 to b - 1 (definition 1 of Hyndman and Fan, The American Statistician 50,
 * 1996: they are values that were measured). A value v is in bin {@code 1 + (number of limits below
 * v)}. A limit that is x_n, which a b-th of the values then are, is in its place the largest value
 * below, and limits that are equal are one: so no bin is without a training value, what is as
 * frequent is in one of its own, and a code with few different values has fewer bins than b.
 */
public final class ValueBins {
  /** What the file is called in a cohort's folder. */
  public static final String FILE_NAME = "bins.json";

  /**
   * The bins of a code.
   *
   * @param count n, at least 1
   * @param limits ascending, none twice; bin i has what is above the one before and not above limit
   *     i, the last bin what is above all. Not modified.
   */
  private record Bins(int count, double[] limits) {
    static Bins of(double[] values, int bins) {
      // of the two zeros one, for they are equal as limits
      double[] sorted = DoubleStream.of(values).map(value -> value + 0.0).sorted().toArray();
      long n = sorted.length;
      double[] lower =
          DoubleStream.of(sorted).filter(value -> value < sorted[sorted.length - 1]).toArray();
      double[] limits =
          IntStream.range(1, lower.length == 0 ? 1 : bins)
              .map(k -> (int) ((n * k + bins - 1) / bins) - 1)
              .mapToDouble(index -> lower[Math.min(index, lower.length - 1)])
              .distinct()
              .toArray();
      return new Bins(sorted.length, limits);
    }

    int of(double value) {
      int below = 0;
      while (below < limits.length && limits[below] < value) {
        below++;
      }
      return 1 + below;
    }

    /** What a bin holds, in words. */
    String words(int bin) {
      if (limits.length == 0) {
        return "any value";
      }
      String above = bin == 1 ? "" : "above " + number(limits[bin - 2]);
      if (bin > limits.length) {
        return above;
      }
      return (bin == 1 ? "up to " : above + " up to ") + number(limits[bin - 1]);
    }

    private static String number(double value) {
      return Values.identifier(Json.write(value));
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("count", count);
      json.put("limits", DoubleStream.of(limits).boxed().toList());
      return json;
    }
  }

  private final Map<String, Bins> binsByCode;

  private ValueBins(Map<String, Bins> binsByCode) {
    this.binsByCode = binsByCode;
  }

  /**
   * Bins by the values of patients. One who is there in several lines counts in each, as in
   * training.
   *
   * @param patients of the training part, in any order. Iterated once
   * @param bins b, at least 2
   * @return the bins of each code that has a value
   * @throws InvalidInputException if no code has one
   * @throws IllegalArgumentException if there are fewer than 2 bins
   */
  public static ValueBins of(Iterable<Trajectory> patients, int bins) {
    if (bins < 2) {
      throw new IllegalArgumentException("there must be at least 2 bins, but are " + bins);
    }
    Map<String, double[]> values = ValuesByCode.of(patients);
    if (values.isEmpty()) {
      throw new InvalidInputException(
          "no training patient has a value, so there is none to make bins of; go on without bins");
    }
    Map<String, Bins> all = new LinkedHashMap<>();
    values.forEach((code, of) -> all.put(code, Bins.of(of, bins)));
    return new ValueBins(all);
  }

  /**
   * Reads {@code bins.json}: {@code {"code": {"count": n, "limits": [l_1, l_2, ...]}, ...}}.
   *
   * @param file the file
   * @return the bins
   * @throws InvalidInputException if the file is not such a JSON object, has no code, a count is
   *     below 1, or limits do not ascend
   */
  public static ValueBins read(Path file) {
    return new ValueBins(ValuesByCode.read(file, "no code has bins", ValueBins::read));
  }

  private static Bins read(JsonObject of) {
    double[] limits = of.numbers("limits").stream().mapToDouble(Double::doubleValue).toArray();
    for (int i = 1; i < limits.length; i++) {
      if (!(limits[i - 1] < limits[i])) {
        throw of.invalid("limits", "must ascend, but has " + limits[i - 1] + ", " + limits[i]);
      }
    }
    return new Bins(of.integer("count"), limits);
  }

  /**
   * Writes the file that {@link #read} reads, a line for each code; the same bins give the same
   * bytes.
   *
   * @param file the file to create or replace
   * @throws InvalidInputException if it cannot be written
   */
  public void write(Path file) {
    ValuesByCode.write(file, binsByCode, Bins::json);
  }

  /** The codes that have bins, those of before they were in one. */
  public List<String> codes() {
    return List.copyOf(binsByCode.keySet());
  }

  /**
   * How many values of a code there were.
   *
   * @param code the code
   * @return their number n, at least 1
   * @throws IllegalArgumentException if it has no bins
   */
  public int count(String code) {
    return bins(code).count();
  }

  /**
   * The limits between the bins of a code.
   *
   * @param code the code
   * @return the limits, ascending: one fewer than there are bins
   * @throws IllegalArgumentException if it has no bins
   */
  public List<Double> limits(String code) {
    return DoubleStream.of(bins(code).limits()).boxed().toList();
  }

  /**
   * The code of a value's bin.
   *
   * @param code the code
   * @param value its value; null for none
   * @return the code, {@code _q} and the bin's number, from 1; the code itself where it has no
   *     value, or no training patient had one
   */
  public String binned(String code, Double value) {
    Bins bins = value == null ? null : binsByCode.get(code);
    return bins == null ? code : name(code, bins.of(value));
  }

  /**
   * A patient whose values are told by codes alone.
   *
   * @param patient with values. Not modified.
   * @return the patient with the bins' codes, and without values
   */
  public Trajectory binned(Trajectory patient) {
    List<Visit> visits = patient.visits().stream().map(this::binned).toList();
    return new Trajectory(
        patient.subjectId(), visits, patient.tabular(), patient.label(), patient.labels());
  }

  private Visit binned(Visit visit) {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < visit.codes().size(); i++) {
      codes.add(binned(visit.codes().get(i), visit.value(i)));
    }
    return new Visit(visit.time(), codes, visit.age(), visit.tokenType(), visit.events());
  }

  /**
   * What the codes of a code's bins mean.
   *
   * @param code the code
   * @param text what it means
   * @return the text and the limits, for the code of each bin; for a code without bins nothing
   */
  public Map<String, String> descriptions(String code, String text) {
    Map<String, String> texts = new LinkedHashMap<>();
    Bins bins = binsByCode.get(code);
    for (int bin = 1; bins != null && bin <= bins.limits().length + 1; bin++) {
      texts.put(name(code, bin), text + ": " + bins.words(bin));
    }
    return texts;
  }

  private static String name(String code, int bin) {
    return code + "_q" + bin;
  }

  private Bins bins(String code) {
    Bins bins = binsByCode.get(code);
    if (bins == null) {
      throw new IllegalArgumentException("no bin of " + Json.quote(code) + " is known");
    }
    return bins;
  }
}
