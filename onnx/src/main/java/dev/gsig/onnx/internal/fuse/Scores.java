package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;

/**
 * What is done to the products of queries and keys before the softmax: {@code scale s + mask}.
 *
 * @param scale factor of the products
 * @param mask what is added, broadcast to the scores; null for nothing
 */
record Scores(double scale, NdArray mask) {
  /** The operators that may be between. */
  static final Set<String> NAMES = Set.of("Add", "Sub", "Mul", "Div", "Where");

  /** A score below that is so in any precision, whatever the products are: its key is removed. */
  static final double REMOVED = -1e30;

  /**
   * Reads what is done to the products.
   *
   * @param steps the nodes in order
   * @param slot of the products
   * @return the sum of it; null if it is nothing of that form
   */
  static Scores of(Frame frame, List<Step> steps, int slot) {
    Scores scores = new Scores(1, null);
    int at = slot;
    for (Step step : steps) {
      scores = scores == null ? null : scores.after(frame, step, at);
      at = step.outputs()[0];
    }
    return scores;
  }

  /** These scores with another mask added; none if it is null. */
  Scores plus(NdArray other) {
    return other == null ? this : new Scores(scale, sum(other));
  }

  private Scores after(Frame frame, Step step, int at) {
    int[] in = step.inputs();
    if (step.name().equals("Where")) {
      return chosen(frame.array(in[0]), frame.array(in[in[1] == at ? 2 : 1]), in[1] == at);
    }
    boolean isFirst = in[0] == at;
    NdArray other = frame.array(in[isFirst ? 1 : 0]);
    if (other == null || !other.type().isFloating()) {
      return null; // both inputs are the scores
    }
    double number = other.size() == 1 ? other.number(0) : Double.NaN;
    return switch (step.name()) {
      case "Add" -> new Scores(scale, sum(other));
      case "Sub" -> isFirst ? new Scores(scale, sum(times(other, -1))) : null;
      case "Mul" -> Double.isNaN(number) ? null : times(number);
      default -> Double.isNaN(number) || !isFirst ? null : times(1 / number);
    };
  }

  private Scores times(double number) {
    return number > 0
        ? new Scores(scale * number, mask == null ? null : times(mask, number))
        : null;
  }

  private static NdArray times(NdArray x, double number) {
    double[] y = Arrays.stream(x.doubles()).map(v -> number * v).toArray();
    return NdArray.of(ElementType.DOUBLE, y, x.shape());
  }

  private NdArray sum(NdArray other) {
    return mask == null ? other : each(mask, other, Double::sum);
  }

  private static NdArray each(NdArray a, NdArray b, DoubleBinaryOperator f) {
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    int[] at = Shapes.broadcastIndex(a.shape(), shape);
    int[] bt = Shapes.broadcastIndex(b.shape(), shape);
    double[] y = new double[at.length];
    Arrays.setAll(y, i -> f.applyAsDouble(a.number(at[i]), b.number(bt[i])));
    return NdArray.of(ElementType.DOUBLE, y, shape);
  }

  /** The scores where a condition is as told, else other numbers: these must remove the keys. */
  private Scores chosen(NdArray condition, NdArray otherwise, boolean scoresWhere) {
    if (condition == null
        || otherwise == null
        || Arrays.stream(otherwise.doubles()).anyMatch(v -> !(v <= REMOVED))) {
      return null;
    }
    NdArray zeros = NdArray.of(ElementType.DOUBLE, new double[] {0});
    NdArray kept = mask == null ? zeros : mask;
    NdArray cut = each(condition, otherwise, (c, v) -> (c != 0) == scoresWhere ? 0 : v);
    return new Scores(scale, each(kept, cut, (m, v) -> v == 0 ? m : v));
  }
}
