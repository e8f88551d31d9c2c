package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import java.util.Optional;

/** What to do when the attributions of a cohort miss much of what they explain; also on Spark. */
public final class GapAdvice {
  /** A median relative completeness gap above this is pointed out. */
  static final double LARGE = 0.05;

  private GapAdvice() {}

  /**
   * A sentence about the gap.
   *
   * @param median the median relative completeness gap; null if there is none
   * @param options what the attributions were made with
   * @return null if the gap is not large
   */
  public static String of(Double median, ExplainOptions options) {
    if (median == null || median <= LARGE) {
      return null;
    }
    boolean bounds =
        MethodOption.MAX_COMPLETENESS_GAP.isUsedBy(options.method())
            && !options.path().theta().fixed()
            && options.path().maxCompletenessGap() == null;
    Optional<PathMethod> complete =
        options.method().addsUp()
            ? Optional.empty()
            : options.methods().stream()
                .filter(m -> m.addsUp() && options.path().isIntegralBy(m))
                .findFirst();
    String remedy =
        complete.map(m -> "those of " + m.label() + " beside them add up; ").orElse("")
            + (bounds ? "--max-completeness-gap " + LARGE + " bounds it, " : "")
            + (MethodOption.QUADRATURE.isUsedBy(options.method())
                ? toTolerance(options.path().tolerance())
                : "more --steps lower it");
    return "half of the attributions miss more than "
        + Text.percent(median)
        + " of the score difference that they explain (the completeness gap); "
        + remedy;
  }

  private static String toTolerance(Double tolerance) {
    return tolerance == null
        ? "--tolerance in place of a fixed rule, or more --steps, lowers it"
        : "a smaller --tolerance lowers it";
  }
}
