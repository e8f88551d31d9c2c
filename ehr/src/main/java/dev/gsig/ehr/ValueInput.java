package dev.gsig.ehr;

/**
 * What a model reads as the value of a token: the number that was measured where its code was
 * recorded, {@link Visit#values}.
 *
 * @param scale as the record has it, or by the training set's statistics of the code
 * @param missing what the model reads where there is no value
 */
public record ValueInput(Scale scale, Missing missing) {
  /** What is done to a value v of a code c. */
  public enum Scale {
    /** v itself, in the source's unit. */
    RAW("raw"),
    /**
     * {@code (v - mean_c) / sd_c}, {@link CodeValues#standardised}; a value of a code that has no
     * statistics is missing.
     */
    STANDARDISED("standardised");

    private final String configName;

    Scale(String configName) {
      this.configName = configName;
    }

    /** The name used in {@code config.json}. */
    public String configName() {
      return configName;
    }
  }

  /** What stands where there is no value. */
  public enum Missing {
    /** Nothing: the vector of the value is zero. */
    NOTHING("nothing"),
    /** The vector of the number 0. */
    ZERO("zero");

    private final String configName;

    Missing(String configName) {
      this.configName = configName;
    }

    /** The name used in {@code config.json}. */
    public String configName() {
      return configName;
    }
  }

  /**
   * What the model reads in the place of a value.
   *
   * @param code whose value it is, one that the vocabulary has
   * @param value as the record has it; null for none
   * @param vocabulary of the model
   * @return NaN for none
   * @throws InvalidInputException if the vocabulary has no statistics, which the scale needs
   */
  public double of(String code, Double value, Vocabulary vocabulary) {
    if (value == null || scale == Scale.RAW) {
      return value == null ? Double.NaN : value;
    }
    CodeValues values = vocabulary.requireValues();
    return values.has(code) ? values.standardised(code, value) : Double.NaN;
  }
}
