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
  /** The value input at the start, as the model reads it: 0 where there is no value. */
  double[] rows(TokenSequence sequence, int rows) {
    double[] starts = new double[rows];
    double[] own = sequence.value();
    for (int j = 0; j < rows; j++) {
      if (!Double.isNaN(own[j]) && kind == ValueBaseline.MEAN) {
        String code = sequence.code(j);
        starts[j] = input().of(code, number(code), model.tokenizer().vocabulary());
      }
    }
    return starts;
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
