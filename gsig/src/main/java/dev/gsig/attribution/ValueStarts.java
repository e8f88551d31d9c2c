package dev.gsig.attribution;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.ValueInput;
import dev.gsig.ehr.internal.Json;

/**
 * Where the paths of values start, code by code.
 *
 * @param kind of baseline
 * @param statistics of a validation set; null without
 */
record ValueStarts(ExplainableModel model, ValueBaseline kind, Baseline statistics) {
  private static final int COLUMNS = 3;

  /**
   * The value input with the numbers that its paths start at, {@link PathInput#values}.
   *
   * @param end the value input at the patient. Not modified
   */
  double[] leading(TokenSequence sequence, double[] end) {
    double[] led = end.clone();
    double[] own = sequence.value();
    for (int j = 0; j < end.length / COLUMNS; j++) {
      if (!Double.isNaN(own[j])) {
        String code = sequence.code(j);
        led[j * COLUMNS + 2] =
            kind == ValueBaseline.ZERO
                ? 0
                : input().of(code, number(code), model.tokenizer().vocabulary());
      }
    }
    return led;
  }

  /**
   * The value input at a patient: of each position the number, 1, and the number again; 0 where
   * there is none.
   *
   * @param numbers the value of each position, NaN for none
   * @param rows how many positions are computed
   */
  static double[] atPatient(double[] numbers, int rows) {
    double[] values = new double[rows * COLUMNS];
    for (int j = 0; j < rows; j++) {
      if (!Double.isNaN(numbers[j])) {
        values[j * COLUMNS] = numbers[j];
        values[j * COLUMNS + 1] = 1;
        values[j * COLUMNS + 2] = numbers[j];
      }
    }
    return values;
  }

  /**
   * The value input where its paths start.
   *
   * @param end of {@link #leading}. Not modified
   * @param there whether the values are there at the start, as they are where the codes are held
   */
  static double[] start(double[] end, boolean there) {
    double[] start = end.clone();
    for (int j = 0; j < end.length; j += COLUMNS) {
      start[j] = end[j + 2];
      start[j + 1] = there ? end[j + 1] : 0;
    }
    return start;
  }

  /** The number that the value of a code starts at, in the unit of the record. */
  double number(String code) {
    if (kind == ValueBaseline.ZERO) {
      return input().scale() == ValueInput.Scale.RAW ? 0 : trained().mean(code);
    }
    Double mean = mean(code);
    if (mean != null) {
      return mean;
    }
    if (trained() == null || !trained().has(code)) {
      throw new InvalidInputException(
          "no mean is known of the values of "
              + Json.quote(code)
              + ": no validation patient has one; make the baseline with 'gsig baseline' of a"
              + " cohort where it was measured, or choose --value-baseline zero");
    }
    return trained().mean(code);
  }

  /** Whether the mean of the training set stands for that of the validation set. */
  boolean isOfTraining(String code) {
    return kind == ValueBaseline.MEAN && mean(code) == null;
  }

  private Double mean(String code) {
    return statistics == null ? null : statistics.meanValue(model, code);
  }

  private CodeValues trained() {
    return model.tokenizer().vocabulary().values();
  }

  private ValueInput input() {
    Tokenizer tokenizer = model.tokenizer();
    if (tokenizer.valueInput() == null) {
      throw new IllegalStateException(
          model + ": it has an input of values, but its tokenizer reads none");
    }
    return tokenizer.valueInput();
  }
}
