package dev.gsig.attribution;

import java.util.List;

/** The tabular baselines that the command line has names for. Another one is added here. */
public final class TabularBaselines {
  /** Mean of the normalised values over the validation set. */
  public static final TabularBaseline MEAN = TabularStart.MEAN;

  /** The normalised zero, that is the training mean. */
  public static final TabularBaseline ZERO = TabularStart.ZERO;

  /** The patient's own values: the tabular input is held, its attribution is zero. */
  public static final TabularBaseline SELF = TabularStart.SELF;

  /** Each of a bank of validation patients; of methods that use references, their only one. */
  public static final TabularBaseline REFERENCES = TabularStart.REFERENCES;

  private static final List<TabularBaseline> NAMED = List.of(MEAN, ZERO, SELF, REFERENCES);

  private TabularBaselines() {}

  /** All of them, in the order in which they are listed for people. */
  public static List<TabularBaseline> named() {
    return NAMED;
  }
}
