package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Graph;
import java.util.Set;

/**
 * Reads sums, products and powers with constants as a polynomial of one value: {@code c[0] + c[1] x
 * + c[2] x^2 + c[3] x^3}, in whatever order an exporter wrote it.
 */
final class Polynomial {
  private static final int TERMS = 4;

  private Polynomial() {}

  /**
   * Reads a value.
   *
   * @param graph the graph
   * @param slot the value
   * @param x what it is a polynomial of
   * @param steps the nodes that were read are added
   * @return the coefficients; null if it is something else, or of a higher degree
   */
  static double[] of(Graph graph, int slot, int x, Set<Step> steps) {
    double[] c = new double[TERMS];
    if (slot == x) {
      c[1] = 1;
      return c;
    }
    double number = graph.number(slot);
    if (!Double.isNaN(number)) {
      c[0] = number;
      return c;
    }
    Step step = slot < 0 || !graph.isActive(slot) ? null : graph.producer(slot);
    if (step == null || step.inputs().length != 2) {
      return null;
    }
    double[] a = of(graph, step.inputs()[0], x, steps);
    double[] b = a == null ? null : of(graph, step.inputs()[1], x, steps);
    if (b == null) {
      return null;
    }
    steps.add(step);
    return switch (step.name()) {
      case "Add" -> sum(a, b, 1);
      case "Sub" -> sum(a, b, -1);
      case "Mul" -> product(a, b);
      case "Div" -> isNumber(b) ? product(a, new double[] {1 / b[0], 0, 0, 0}) : null;
      case "Pow" -> isNumber(b) ? power(a, b[0]) : null;
      default -> null;
    };
  }

  private static boolean isNumber(double[] c) {
    return c[1] == 0 && c[2] == 0 && c[3] == 0;
  }

  private static double[] sum(double[] a, double[] b, int sign) {
    double[] c = new double[TERMS];
    for (int i = 0; i < TERMS; i++) {
      c[i] = a[i] + sign * b[i];
    }
    return c;
  }

  private static double[] product(double[] a, double[] b) {
    double[] c = new double[2 * TERMS];
    for (int i = 0; i < TERMS; i++) {
      for (int k = 0; k < TERMS; k++) {
        c[i + k] += a[i] * b[k];
      }
    }
    double[] low = new double[TERMS];
    for (int i = 0; i < c.length; i++) {
      if (i < TERMS) {
        low[i] = c[i];
      } else if (c[i] != 0) {
        return null;
      }
    }
    return low;
  }

  private static double[] power(double[] a, double exponent) {
    if (exponent != 2 && exponent != 3) {
      return null;
    }
    double[] square = product(a, a);
    return exponent == 2 || square == null ? square : product(square, a);
  }
}
