package dev.gsig.cli;

import java.util.Arrays;
import java.util.Locale;

/** What a check file recorded of the model that it was made with. */
enum CheckOutputs {
  /** The logits themselves. */
  LOGITS,
  /** {@code 1 / (1 + e^-z)} of each: the model ends with a sigmoid. */
  SIGMOID,
  /** {@code e^z} of each over their sum: the model ends with a softmax. */
  SOFTMAX;

  /** The name that the command line takes. */
  String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the model that was recorded puts out where this one has some logits. */
  double[] of(double[] logits) {
    double largest = Arrays.stream(logits).max().orElse(0);
    double sum = Arrays.stream(logits).map(z -> Math.exp(z - largest)).sum();
    return switch (this) {
      case LOGITS -> logits;
      case SIGMOID -> Arrays.stream(logits).map(z -> 1 / (1 + Math.exp(-z))).toArray();
      case SOFTMAX -> Arrays.stream(logits).map(z -> Math.exp(z - largest) / sum).toArray();
    };
  }
}
