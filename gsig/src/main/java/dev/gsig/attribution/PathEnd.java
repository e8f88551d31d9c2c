package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import java.util.List;

/**
 * Where the path of one input ends: the input at the patient, and what else its path may start
 * from. Lent to a {@link SequenceBaseline} or a {@link TabularBaseline} for one call.
 */
public final class PathEnd {
  private final ExplainableModel model;
  private final Backend backend;
  private final Subject subject;
  private final PathInput input;
  private final Baseline statistics;
  private final double[] reference;

  /**
   * An end.
   *
   * @param statistics of a validation set; null without
   * @param reference the input at the reference whose turn it is; null without references
   */
  PathEnd(
      ExplainableModel model,
      Backend backend,
      Subject subject,
      PathInput input,
      Baseline statistics,
      double[] reference) {
    this.model = model;
    this.backend = backend;
    this.subject = subject;
    this.input = input;
    this.statistics = statistics;
    this.reference = reference;
  }

  /** Name of the input. */
  public String name() {
    return input.name();
  }

  /** Shape of the input, {@code [1, rows, cols]} or {@code [1, 1, n]}. */
  public Shape shape() {
    return input.shape();
  }

  /** The patient. */
  public Subject subject() {
    return subject;
  }

  /** The model's. */
  public SpecialTokens specialTokens() {
    return model.tokenizer().specialTokens();
  }

  /** The input at the patient, row-major. A copy. */
  public double[] values() {
    return input.download(backend);
  }

  /** The input as it would be if the model read another sequence, row-major. */
  public double[] of(TokenSequence other) {
    List<PathInput> inputs = model.open(backend, subject.with(other));
    try {
      return inputs.stream()
          .filter(i -> i.name().equals(input.name()))
          .findFirst()
          .orElseThrow()
          .download(backend);
    } finally {
      inputs.forEach(i -> i.release(backend));
    }
  }

  /**
   * The input's mean over a validation set: of rows at each of the L positions, PAD included. Not
   * to be modified.
   *
   * @throws InvalidInputException if the explainer was given no statistics
   */
  public double[] mean() {
    return input.isRows()
        ? statistics().rows(model, input, true)
        : statistics().entries(model, input);
  }

  /**
   * The mean of an input with rows at each of the L positions over the validation patients who have
   * a real token there. Not to be modified.
   *
   * @throws InvalidInputException if the explainer was given no statistics
   */
  public double[] meanOfRealTokens() {
    return statistics().rows(model, input, false);
  }

  /** The input's mean over patients of one's own choice, of rows over those who have a token. */
  double[] mean(Baseline of) {
    of.requireMadeFor(model);
    return input.isRows() ? of.rows(model, input, false) : of.entries(model, input);
  }

  private Baseline statistics() {
    if (statistics == null) {
      throw new InvalidInputException(
          input + ": there is no validation cohort's mean of it; make one with 'gsig baseline'");
    }
    return statistics;
  }

  /**
   * The input at the patient of a {@link ReferenceBank} whose turn it is. Not to be modified.
   *
   * @throws InvalidInputException if the explainer was given no references
   */
  public double[] reference() {
    if (reference == null) {
      throw new InvalidInputException(
          input + ": there are no references; give a bank of validation patients");
    }
    return reference;
  }
}
