package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Subtract;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Sums and products, element by element, of values with each other and with numbers. Factors that
 * are numbers are not computed until they have to be; attention takes them into its scale.
 */
final class Arithmetic implements Pattern {
  private static final Set<String> NAMES = Set.of("Add", "Sub", "Mul", "Div", "Neg", "Cast");

  @Override
  public Match match(Graph graph, Step last) {
    boolean divides = last.name().equals("Div") && graph.isActive(graph.input(last, 1));
    return NAMES.contains(last.name()) && !divides
        ? new Match(List.of(), Set.of(last), backend -> frame -> lower(frame, last))
        : null;
  }

  private static boolean lower(Frame frame, Step step) {
    Active a = frame.active(step.inputs()[0]);
    Active b = step.inputs().length < 2 ? null : frame.active(step.inputs()[1]);
    if ((a != null && !a.type().isFloating()) || (b != null && !b.type().isFloating())) {
      return false;
    }
    Active y =
        switch (step.name()) {
          case "Neg" -> a.times(-1);
          case "Cast" -> cast(a, step);
          default -> a != null && b != null ? both(frame, step, a, b) : one(frame, step, a, b);
        };
    if (y != null) {
      frame.put(step.outputs()[0], y);
    }
    return y != null;
  }

  private static Active cast(Active a, Step step) {
    ElementType to = ElementType.of(step.integer("to", ElementType.FLOAT.code()));
    return to.isFloating() && to.bits() >= 32 ? a.as(to) : null;
  }

  private static Active both(Frame frame, Step step, Active a, Active b) {
    if (a.type() != b.type()) {
      return null; // the operator says so
    }
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    Supplier<Operation> operation =
        switch (step.name()) {
          case "Add" -> Add::new;
          case "Sub" -> Subtract::new;
          default -> Multiply::new;
        };
    if (a.isLike(b)) {
      Active y = frame.byRows(runs -> operation.get(), a.cols(), a.shape(), a, b);
      return a.viewOf(y);
    }
    Active p = frame.dense(a.broadcast(shape));
    Active q = frame.dense(b.broadcast(shape));
    return frame.byRows(runs -> operation.get(), p.cols(), shape, p, q);
  }

  private static Active one(Frame frame, Step step, Active a, Active b) {
    Active x = a == null ? b : a;
    NdArray numbers = frame.array(step.inputs()[a == null ? 0 : 1]);
    if (numbers.type() != x.type()) {
      return null;
    }
    Active y = x.broadcast(Shapes.broadcast(x.shape(), numbers.shape()));
    return switch (step.name()) {
      case "Add" -> frame.plus(y, numbers);
      case "Sub" -> a == null ? frame.plus(y.times(-1), numbers) : frame.plus(y, each(numbers, -1));
      case "Mul" -> frame.times(y, numbers);
      default -> frame.times(y, each(numbers, 0));
    };
  }

  /** The numbers times -1, or for 0 one divided by them. */
  private static NdArray each(NdArray numbers, int how) {
    double[] y = Arrays.stream(numbers.doubles()).map(n -> how == 0 ? 1 / n : how * n).toArray();
    return NdArray.of(ElementType.DOUBLE, y, numbers.shape());
  }
}
