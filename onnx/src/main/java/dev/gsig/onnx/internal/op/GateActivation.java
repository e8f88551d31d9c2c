package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;

/** A function of a gate; its slope by its value. */
enum GateActivation {
  SIGMOID,
  TANH,
  RELU;

  static GateActivation of(Object name) {
    for (GateActivation activation : values()) {
      if (activation.name().equalsIgnoreCase(String.valueOf(name))) {
        return activation;
      }
    }
    throw new InvalidInputException("the activation \"" + name + "\" is not supported");
  }

  double value(double x) {
    return switch (this) {
      case SIGMOID -> Sigmoid.of(x);
      case TANH -> StrictMath.tanh(x);
      case RELU -> Math.max(x, 0);
    };
  }

  double slope(double y) {
    return switch (this) {
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case RELU -> y > 0 ? 1 : 0;
    };
  }
}
