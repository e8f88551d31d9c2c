package dev.gsig.cli;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/** Results as {@code explain} writes them, of nobody, whose numbers agree with each other. */
final class MadeUpResults {
  private static final double[] THETAS = {1, 0.1, 0.5, 2, 5};
  private static final double[] GAPS = {0.004, 0.03, 0.11, 0.42, 0.7, 0.05};

  private MadeUpResults() {}

  /** What the made-up model calls a code; some codes have no name. */
  static String text(String code) {
    return switch (code) {
      case "d_7" -> "Heart failure";
      case "d_3" -> "Essential hypertension of a kind whose description is rather long";
      case "d_1", "d_2", "d_4", "d_5", "d_6", "d_8", "d_9", "d_10" -> "Disorder " + code;
      default -> code;
    };
  }

  /** A model folder that says how the codes are called; it has no weights. */
  static Path model(Path folder, String nameless) {
    Map<String, Object> texts = new LinkedHashMap<>();
    for (int i = 1; i <= 10; i++) {
      texts.put("d_" + i, text("d_" + i));
    }
    texts.put("unused " + nameless, nameless);
    try {
      Files.createDirectories(folder);
      Files.copy(Path.of("..", "demo", "model", "config.json"), folder.resolve("config.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Fixture.write(folder.resolve("descriptions.json"), Json.write(texts));
    return folder;
  }

  /** The line of one of many patients. */
  static String patient(int number) {
    return patient(number, "patient-" + number, null);
  }

  /** The line of a cohort, of a patient who has a code, with this label; null for none. */
  static String ofCohort(int number, Integer label) {
    return "{\"subject_id\":\"patient-%d\",\"visits\":[{\"time\":\"2020-01-02T03:04:05\",\"codes\":[\"d_1\"]}]%s}%n"
        .formatted(number, label == null ? "" : ",\"label\":" + label);
  }

  /** The line of one of many patients, with about 125 codes: as many as a long sequence holds. */
  static String longPatient(int number) {
    return patient(number, "patient-" + number, null, 50);
  }

  /**
   * The line of one of many patients, with about 30 codes, of 2,000 that there are, in 12 visits,
   * and the scores of a second method.
   */
  static String usualPatient(int number) {
    Random random = new Random(number);
    Map<String, Object> line =
        Json.object(patient(number, "patient-" + number, null, 12), "made up").toMap();
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("method", "gsig");
    for (String key : List.of("tokens", "visits", "tabular")) {
      List<Object> scores = new ArrayList<>();
      for (Object row : (List<?>) line.get(key)) {
        Map<String, Object> score = new LinkedHashMap<>();
        ((Map<?, ?>) row).forEach((name, value) -> score.put((String) name, value));
        score.replaceAll((name, v) -> v instanceof Double d ? digits(d * random.nextDouble()) : v);
        score.keySet().removeAll(List.of("code", "known", "time", "value"));
        scores.add(score);
      }
      other.put(key, scores);
    }
    for (String key : List.of("steps", "theta", "theta_curve", "l21", "l21_theta1")) {
      other.put(key, line.get(key));
    }
    for (String key : List.of("completeness_gap", "completeness_gap_relative", "special_tokens")) {
      other.put(key, line.get(key));
    }
    line.put("method", "ig");
    line.put("readings", List.of(other));
    return Pattern.compile("\"d_")
        .matcher(Json.write(line))
        .replaceAll(match -> "\"d_" + random.nextInt(200) + "_");
  }

  /** The line of a patient of this name, who has this code once, if it is not null. */
  static String patient(int number, String id, String code) {
    return patient(number, id, code, 2 + number % 5);
  }

  private static String patient(int number, String id, String code, int visitCount) {
    Random random = new Random(number);
    List<Object> tokens = new ArrayList<>();
    List<Object> visits = new ArrayList<>();
    double signed = 0;
    double l21 = 0;
    int position = 1;
    for (int visit = 0; visit < visitCount; visit++) {
      double visitSigned = 0;
      double visitL2 = 0;
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        double score = digits(random.nextGaussian() / 5);
        double weight = digits(Math.abs(score) * (1 + random.nextDouble()));
        boolean special = code != null && visit == 0 && i == 0;
        String name = special ? code : "d_" + (1 + random.nextInt(10));
        tokens.add(
            ordered(
                "position",
                position++,
                "code",
                name,
                "visit",
                visit,
                "known",
                true,
                "l2",
                weight,
                "signed",
                score));
        visitSigned += score;
        visitL2 += weight;
      }
      String time = (2001 + visit * visit) + "-0" + (1 + visit % 9) + "-17T08:30:00";
      visits.add(
          ordered(
              "visit", visit, "time", time, "l2", digits(visitL2), "signed", digits(visitSigned)));
      signed += visitSigned;
      l21 += visitL2;
    }
    double age = digits(random.nextGaussian());
    double special = 0.01;
    double gap = GAPS[number % GAPS.length];
    // gap = |total - difference| / |difference|, and what is missing has the difference's sign.
    double total = signed + special + age;
    double difference = digits(total / (1 - gap));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("subject_id", id);
    json.put("prediction", prediction(digits(difference - 1)));
    json.put("explained_class", 1);
    json.put("score", digits(difference - 1));
    json.put("baseline_score", -1.0);
    json.put("baseline_probability", digits(1 / (1 + Math.exp(1))));
    json.put("explained_probability", digits(1 / (1 + Math.exp(1 - difference))));
    json.put("baseline", "manifold-mean");
    json.put("tabular_baseline", "mean");
    json.put("steps", 50);
    json.put("theta", THETAS[number % THETAS.length]);
    json.put("theta_curve", curve(l21, difference, gap, number % THETAS.length));
    json.put("l21", digits(l21));
    json.put("l21_theta1", digits(l21 * (number % THETAS.length == 0 ? 1 : 1.2)));
    json.put("completeness_gap", digits(Math.abs(total - difference)));
    json.put(
        "completeness_gap_relative", digits(Math.abs(total - difference) / Math.abs(difference)));
    json.put("tokens", tokens);
    json.put("special_tokens", ordered("l2", 0.02, "signed", special));
    json.put("visits", visits);
    json.put(
        "tabular",
        List.of(
            ordered("name", "age", "value", 61.5, "signed", age),
            ordered("name", "bmi", "value", null, "signed", 0.0)));
    json.put("unknown_codes", 0);
    json.put("truncated_tokens", 0);
    json.put("missing_tabular", 1);
    json.put("empty_visits", 0);
    json.put("disordered_visits", 0);
    json.put("rounded_ages", 0);
    json.put("score_equals_baseline", false);
    json.put("no_theta_within_gap", false);
    json.put("node_limit_reached", false);
    return Json.write(json);
  }

  private static Map<String, Object> prediction(double logit) {
    double probability = digits(1 / (1 + Math.exp(-logit)));
    return ordered("logit", logit, "probability", probability, "class", logit > 0 ? 1 : 0);
  }

  private static List<Object> curve(double l21, double difference, double gap, int chosen) {
    List<Object> curve = new ArrayList<>();
    for (int i = 0; i < THETAS.length; i++) {
      double factor = i == chosen ? 1 : i == 0 ? 1.2 : 1.3 + 0.01 * i;
      curve.add(
          ordered(
              "theta",
              THETAS[i],
              "l21",
              digits(l21 * factor),
              "completeness_gap",
              digits(Math.abs(difference) * gap / factor),
              "kind",
              i == chosen ? "exact" : "estimated"));
    }
    return curve;
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      json.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return json;
  }

  private static double digits(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.6g", value));
  }
}
