package dev.gsig.cli;

import dev.gsig.attribution.evaluation.Evaluation.Measures;

/** What {@code evaluate} reports of a line. */
enum Metric {
  COMPREHENSIVENESS("comprehensiveness_l2"),
  SUFFICIENCY("sufficiency_l2"),
  SIGNED_COMPREHENSIVENESS("comprehensiveness_signed"),
  SIGNED_SUFFICIENCY("sufficiency_signed"),
  L21("l21"),
  GAP("completeness_gap_relative"),
  CODES_FOR_90("codes_for_90_percent"),
  MILLISECONDS("milliseconds");

  private final String label;

  Metric(String label) {
    this.label = label;
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
    };
  }

  private static double defined(Double value) {
    return value == null ? Double.NaN : value;
  }
}
