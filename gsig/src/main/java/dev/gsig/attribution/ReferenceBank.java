package dev.gsig.attribution;

import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.util.ArrayList;
import java.util.List;

/**
 * Validation patients that {@link PathMethods#EXPECTED_GRADIENTS} starts from: of each the inputs,
 * rows at all L positions. Made for one model. Immutable.
 */
public final class ReferenceBank {
  /** How many patients are taken unless asked otherwise. */
  public static final int DEFAULT_SIZE = 20;

  private final ExplainableModel model;
  private final List<Trajectory> patients = new ArrayList<>();
  private final List<List<InputValue>> references = new ArrayList<>();

  private ReferenceBank(ExplainableModel model) {
    this.model = model;
  }

  private void add(Trajectory patient) {
    TokenSequence sequence = model.tokenize(patient);
    Subject subject = new Subject(patient, sequence, sequence.maxLength());
    patients.add(patient);
    references.add(InputValue.of(model, subject));
  }

  /**
   * Takes patients at equal distances from a validation cohort: of m the patients {@code floor((i +
   * 1/2) m / n)}, or all where there are no more than n.
   *
   * @param size n, at least 1
   * @throws InvalidInputException if there is no patient, or one that the model cannot read, or
   *     most of their codes are unknown to it
   */
  public static ReferenceBank of(ExplainableModel model, List<Trajectory> validation, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a bank has at least 1 reference, not " + size);
    }
    if (validation.isEmpty()) {
      throw new InvalidInputException("the validation cohort has no patient; name another file");
    }
    Tokenizer tokenizer = model.tokenizer();
    UnknownCodes codes = new UnknownCodes(tokenizer.vocabulary(), tokenizer.specialTokens());
    validation.forEach(codes::add);
    codes.requireFew("the validation patients that paths start from");
    ReferenceBank bank = new ReferenceBank(model);
    long m = validation.size();
    int n = (int) Math.min(m, size);
    for (int i = 0; i < n; i++) {
      bank.add(validation.get((int) ((2L * i + 1) * m / (2L * n))));
    }
    return bank;
  }

  /** These patients as another model reads them. */
  ReferenceBank on(ExplainableModel other) {
    ReferenceBank bank = new ReferenceBank(other);
    patients.forEach(bank::add);
    return bank;
  }

  /** The number of references. */
  public int size() {
    return references.size();
  }

  /** The model that it was made for. */
  ExplainableModel model() {
    return model;
  }

  /**
   * An input of one reference: rows at all L positions, {@code [L, cols]} row-major, or entries.
   * Not to be modified.
   */
  double[] values(PathInput input, int index) {
    return values(input.name(), index);
  }

  /** An input of one reference, by name. Not to be modified. */
  double[] values(String input, int index) {
    return references.get(index).stream()
        .filter(value -> value.name().equals(input))
        .findFirst()
        .orElseThrow()
        .numbers();
  }
}
