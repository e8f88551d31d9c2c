package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.util.List;

/**
 * A reference of one's own choice: a patient, or the mean of a group of patients, for codes as for
 * tabular values. Made for one model. Immutable.
 *
 * <p>It has rows at all L positions, so that patients may be longer or shorter: {@code E0_j} is the
 * mean of the rows at position j over those of the group who have a real token there, and the
 * embedding of PAD where nobody has; of one patient their own rows. Along the path the attention
 * mask is that of the patient who is explained: it hides what a longer reference has behind their
 * last token. This is the manifold baseline (Amirahmadi, Etminani and Ohlsson, 2026), of a group
 * that one names.
 */
public final class Reference implements SequenceBaseline, TabularBaseline {
  private static final long serialVersionUID = 1L;

  private final String label;
  private final Baseline means;

  private Reference(String label, Baseline means) {
    this.label = label;
    this.means = means;
  }

  /**
   * The mean of some patients.
   *
   * @param label what results call it: which patients they are
   * @param group at least one
   * @throws InvalidInputException if there is no patient, or one that the model cannot read, or
   *     most of their codes are unknown to it
   */
  public static Reference mean(String label, ExplainableModel model, List<Trajectory> group) {
    Tokenizer tokenizer = model.tokenizer();
    UnknownCodes codes = new UnknownCodes(tokenizer.vocabulary(), tokenizer.specialTokens());
    group.forEach(codes::add);
    codes.requireFew("the reference " + label);
    return new Reference(label, Baseline.estimate(model, group));
  }

  /**
   * One patient.
   *
   * @param label what results call it: which patient it is
   * @throws InvalidInputException if the model cannot read the patient, or most of their codes are
   *     unknown to it
   */
  public static Reference patient(String label, ExplainableModel model, Trajectory patient) {
    return mean(label, model, List.of(patient)); // of one, the mean is the patient to the last bit
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean needsStatistics() {
    return false; // it has its own
  }

  /**
   * The rows of the reference.
   *
   * @throws InvalidInputException if it was made for another model
   */
  @Override
  public double[] rows(PathEnd input) {
    return input.mean(means);
  }

  /**
   * The entries of the reference.
   *
   * @throws InvalidInputException if it was made for another model
   */
  @Override
  public double[] entries(PathEnd input) {
    return input.mean(means);
  }
}
