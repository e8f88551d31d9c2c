package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.PathEnd;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.TabularBaselines;
import java.util.Arrays;

/** A baseline of given rows. */
record GivenRows(double[] numbers) implements SequenceBaseline {
  /** An explainer whose paths start at rows. */
  static Explainer from(ExplainableModel model, double[] rows) {
    return Explainer.of(
        model,
        null,
        ExplainOptions.DEFAULT.toBuilder()
            .baselines(new GivenRows(rows), TabularBaselines.SELF)
            .build());
  }

  @Override
  public String label() {
    return "given";
  }

  @Override
  public double[] rows(PathEnd input) {
    return Arrays.copyOf(numbers, input.shape().size());
  }
}
