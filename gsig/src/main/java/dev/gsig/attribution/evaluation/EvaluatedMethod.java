package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import java.util.function.UnaryOperator;

/**
 * What an {@link Evaluator} compares: an attribution method with its options, or a control that
 * methods have to beat.
 */
public sealed interface EvaluatedMethod permits EvaluatedMethod.WithOptions, Control {
  /** The name on the command line and in results: lower case, with hyphens. */
  String label();

  /** The name in tables for people. */
  String title();

  /** Whether the sequence baseline makes a difference to it. */
  boolean usesBaseline();

  /** Whether it starts from a bank of patients. */
  boolean needsReferences();

  /** An attribution method with the evaluation's options, under its own name. */
  static WithOptions of(PathMethod method) {
    boolean references = MethodOption.REFERENCES.isUsedBy(method);
    return new WithOptions(
        method.label(),
        method.title(),
        b ->
            references
                ? b.method(method)
                    .baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES)
                : b.method(method));
  }

  /**
   * An attribution method with options of its own.
   *
   * @param label the name on the command line and in results
   * @param title the name in tables for people
   * @param change sets the method, and what differs from the evaluation's options
   */
  record WithOptions(String label, String title, UnaryOperator<ExplainOptions.Builder> change)
      implements EvaluatedMethod {

    /** The method. */
    public PathMethod method() {
      return from(SequenceBaselines.PAD).method();
    }

    @Override
    public boolean usesBaseline() {
      return from(SequenceBaselines.PAD).sequenceBaseline() == SequenceBaselines.PAD;
    }

    @Override
    public boolean needsReferences() {
      return MethodOption.REFERENCES.isUsedBy(method());
    }

    private ExplainOptions from(SequenceBaseline start) {
      return change
          .apply(ExplainOptions.DEFAULT.toBuilder().baselines(start, TabularBaselines.ZERO))
          .build();
    }

    /**
     * How it explains.
     *
     * @param start where the path of the sequence starts; not used without {@link #usesBaseline}
     */
    ExplainOptions options(EvaluationOptions o, SequenceBaseline start) {
      boolean steps = MethodOption.STEPS.isUsedBy(method());
      return change
          .apply(
              ExplainOptions.DEFAULT.toBuilder()
                  .steps(steps ? o.steps() : ExplainOptions.DEFAULT.path().steps())
                  .baselines(start, o.tabularBaseline())
                  .target(o.target())
                  .explainedClass(o.explainedClass())
                  .fixed(o.fixed().toArray(String[]::new)))
          .build();
    }
  }
}
