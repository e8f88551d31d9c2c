package dev.gsig.onnx.internal.tape;

import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What feeds what in the part of a graph that leads to an output. Identities are left out: whoever
 * reads what they give reads what they take.
 */
public final class Graph {
  private static final Set<String> IDENTITIES = Set.of("Identity", "Dropout");

  /** What they give depends on the shape of what they take alone. */
  private static final Set<String> OF_SHAPES = Set.of("Shape", "Size");

  private final Plan plan;
  private final int output;
  private final List<Step> steps;
  private final boolean[] active;
  private final Map<Integer, Step> producers = new HashMap<>();
  private final Map<Integer, List<Step>> users = new HashMap<>();
  private final double tolerance;

  /**
   * The part of a plan that leads from paths to an output.
   *
   * @param plan the plan
   * @param output the slot of the output
   * @param paths the slots of the paths
   * @param tolerance how far a constant may be from what it stands for, relatively
   */
  Graph(Plan plan, int output, Set<Integer> paths, double tolerance) {
    this.plan = plan;
    this.tolerance = tolerance;
    boolean[] wanted = new boolean[plan.names().size()];
    wanted[output] = true;
    ArrayDeque<Step> needed = new ArrayDeque<>();
    for (int i = plan.steps().size() - 1; i >= 0; i--) {
      Step step = plan.steps().get(i);
      if (Arrays.stream(step.outputs()).anyMatch(s -> s >= 0 && wanted[s] && !paths.contains(s))) {
        Arrays.stream(step.inputs()).filter(s -> s >= 0).forEach(s -> wanted[s] = true);
        needed.addFirst(step);
      }
    }
    int[] same = new int[wanted.length];
    Arrays.setAll(same, i -> i);
    List<Step> left = new ArrayList<>();
    for (Step step : needed) {
      int[] in = Arrays.stream(step.inputs()).map(s -> s < 0 ? s : same[s]).toArray();
      if (isIdentity(step, wanted) && !paths.contains(step.outputs()[0])) {
        same[step.outputs()[0]] = in[0];
      } else {
        left.add(new Step(step.node(), step.opset(), step.operator(), in, step.outputs()));
      }
    }
    this.steps = List.copyOf(left);
    this.output = same[output];
    this.active = new boolean[wanted.length];
    paths.forEach(path -> active[path] = true);
    for (Step step : steps) {
      for (int in : step.inputs()) {
        if (in >= 0) {
          List<Step> readers = users.computeIfAbsent(in, s -> new ArrayList<>());
          if (readers.isEmpty() || !readers.get(readers.size() - 1).equals(step)) {
            readers.add(step);
          }
        }
      }
      boolean isActive =
          !OF_SHAPES.contains(step.name())
              && Arrays.stream(step.inputs()).anyMatch(s -> s >= 0 && active[s]);
      for (int out : step.outputs()) {
        if (out >= 0 && !paths.contains(out)) {
          producers.put(out, step);
          active[out] |= isActive;
        }
      }
    }
  }

  private static boolean isIdentity(Step step, boolean[] wanted) {
    int[] out = step.outputs();
    return IDENTITIES.contains(step.name())
        && out[0] >= 0
        && Arrays.stream(out).skip(1).noneMatch(s -> s >= 0 && wanted[s]);
  }

  Plan plan() {
    return plan;
  }

  /** The value that is asked for. */
  public int output() {
    return output;
  }

  List<Step> steps() {
    return steps;
  }

  /** How far a constant may be from what it stands for, relatively. */
  public double tolerance() {
    return tolerance;
  }

  /** Whether a value depends on the elements of a path, not on their number alone. */
  public boolean isActive(int slot) {
    return slot >= 0 && active[slot];
  }

  /** Whether any output of a node depends on a path. */
  boolean isActive(Step step) {
    return Arrays.stream(step.outputs()).anyMatch(this::isActive);
  }

  /** The node that gives a value; null for a constant, an input or a path. */
  public Step producer(int slot) {
    return producers.get(slot);
  }

  /** The node that gives a value, if its operator has this name; null if not. */
  public Step producer(int slot, String operator) {
    Step step = producers.get(slot);
    return step != null && step.name().equals(operator) ? step : null;
  }

  /** The nodes that take a value. */
  public List<Step> users(int slot) {
    return users.getOrDefault(slot, List.of());
  }

  /** An input of a node, -1 if it has none there. */
  public int input(Step step, int index) {
    return index < step.inputs().length ? step.inputs()[index] : -1;
  }

  /** A constant; null if the value is none. */
  public NdArray constant(int slot) {
    return slot < 0 ? null : plan.constant(slot);
  }

  /** The number that a constant of one element is; NaN if the value is none. */
  public double number(int slot) {
    NdArray constant = constant(slot);
    return constant == null || constant.size() != 1 ? Double.NaN : constant.number(0);
  }

  /** Whether a value is a constant of one element, about this number. */
  public boolean isNumber(int slot, double number) {
    return isClose(number(slot), number);
  }

  /** Whether a constant stands for a number. */
  public boolean isClose(double constant, double number) {
    return Math.abs(constant - number) <= tolerance * Math.abs(number);
  }

  /**
   * The numbers of a constant that has one for each feature, {@code [n]} or {@code [1, .., n]}.
   *
   * @param slot the value
   * @param features how many; -1 for any number
   * @return the numbers; null if the value is something else
   */
  public double[] features(int slot, int features) {
    NdArray constant = constant(slot);
    if (constant == null || !constant.type().isFloating() || constant.rank() == 0) {
      return null;
    }
    boolean isRow = constant.dim(constant.rank() - 1) == constant.size();
    boolean fits = features < 0 || constant.size() == features;
    return isRow && fits ? constant.doubles() : null;
  }

  /** Whether nodes other than these, or the caller, use what a node of them gives but the last. */
  boolean isUsedOutside(Set<Step> inside, Step last) {
    for (Step step : inside) {
      for (int out : step.equals(last) ? new int[0] : step.outputs()) {
        if (out >= 0 && (out == output || !inside.containsAll(users(out)))) {
          return true;
        }
      }
    }
    return false;
  }
}
