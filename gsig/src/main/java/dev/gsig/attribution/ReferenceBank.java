package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.util.ArrayList;
import java.util.List;

/**
 * Validation patients that {@link PathMethods#EXPECTED_GRADIENTS} starts from: of each the
 * attribution-point tensor at all L positions and the normalised tabular values. Made for one
 * model. Immutable.
 */
public final class ReferenceBank {
  /** How many patients are taken unless asked otherwise. */
  public static final int DEFAULT_SIZE = 20;

  private final Model model;
  private final List<double[]> sequences = new ArrayList<>();
  private final List<double[]> tabular = new ArrayList<>();

  private ReferenceBank(Model model) {
    this.model = model;
  }

  /**
   * Takes patients at equal distances from a validation cohort: of m the patients {@code floor((i +
   * 1/2) m / n)}, or all where there are no more than n.
   *
   * @param size n, at least 1
   * @throws InvalidInputException if there is no patient, or one that the model cannot read, or
   *     most of their codes are unknown to it
   */
  public static ReferenceBank of(Model model, List<Trajectory> validation, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a bank has at least 1 reference, not " + size);
    }
    if (validation.isEmpty()) {
      throw new InvalidInputException("the validation cohort has no patient; name another file");
    }
    UnknownCodes codes = new UnknownCodes(model.vocabulary(), model.config().specialTokens());
    validation.forEach(codes::add);
    codes.requireFew("the validation patients that paths start from");
    ReferenceBank bank = new ReferenceBank(model);
    long m = validation.size();
    int n = (int) Math.min(m, size);
    for (int i = 0; i < n; i++) {
      Trajectory patient = validation.get((int) ((2L * i + 1) * m / (2L * n)));
      TokenSequence sequence = model.tokenize(patient);
      bank.sequences.add(Baseline.pointOf(model, patient, sequence));
      bank.tabular.add(model.tabular(patient));
    }
    return bank;
  }

  /** The number of references. */
  public int size() {
    return sequences.size();
  }

  /** The model that it was made for. */
  Model model() {
    return model;
  }

  /** The tensor of one reference, {@code [L, d]} row-major. Not to be modified. */
  double[] sequence(int index) {
    return sequences.get(index);
  }

  /** Normalised tabular values of one reference. Not to be modified. */
  double[] tabular(int index) {
    return tabular.get(index);
  }
}
