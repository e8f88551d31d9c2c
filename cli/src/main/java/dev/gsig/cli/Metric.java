package dev.gsig.cli;

import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.plots.internal.Direction;
import java.util.Arrays;
import java.util.List;

/** What {@code evaluate} reports of a line. */
enum Metric {
  COMPREHENSIVENESS("comprehensiveness_l2", "Comprehensiveness", Units.FALL, Direction.HIGHER),
  SUFFICIENCY("sufficiency_l2", "Sufficiency", Units.FALL, Direction.LOWER),
  SIGNED_COMPREHENSIVENESS(
      "comprehensiveness_signed", "Comprehensiveness" + Units.SIGNED, Units.FALL, Direction.HIGHER),
  SIGNED_SUFFICIENCY(
      "sufficiency_signed", "Sufficiency" + Units.SIGNED, Units.FALL, Direction.LOWER),
  L21("l21", "Sum of the codes' weights (l21)", "l21, in units of the score", Direction.LOWER),
  GAP(
      "completeness_gap_relative",
      "Relative completeness gap",
      "gap, relative to the difference of the scores",
      Direction.LOWER),
  CODES_FOR_90(
      "codes_for_90_percent", "Codes that carry 90% of the weight", "codes", Direction.LOWER),
  MILLISECONDS("milliseconds", "Time of a patient", "milliseconds", Direction.LOWER),
  INFIDELITY("infidelity", "Infidelity", "squared units of the score", Direction.LOWER),
  INFIDELITY_NORMALISED(
      "infidelity_normalised", "Normalised infidelity", "without a unit", Direction.LOWER),
  MAX_SENSITIVITY(
      "max_sensitivity", "Max-sensitivity", "relative to the attribution", Direction.LOWER);

  /** What several metrics share. */
  private static final class Units {
    private static final String FALL = "fall of the predicted probability";
    private static final String SIGNED = ", codes ranked by their signed scores";
  }

  private final String label;
  private final String title;
  private final String unit;
  private final Direction direction;

  Metric(String label, String title, String unit, Direction direction) {
    this.label = label;
    this.title = title;
    this.unit = unit;
    this.direction = direction;
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

  /** The name in plots. */
  String title() {
    return title;
  }

  /** What it is counted in. */
  String unit() {
    return unit;
  }

  /** Which way it is better. */
  Direction direction() {
    return direction;
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
