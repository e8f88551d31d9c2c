package dev.gsig.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well a multi-label model tells one label.
 *
 * @param label its number, from 0
 * @param name null if the model has no names
 * @param positives how many patients have it
 * @param patients of how many
 * @param metrics the first two are NaN if all patients have it, or none
 * @param auroc 95% interval of its AUROC; null where that is NaN
 */
public record LabelMetrics(
    int label, String name, int positives, int patients, Metrics metrics, AurocInterval auroc) {

  static LabelMetrics of(
      int label, String name, List<int[]> truth, double[][] predicted, long seed) {
    boolean[] positive = Metrics.positive(truth, label);
    double[] p = Metrics.column(predicted, label);
    int positives = truth.stream().mapToInt(t -> t[label]).sum();
    boolean both = positives > 0 && positives < truth.size();
    Metrics all = Metrics.ofLabel(truth, predicted, label);
    return new LabelMetrics(
        label,
        name,
        positives,
        truth.size(),
        both ? all : new Metrics(Double.NaN, Double.NaN, all.brier()),
        both ? AurocInterval.of(positive, p, seed) : null);
  }

  /** As it goes into {@code training.json}. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("label", (long) label);
    if (name != null) {
      json.put("name", name);
    }
    json.put("positives", (long) positives);
    json.put("patients", (long) patients);
    json.put("auroc", auroc == null ? null : metrics.auroc());
    json.put("auroc_95", auroc == null ? null : List.of(auroc.low(), auroc.high()));
    json.put("auprc", auroc == null ? null : metrics.auprc());
    json.put("brier", metrics.brier());
    return json;
  }
}
