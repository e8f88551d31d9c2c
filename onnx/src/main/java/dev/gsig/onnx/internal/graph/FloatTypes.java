package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.Objects;

/**
 * Which floating type a value has, without a run: that of a constant or an input, what a cast makes
 * of it, and else what the first floating input of its node has, as ONNX's operators have it.
 */
public final class FloatTypes {
  private FloatTypes() {}

  /**
   * The type of a value of floating numbers.
   *
   * @param plan the graph
   * @param slot of the value
   * @return its type; {@link ElementType#FLOAT} where the graph does not tell
   */
  public static ElementType of(Plan plan, int slot) {
    ElementType[] types = new ElementType[plan.names().size()];
    for (int i = 0; i < types.length; i++) {
      NdArray constant = plan.constant(i);
      types[i] = constant != null && constant.type().isFloating() ? constant.type() : null;
    }
    for (ValueProto input : plan.inputs()) {
      boolean isFloating = input.type() != null && input.type().isFloating();
      types[plan.slot(input.name())] = isFloating ? input.type() : null;
    }
    for (Step step : plan.steps()) {
      ElementType type = result(step, types);
      Arrays.stream(step.outputs()).filter(s -> s >= 0).forEach(s -> types[s] = type);
    }
    return types[slot] == null ? ElementType.FLOAT : types[slot];
  }

  private static ElementType result(Step step, ElementType[] types) {
    if (step.node().operator().equals("Cast")) {
      Object to = step.node().attributes().get("to").value();
      ElementType type = to instanceof Long code ? ElementType.of(code) : null;
      return type != null && type.isFloating() ? type : null;
    }
    int last = step.inputs().length - 1;
    int[] from =
        step.node().operator().equals("CastLike") ? new int[] {step.inputs()[last]} : step.inputs();
    return Arrays.stream(from)
        .filter(s -> s >= 0)
        .mapToObj(s -> types[s])
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
