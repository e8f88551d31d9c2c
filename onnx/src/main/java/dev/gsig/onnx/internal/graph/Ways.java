package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.tensor.NdArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What leads to what in a graph. */
public final class Ways {
  /** What exporters put between ids and the table: the ids stay, row by row. */
  private static final Set<String> KEEP_IDS =
      Set.of(
          "Cast",
          "CastLike",
          "Clip",
          "Expand",
          "Flatten",
          "Identity",
          "Max",
          "Min",
          "Reshape",
          "Slice",
          "Squeeze",
          "Transpose",
          "Unsqueeze",
          "Where");

  /** What changes the shape of an output and no number of it. */
  private static final Set<String> KEEP_NUMBERS =
      Set.of("Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private Ways() {}

  /**
   * The tables whose rows are gathered by some ids.
   *
   * @param plan the graph
   * @param ids the slot of the ids
   * @return the slots of what is gathered, by the slot of the table, in the graph's order
   */
  public static Map<Integer, List<Integer>> tables(Plan plan, int ids) {
    boolean[] isIds = new boolean[plan.names().size()];
    isIds[ids] = true;
    Map<Integer, List<Integer>> tables = new LinkedHashMap<>();
    for (Step step : plan.steps()) {
      String operator = step.node().operator();
      int[] in = step.inputs();
      if (KEEP_IDS.contains(operator)) {
        // behind its condition Where has ids; in[1] and on of the others are shapes and bounds,
        // which are constants
        for (int i = operator.equals("Where") ? 1 : 0; i < in.length; i++) {
          isIds[step.outputs()[0]] |= in[i] >= 0 && isIds[in[i]];
        }
      } else if (operator.equals("Gather") && isIds[in[1]] && isTable(plan.constant(in[0]), step)) {
        tables.merge(in[0], List.of(step.outputs()[0]), Ways::both);
      }
    }
    return tables;
  }

  private static boolean isTable(NdArray constant, Step step) {
    AttributeProto axis = step.node().attributes().get("axis");
    boolean byRow = axis == null || Long.valueOf(0).equals(axis.value());
    return byRow && constant != null && constant.rank() == 2 && constant.type().isFloating();
  }

  private static List<Integer> both(List<Integer> a, List<Integer> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  /**
   * The node that a graph's output comes from: the last one that does more than to change its
   * shape.
   *
   * @param plan the graph
   * @param output the slot of the output
   * @return the node; null if it comes from none
   */
  public static Step last(Plan plan, int output) {
    Map<Integer, Step> from = new TreeMap<>();
    plan.steps()
        .forEach(
            step -> {
              for (int slot : step.outputs()) {
                from.put(slot, step);
              }
            });
    Step step = from.get(output);
    while (step != null && KEEP_NUMBERS.contains(step.node().operator())) {
      step = from.get(step.inputs()[0]);
    }
    return step;
  }
}
