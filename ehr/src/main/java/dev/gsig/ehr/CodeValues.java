package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * What the values beside codes look like in training: for each code that has any, their number,
 * mean and standard deviation. A model reads values standardised by them. Immutable.
 */
public final class CodeValues {
  /** What the file is called beside a vocabulary. */
  public static final String FILE_NAME = "values.json";

  /**
   * The values v_1 to v_n of a code.
   *
   * @param count n, at least 1
   * @param mean m = (v_1 + ... + v_n) / n
   * @param sd sqrt(((v_1 - m)^2 + ... + (v_n - m)^2) / n), 0 where all values are the same
   */
  private record Moments(int count, double mean, double sd) {
    /**
     * The corrected two-pass algorithm (Chan, Golub and LeVeque 1983, equation 1.7): what the
     * rounded mean is off is taken out of the squares again. Each sum is compensated: the same
     * values in the same order give the same bits.
     */
    static Moments of(double[] values) {
      double least = DoubleStream.of(values).min().orElseThrow();
      // a mean that is rounded would give equal values a spread
      if (least == DoubleStream.of(values).max().orElseThrow()) {
        return new Moments(values.length, least, 0);
      }
      int n = values.length;
      double mean = sum(values) / n;
      double[] off = DoubleStream.of(values).map(v -> v - mean).toArray();
      double rest = sum(off);
      double squares = sum(DoubleStream.of(off).map(d -> d * d).toArray()) - rest * rest / n;
      return new Moments(n, mean, Math.sqrt(Math.max(0, squares) / n));
    }

    /** Neumaier's compensated sum (ZAMM 54, 1974), in the values' order. */
    private static double sum(double[] values) {
      double sum = 0;
      double lost = 0;
      for (double value : values) {
        double next = sum + value;
        lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
        sum = next;
      }
      return sum + lost;
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("count", count);
      json.put("mean", mean);
      json.put("sd", sd);
      return json;
    }
  }

  private final String source;
  private final Map<String, Moments> momentsByCode;

  private CodeValues(String source, Map<String, Moments> momentsByCode) {
    this.source = source;
    this.momentsByCode = momentsByCode;
  }

  /**
   * The values of patients. One who is there in several lines counts in each, as in training.
   *
   * @param patients of the training part, whose order decides the last bits. Iterated once
   * @param vocabulary of whose codes values are taken
   * @return the values, the codes in the vocabulary's order
   * @throws InvalidInputException if no code of the vocabulary has a value, or values are so large
   *     that their sum or their spread is not finite
   */
  public static CodeValues of(Iterable<Trajectory> patients, Vocabulary vocabulary) {
    Map<String, double[]> values = ValuesByCode.of(patients);
    Map<String, Moments> moments = new LinkedHashMap<>();
    for (String code : vocabulary.codes()) {
      if (values.containsKey(code)) {
        Moments of = Moments.of(values.get(code));
        if (!Double.isFinite(of.mean()) || !Double.isFinite(of.sd())) {
          throw new InvalidInputException(
              "the values of "
                  + Json.quote(code)
                  + " are too large to add up; mend or remove what cannot have been measured");
        }
        moments.put(code, of);
      }
    }
    if (moments.isEmpty()) {
      throw new InvalidInputException(
          "no training patient has a value of a code in the vocabulary, so there is none to"
              + " standardise by; go on without values");
    }
    return new CodeValues("values of the training patients", moments);
  }

  /**
   * Reads {@code values.json}: {@code {"code": {"count": n, "mean": m, "sd": s}, ...}}.
   *
   * @param file the file
   * @return the values
   * @throws InvalidInputException if the file is not such a JSON object, has no code, or a count is
   *     below 1, an {@code sd} negative or a number not finite
   */
  public static CodeValues read(Path file) {
    Map<String, Moments> moments =
        ValuesByCode.read(
            file,
            "no code has a value; remove the file if the cohort has no values",
            of -> {
              if (of.number("sd") < 0) {
                throw of.invalid("sd", "must not be negative, but is " + of.number("sd"));
              }
              return new Moments(of.integer("count"), of.number("mean"), of.number("sd"));
            });
    return new CodeValues(file.toString(), moments);
  }

  /**
   * Writes the file that {@link #read} reads, a line for each code; the same values give the same
   * bytes.
   *
   * @param file the file to create or replace
   * @throws InvalidInputException if it cannot be written
   */
  public void write(Path file) {
    ValuesByCode.write(file, momentsByCode, Moments::json);
  }

  /** The codes that have values, in the vocabulary's order. */
  public List<String> codes() {
    return List.copyOf(momentsByCode.keySet());
  }

  /**
   * Says whether a code has values.
   *
   * @param code the code
   * @return whether it has
   */
  public boolean has(String code) {
    return momentsByCode.containsKey(code);
  }

  /**
   * How many values of a code there were.
   *
   * @param code the code
   * @return their number n, at least 1
   * @throws IllegalArgumentException if it has none
   */
  public int count(String code) {
    return moments(code).count();
  }

  /**
   * The mean of a code's values.
   *
   * @param code the code
   * @return (v_1 + ... + v_n) / n
   * @throws IllegalArgumentException if it has none
   */
  public double mean(String code) {
    return moments(code).mean();
  }

  /**
   * The standard deviation of a code's values, that of a population.
   *
   * @param code the code
   * @return sqrt(((v_1 - mean)^2 + ... + (v_n - mean)^2) / n); 0 where all are the same
   * @throws IllegalArgumentException if it has none
   */
  public double sd(String code) {
    return moments(code).sd();
  }

  /**
   * A value as a model reads it.
   *
   * @param code its code
   * @param value the value, in the unit of the training patients'
   * @return (value - mean) / sd; 0 where sd is 0, for such a code's values taught nothing
   * @throws IllegalArgumentException if the code has no values
   * @throws InvalidInputException if the result is beyond the range of a double
   */
  public double standardised(String code, double value) {
    Moments moments = moments(code);
    if (moments.sd() == 0) {
      return 0;
    }
    double z = (value - moments.mean()) / moments.sd();
    if (!Double.isFinite(z)) {
      throw new InvalidInputException(
          source
              + ": the value "
              + value
              + " of "
              + Json.quote(code)
              + " is too far from the mean "
              + moments.mean()
              + " with sd "
              + moments.sd()
              + "; is it in another unit?");
    }
    return z;
  }

  private Moments moments(String code) {
    Moments moments = momentsByCode.get(code);
    if (moments == null) {
      throw new IllegalArgumentException("no value of " + Json.quote(code) + " is known");
    }
    return moments;
  }
}
