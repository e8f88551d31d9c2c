package dev.gsig.tensor;

/**
 * Elementwise activation functions. Names and formulas are those of Hugging Face's {@code ACT2FN}
 * table, which PyTorch's functions of the same names implement.
 */
public enum Activation {
  /** max(0, x); derivative 1 for x &gt; 0, else 0. */
  RELU("relu"),
  /** x Phi(x), Phi the standard normal distribution function (exact erf form). */
  GELU("gelu"),
  /** 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the tanh approximation of GELU. */
  GELU_NEW("gelu_new"),
  /** tanh(x). */
  TANH("tanh"),
  /** 1 / (1 + exp(-x)). */
  SIGMOID("sigmoid"),
  /** x / (1 + exp(-x)), also called swish. */
  SILU("silu");

  private final String configName;

  Activation(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}, for example {@code gelu_new}. */
  public String configName() {
    return configName;
  }
}
