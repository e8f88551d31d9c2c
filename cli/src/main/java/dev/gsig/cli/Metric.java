package dev.gsig.cli;

import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import java.util.Arrays;
import java.util.List;

/** What {@code evaluate} reports of a line. */
enum Metric {
  COMPREHENSIVENESS("comprehensiveness_l2"),
  SUFFICIENCY("sufficiency_l2"),
  SIGNED_COMPREHENSIVENESS("comprehensiveness_signed"),
  SIGNED_SUFFICIENCY("sufficiency_signed"),
  L21("l21"),
  GAP("completeness_gap_relative"),
  CODES_FOR_90("codes_for_90_percent"),
  MILLISECONDS("milliseconds"),
  INFIDELITY("infidelity"),
  INFIDELITY_NORMALISED("infidelity_normalised"),
  MAX_SENSITIVITY("max_sensitivity");

  private final String label;

  Metric(String label) {
    this.label = label;
  }

  /** Those that are measured, in order. */
  static List<Metric> measured(SampledMetrics sampled) {
    return Arrays.stream(values()).filter(m -> m.draws(sampled) > 0).toList();
  }

  /** How many draws it is estimated from; 1 where there is nothing to draw. */
  private int draws(SampledMetrics sampled) {
    return switch (this) {
      case INFIDELITY, INFIDELITY_NORMALISED -> sampled.removals();
      case MAX_SENSITIVITY -> sampled.neighbours();
      default -> 1;
    };
  }

  /** The name in files. */
  String label() {
    return label;
  }

  /** The figure; NaN where it is not defined. */
  double of(Measures m) {
    return switch (this) {
      case COMPREHENSIVENESS -> m.byL2().comprehensiveness();
      case SUFFICIENCY -> m.byL2().sufficiency();
      case SIGNED_COMPREHENSIVENESS -> m.bySigned().comprehensiveness();
      case SIGNED_SUFFICIENCY -> m.bySigned().sufficiency();
      case L21 -> defined(m.l21());
      case GAP -> defined(m.relativeGap());
      case CODES_FOR_90 -> m.codesFor90();
      case MILLISECONDS -> m.milliseconds();
      case INFIDELITY -> m.infidelity() == null ? Double.NaN : m.infidelity().value();
      case INFIDELITY_NORMALISED ->
          m.infidelity() == null ? Double.NaN : defined(m.infidelity().normalised());
      case MAX_SENSITIVITY -> defined(m.maxSensitivity());
    };
  }

  private static double defined(Double value) {
    return value == null ? Double.NaN : value;
  }
}
