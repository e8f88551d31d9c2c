/**
 * How good attributions are: what the model says when codes are removed, the faithfulness of a
 * ranking, methods and controls compared on a cohort ({@link
 * dev.gsig.attribution.evaluation.Evaluator}) and on random weights ({@link
 * dev.gsig.attribution.evaluation.SanityCheck}), and how results depend on steps and theta ({@link
 * dev.gsig.attribution.evaluation.StepStudy}). It stands on what is public of explaining.
 */
package dev.gsig.attribution.evaluation;
