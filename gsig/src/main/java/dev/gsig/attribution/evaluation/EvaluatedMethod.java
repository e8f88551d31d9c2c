package dev.gsig.attribution.evaluation;

/**
 * What an {@link Evaluator} compares: an attribution method with its options, or a control that
 * methods have to beat.
 */
public sealed interface EvaluatedMethod permits EvaluatedPathMethod, Control {
  /** The name on the command line and in results: lower case, with hyphens. */
  String label();

  /** The name in tables for people. */
  String title();

  /** Whether the sequence baseline makes a difference to it. */
  boolean usesBaseline();

  /** Whether it starts from a bank of patients. */
  boolean needsReferences();
}
