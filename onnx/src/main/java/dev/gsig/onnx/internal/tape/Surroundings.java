package dev.gsig.onnx.internal.tape;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The part of a graph that depends on the other inputs alone, not on paths nor on their shapes.
 * What the rest of the graph reads of it decides what the output is as a function of the paths.
 */
final class Surroundings {
  private final Plan plan;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Integer> border = new TreeSet<>();

  /**
   * Finds it.
   *
   * @param graph what leads from paths to an output
   * @param paths the slots of the paths
   */
  Surroundings(Graph graph, Set<Integer> paths) {
    plan = graph.plan();
    boolean[] within = new boolean[plan.names().size()];
    for (ValueProto input : plan.inputs()) {
      within[plan.slot(input.name())] = !paths.contains(plan.slot(input.name()));
    }
    for (Step step : graph.steps()) {
      if (Arrays.stream(step.inputs()).allMatch(s -> isKnown(s, within))) {
        steps.add(step);
        Arrays.stream(step.outputs()).filter(s -> s >= 0).forEach(s -> within[s] = true);
        paths.forEach(path -> within[path] = false);
      } else {
        Arrays.stream(step.inputs()).filter(s -> s >= 0 && within[s]).forEach(border::add);
      }
    }
  }

  private boolean isKnown(int slot, boolean[] within) {
    return slot < 0 || within[slot] || plan.constant(slot) != null;
  }

  /**
   * The values at its border.
   *
   * @param others the other inputs by name
   * @return equal to another if all values are
   * @throws InvalidInputException if an input that is needed is missing, or does not fit
   */
  Object of(Map<String, NdArray> others) {
    NdArray[] values = plan.given(others);
    for (Step step : steps) {
      NdArray[] x =
          Arrays.stream(step.inputs())
              .mapToObj(s -> s < 0 ? null : given(s, values))
              .toArray(NdArray[]::new);
      NdArray[] y = plan.results(step, x);
      for (int i = 0; i < y.length; i++) {
        if (step.outputs()[i] >= 0) {
          values[step.outputs()[i]] = y[i];
        }
      }
    }
    return border.stream().map(slot -> Recordings.content(given(slot, values))).toList();
  }

  private NdArray given(int slot, NdArray... values) {
    if (values[slot] == null) {
      throw new InvalidInputException("the input \"" + plan.name(slot) + "\" is not given");
    }
    return values[slot];
  }
}
