package dev.gsig.cli;

import java.math.BigDecimal;
import java.math.MathContext;

/** Rounds what is derived from float32 results. */
final class Digits {
  private static final MathContext SIX = new MathContext(6);

  private static final MathContext FOUR = new MathContext(4);

  private Digits() {}

  /** Six significant digits. */
  static double round(double value) {
    return new BigDecimal(value).round(SIX).doubleValue();
  }

  /** Four significant digits, as the report's page shows them. */
  static double four(double value) {
    return new BigDecimal(value).round(FOUR).doubleValue();
  }
}
