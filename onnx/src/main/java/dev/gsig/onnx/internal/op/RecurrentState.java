package dev.gsig.onnx.internal.op;

/** State and gradient of a step; {@code c} is the LSTM's cell, else empty. */
final class RecurrentState {
  double[] h;
  double[] c;

  RecurrentState(double[] h, double[] c) {
    this.h = h;
    this.c = c;
  }
}
