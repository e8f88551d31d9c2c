package dev.gsig.attribution.evaluation;

import java.util.List;

/** The removal rules that the command line has names for. Another one is added here. */
public final class RemovalRules {
  /** Removed codes leave the sequence, and an emptied visit loses its SEP. */
  public static final RemovalRule DELETE = new DeletedCodes();

  /** Removed codes become PAD. */
  public static final RemovalRule PAD = new PaddedCodes();

  /** Removed codes become MASK. */
  public static final RemovalRule MASK = new MaskedCodes();

  /** Rows of removed codes become those of a sequence baseline. */
  public static final RemovalRule BASELINE = new BaselineRows();

  private static final List<RemovalRule> NAMED = List.of(DELETE, PAD, MASK, BASELINE);

  private RemovalRules() {}

  /** All of them, in the order in which they are listed for people. */
  public static List<RemovalRule> named() {
    return NAMED;
  }
}
