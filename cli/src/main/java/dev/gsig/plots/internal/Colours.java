package dev.gsig.plots.internal;

import java.util.List;
import java.util.Locale;

/** Colours that people who are colour-blind tell apart, too (Okabe and Ito, 2008). */
final class Colours {
  /** What raises the score. */
  static final String RAISES = "#D55E00";

  /** What lowers it. */
  static final String LOWERS = "#0072B2";

  /** One after the other, for lines. */
  static final List<String> SERIES =
      List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000");

  static final String GRID = "#E3E3E3";
  static final String AXIS = "#555555";
  static final String MISSING = "#777777";

  private static final int[] LOW = {0x9E, 0xCA, 0xE1};
  private static final int[] HIGH = {0x08, 0x30, 0x6B};

  private Colours() {}

  /** Of a sign: {@link #RAISES} above 0, else {@link #LOWERS}. */
  static String of(double signed) {
    return signed > 0 ? RAISES : LOWERS;
  }

  /** From light to dark, which needs no colours to be seen; share from 0 to 1. */
  static String ramp(double share) {
    int[] mixed = new int[3];
    for (int i = 0; i < 3; i++) {
      mixed[i] = (int) Math.round(LOW[i] + share * (HIGH[i] - LOW[i]));
    }
    return String.format(Locale.ROOT, "#%02X%02X%02X", mixed[0], mixed[1], mixed[2]);
  }
}
