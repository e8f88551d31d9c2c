package dev.gsig.cli;

import dev.gsig.train.AurocInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well predicted risks agree with what came: the observed share by bands of risk, and the
 * AUROC.
 */
final class Calibration {
  private static final double[] EDGES = {0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1};

  /** 97.5th percentile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private static final long SEED = 0;

  private final List<Double> risks = new ArrayList<>();
  private final List<Boolean> events = new ArrayList<>();

  /**
   * An interval of a share.
   *
   * @param low lower bound, at least 0
   * @param high upper bound, at most 1
   */
  record Interval(double low, double high) {}

  /**
   * Adds a patient.
   *
   * @param risk the predicted probability
   * @param event whether it came true
   */
  void add(double risk, boolean event) {
    risks.add(risk);
    events.add(event);
  }

  /**
   * As the page reads it: {@code patients}, {@code events}; {@code auroc}, {@code low} and {@code
   * high} of {@link AurocInterval} where there are both outcomes; {@code bands} without those of
   * nobody, each from its lower edge to below its upper one, the last with it.
   *
   * @return null if there is nobody
   */
  Map<String, Object> json() {
    if (risks.isEmpty()) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    int positive = (int) events.stream().filter(event -> event).count();
    json.put("patients", risks.size());
    json.put("events", positive);
    if (positive > 0 && positive < risks.size()) {
      AurocInterval auroc = auroc();
      json.put("auroc", Digits.round(auroc.auroc()));
      json.put("low", Digits.round(auroc.low()));
      json.put("high", Digits.round(auroc.high()));
    }
    List<Object> bands = new ArrayList<>();
    for (int i = 0; i + 1 < EDGES.length; i++) {
      Map<String, Object> band = band(EDGES[i], EDGES[i + 1]);
      if (band != null) {
        bands.add(band);
      }
    }
    json.put("bands", bands);
    return json;
  }

  private AurocInterval auroc() {
    boolean[] positive = new boolean[risks.size()];
    double[] scores = new double[risks.size()];
    for (int i = 0; i < scores.length; i++) {
      positive[i] = events.get(i);
      scores[i] = risks.get(i);
    }
    return AurocInterval.of(positive, scores, SEED);
  }

  private Map<String, Object> band(double from, double to) {
    int patients = 0;
    int positive = 0;
    double sum = 0;
    for (int i = 0; i < risks.size(); i++) {
      double risk = risks.get(i);
      if (risk >= from && (risk < to || to == 1)) {
        patients++;
        sum += risk;
        positive += events.get(i) ? 1 : 0;
      }
    }
    if (patients == 0) {
      return null;
    }
    Interval interval = wilson(positive, patients);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("from", from);
    json.put("to", to);
    json.put("patients", patients);
    json.put("events", positive);
    json.put("predicted", Digits.round(sum / patients));
    json.put("low", Digits.round(interval.low()));
    json.put("high", Digits.round(interval.high()));
    return json;
  }

  /**
   * The 95% interval of a share p = events / n (Wilson, JASA 22:209-212, 1927): (p + z^2 / 2n +- z
   * sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).
   */
  static Interval wilson(int events, int n) {
    double p = (double) events / n;
    double square = Z * Z / n;
    double middle = p + square / 2;
    double half = Z * Math.sqrt(p * (1 - p) / n + square / n / 4);
    return new Interval(
        Math.max(0, (middle - half) / (1 + square)), Math.min(1, (middle + half) / (1 + square)));
  }
}
