package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.List;

/** All values of one run, from which gradients are computed. */
public final class Trace {
  private final Plan plan;
  private final List<Step> steps;
  private final NdArray[] values;
  private final boolean[] given;

  Trace(Plan plan, List<Step> steps, NdArray[] values, boolean[] given) {
    this.plan = plan;
    this.steps = steps;
    this.values = values;
    this.given = given;
  }

  /**
   * A value.
   *
   * @param name its name
   * @return the value
   * @throws InvalidInputException if there is none, or the run did not need it
   */
  public NdArray value(String name) {
    NdArray value = values[plan.slot(name)];
    if (value == null) {
      throw new InvalidInputException("the value \"" + name + "\" was not computed");
    }
    return value;
  }

  /** Whether the run has a value of this name. */
  boolean has(int slot) {
    return values[slot] != null;
  }

  /**
   * The gradient of {@code sum(seed * output)} by reverse accumulation.
   *
   * @param output the name of a value of a floating type
   * @param seed what each of its elements counts, in order
   * @param paths names of the values to differentiate by: those that the run was given
   * @return for each of them the gradient, of its shape
   * @throws InvalidInputException if no gradient reaches one of them, with the node that stops it
   */
  public List<double[]> gradient(String output, double[] seed, List<String> paths) {
    int end = plan.slot(output);
    if (value(output).size() != seed.length || !value(output).type().isFloating()) {
      throw new InvalidInputException(
          "the output \"" + output + "\" is " + value(output) + ", which cannot be explained so");
    }
    boolean[] active = new boolean[values.length];
    for (String path : paths) {
      requireReach(path, end);
      active[plan.slot(path)] = true;
    }
    activate(active);
    double[][] gradients = new double[values.length][];
    gradients[end] = seed.clone();
    for (int i = steps.size() - 1; i >= 0; i--) {
      back(steps.get(i), gradients, active);
    }
    return paths.stream().map(path -> gradients[plan.slot(path)]).toList();
  }

  /** Marks every value that depends on an active one by nodes that pass gradients. */
  private void activate(boolean[] active) {
    for (Step step : steps) {
      boolean any = false;
      for (int i = 0; i < step.inputs().length; i++) {
        any |= passes(step, i) && active[step.inputs()[i]];
      }
      if (any) {
        markOutputs(step, active);
      }
    }
  }

  private boolean passes(Step step, int input) {
    int slot = step.inputs()[input];
    return slot >= 0 && values[slot].type().isFloating() && step.operator().passes(input);
  }

  private void markOutputs(Step step, boolean[] marks) {
    for (int slot : step.outputs()) {
      if (slot >= 0 && !given[slot] && values[slot].type().isFloating()) {
        marks[slot] = true;
      }
    }
  }

  private void back(Step step, double[][] gradients, boolean[] active) {
    int[] in = step.inputs();
    int[] out = step.outputs();
    NdArray[] x = new NdArray[in.length];
    NdArray[] y = new NdArray[out.length];
    boolean[] wanted = new boolean[in.length];
    boolean any = false;
    double[][] gy = new double[out.length][];
    for (int i = 0; i < out.length; i++) {
      if (out[i] >= 0) {
        y[i] = values[out[i]];
        gy[i] = given[out[i]] ? null : gradients[out[i]];
        any |= gy[i] != null;
      }
    }
    boolean asked = false;
    for (int i = 0; i < in.length; i++) {
      x[i] = in[i] < 0 ? null : values[in[i]];
      wanted[i] = passes(step, i) && active[in[i]];
      asked |= wanted[i];
    }
    if (!any || !asked) {
      return;
    }
    double[][] gx = step.gradients(x, y, gy, wanted);
    for (int i = 0; i < in.length; i++) {
      if (gx[i] != null) {
        gradients[in[i]] = sum(gradients[in[i]], gx[i]);
      }
    }
  }

  /** A new array: a gradient may be on its way to several values. */
  private static double[] sum(double[] a, double[] b) {
    if (a == null) {
      return b;
    }
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** Refuses a path whose end is reached by no gradient. */
  private void requireReach(String path, int end) {
    int start = plan.slot(path);
    NdArray value = value(path);
    if (!value.type().isFloating()) {
      throw new InvalidInputException(
          "\""
              + path
              + "\" holds "
              + value.type()
              + ", which have no gradient; choose the value"
              + " that is gathered with them");
    }
    boolean[] reached = new boolean[values.length];
    reached[start] = true;
    activate(reached);
    if (reached[end]) {
      return;
    }
    boolean[] leads = leads(end);
    for (Step step : steps) {
      boolean stops = Arrays.stream(step.inputs()).anyMatch(s -> s >= 0 && reached[s]);
      boolean onTheWay = Arrays.stream(step.outputs()).anyMatch(s -> s >= 0 && leads[s]);
      if (stops && onTheWay && Arrays.stream(step.outputs()).noneMatch(s -> s >= 0 && reached[s])) {
        throw new InvalidInputException(
            "no gradient of \""
                + plan.name(end)
                + "\" reaches \""
                + path
                + "\": "
                + step.label()
                + " passes none; choose a value after it");
      }
    }
    throw new InvalidInputException(
        "\"" + plan.name(end) + "\" does not depend on \"" + path + "\"; choose another input");
  }

  /** The values that an end depends on. */
  private boolean[] leads(int end) {
    boolean[] leads = new boolean[values.length];
    leads[end] = true;
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (Arrays.stream(step.outputs()).anyMatch(s -> s >= 0 && leads[s] && !given[s])) {
        Arrays.stream(step.inputs()).filter(s -> s >= 0).forEach(s -> leads[s] = true);
      }
    }
    return leads;
  }
}
