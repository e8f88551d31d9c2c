package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Scale;
import dev.gsig.autodiff.op.Slice;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Recording.Call;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The values of a graph while it is recorded for inputs of certain shapes: arrays, where they do
 * not depend on a path, and {@link Active} values. What is recorded for one run is played for many.
 */
public final class Frame {
  private final Graph graph;
  private final Plan plan;
  private final NdArray[] arrays;
  private final Active[] actives;
  private final Recording recording;
  private final IdentityHashMap<Active, Active> dense = new IdentityHashMap<>();

  /**
   * Before the first node.
   *
   * @param graph the graph
   * @param arrays by slot: constants, and inputs that are no paths
   * @param paths by slot
   */
  Frame(Graph graph, NdArray[] arrays, Map<Integer, Active> paths) {
    this.graph = graph;
    this.plan = graph.plan();
    this.arrays = arrays;
    this.actives = new Active[arrays.length];
    this.recording = new Recording(paths.size());
    paths.forEach((slot, value) -> actives[slot] = value);
  }

  Recording recording() {
    return recording;
  }

  /** A value that depends on a path; null if this one does not. */
  public Active active(int slot) {
    return slot < 0 ? null : actives[slot];
  }

  /** A value that does not depend on a path; null if this one does, or is left out. */
  public NdArray array(int slot) {
    return slot < 0 ? null : arrays[slot];
  }

  /** Sets the result of a node that was recognised. */
  public void put(int slot, Active value) {
    actives[slot] = value;
  }

  /**
   * Records an operation.
   *
   * @param operation a new one for so many runs; its result is {@code [runs, rows, cols]}
   * @param rows of the result in one run
   * @param cols of the result
   * @param shape of the result in one run
   * @param arguments plain or views, whose numbers of rows and columns the operation is to take
   * @return the result, of the first argument's type
   */
  public Active call(
      IntFunction<Operation> operation, int rows, int cols, int[] shape, Active... arguments) {
    return call(some -> operation, 0, rows, cols, shape, arguments);
  }

  /** {@link #call} of an operation whose rows depend on the same rows of its arguments alone. */
  public Active byRows(
      IntFunction<Operation> operation, int cols, int[] shape, Active... arguments) {
    int rows = arguments[0].rows();
    return call(some -> operation, arguments.length, rows, cols, shape, arguments);
  }

  /**
   * {@link #call} of an operation whose rows depend on the same rows of its first arguments alone,
   * so that some may be computed without the others.
   *
   * @param operation for some rows of a run's result, or for all if they are null
   * @param byRows how many arguments that is true of
   */
  public Active call(
      Function<int[], IntFunction<Operation>> operation,
      int byRows,
      int rows,
      int cols,
      int[] shape,
      Active... arguments) {
    int[] numbers = Arrays.stream(arguments).mapToInt(Active::value).toArray();
    int value = recording.add(new Call(operation, rows, cols, numbers, byRows));
    return result(value, rows, cols, shape, arguments);
  }

  private static Active result(int value, int rows, int cols, int[] shape, Active... from) {
    BitSet reach = new BitSet();
    for (Active a : from) {
      reach.or(a.reach());
    }
    return new Active(value, rows, cols, shape, null, null, from[0].type(), reach);
  }

  /**
   * Records numbers, the same in every run.
   *
   * @param rows how many rows
   * @param cols how many columns
   * @param numbers row-major
   * @return what can be an argument of {@link #call}; it depends on no path
   */
  public Active constant(int rows, int cols, double... numbers) {
    return constant(rows, cols, numbers, false);
  }

  /** {@link #constant(int, int, double...)}, for operations that want it in each item. */
  public Active repeated(int rows, int cols, double... numbers) {
    return constant(rows, cols, numbers, true);
  }

  private Active constant(int rows, int cols, double[] numbers, boolean repeated) {
    int value = recording.add(new Recording.Constant(rows, cols, numbers, repeated));
    int[] shape = {rows, cols};
    return new Active(value, rows, cols, shape, null, null, ElementType.DOUBLE, new BitSet());
  }

  /**
   * A value as rows of its last axis, in order and without factors: what operations of rows take.
   *
   * @param a any value
   * @return the same, computed if it has to be
   */
  public Active dense(Active a) {
    boolean isDense = a.isPlain() && a.cols() == a.width();
    return isDense ? a : dense.computeIfAbsent(a, this::computeDense);
  }

  private Active computeDense(Active a) {
    int cols = a.width();
    int rows = a.size() / cols;
    Active moved = a.source() == null && a.cols() == cols ? a : rearranged(a, rows, cols);
    if (a.factor() == 1) {
      return new Active(moved.value(), rows, cols, a.shape(), a);
    }
    double same = a.factor();
    if (!Double.isNaN(same)) {
      return byRows(runs -> new Scale(same), cols, a.shape(), moved);
    }
    Active factors = constant(rows, cols, a.factors());
    return byRows(runs -> new Multiply(), cols, a.shape(), moved, factors);
  }

  private Active rearranged(Active a, int rows, int cols) {
    int[] taken = takenRows(a, rows, cols);
    if (taken == null) {
      int[] source = new int[rows * cols];
      Arrays.setAll(source, a::source);
      return call(
          runs -> new Rearrange(source, new Shape(runs, rows, cols)), rows, cols, a.shape(), a);
    }
    int first = a.source(0) % a.cols();
    return rows < a.rows()
        ? columns(rows(a, taken), first, cols)
        : rows(columns(a, first, cols), taken);
  }

  /** Whether a value is some columns of some rows of what it is a view of. */
  public boolean isOfRows(Active a) {
    return takenRows(a, a.size() / a.width(), a.width()) != null;
  }

  /** The rows that a value's rows are parts of; null if they are not. */
  private static int[] takenRows(Active a, int rows, int cols) {
    int first = a.source(0) % a.cols();
    if (first + cols > a.cols()) {
      return null;
    }
    int[] taken = new int[rows];
    for (int r = 0; r < rows; r++) {
      int start = a.source(r * cols);
      taken[r] = start / a.cols();
      if (start % a.cols() != first) {
        return null;
      }
      for (int c = 1; c < cols; c++) {
        if (a.source(r * cols + c) != start + c) {
          return null;
        }
      }
    }
    return taken;
  }

  /** Some rows of what a value is a view of. */
  public Active rows(Active a, int... taken) {
    boolean isAll = taken.length == a.rows();
    for (int r = 0; r < taken.length && isAll; r++) {
      isAll = taken[r] == r;
    }
    return isAll ? a : grouped(a, 1, taken);
  }

  /**
   * Some rows of what a value is a view of, as several items of each run.
   *
   * @param a any value
   * @param items of each run: the batch of the result is so many times larger
   * @param taken the rows, those of one item after the other
   * @return {@code [runs * items, taken / items, cols]}
   */
  public Active grouped(Active a, int items, int... taken) {
    int[] shape = {taken.length, a.cols()};
    int value = recording.add(new Recording.Taken(taken, a.rows(), items, a.cols(), a.value()));
    return result(value, taken.length, a.cols(), shape, a);
  }

  /**
   * Undoes {@link #grouped}: {@code [runs * items, rows, cols]} as {@code [runs, items rows,
   * cols]}.
   */
  public Active ungrouped(Active a) {
    int[] all = new int[a.rows()];
    Arrays.setAll(all, r -> r);
    return grouped(a, 1, all);
  }

  /** Some columns of what a value is a view of. */
  public Active columns(Active a, int from, int count) {
    if (from == 0 && count == a.cols()) {
      return a;
    }
    return byRows(
        runs -> new Slice(Axis.COLUMNS, from, from + count), count, new int[] {a.rows(), count}, a);
  }

  /** The sum of a value and numbers that broadcast to its shape. */
  public Active plus(Active a, NdArray numbers) {
    return with(a, numbers, 0, Add::new);
  }

  /** The product of a value and numbers that broadcast to its shape. */
  public Active times(Active a, NdArray numbers) {
    return numbers.size() == 1 ? a.times(numbers.number(0)) : with(a, numbers, 1, Multiply::new);
  }

  private Active with(Active a, NdArray numbers, double neutral, Supplier<Operation> operation) {
    if (Arrays.stream(numbers.numbers()).allMatch(n -> n == neutral)) {
      return a;
    }
    Active x = a.isPlain() ? a : dense(a);
    int[] at = Shapes.broadcastIndex(numbers.shape(), a.shape());
    double[] all = Arrays.stream(at).mapToDouble(numbers::number).toArray();
    Active constant = constant(x.rows(), x.cols(), all);
    return byRows(runs -> operation.get(), x.cols(), a.shape(), x, constant);
  }

  /** Computes a node whose inputs do not depend on a path, or on their shapes alone. */
  void compute(Step step) {
    NdArray[] x = new NdArray[step.inputs().length];
    for (int i = 0; i < x.length; i++) {
      Active a = active(step.inputs()[i]);
      x[i] = a == null ? array(step.inputs()[i]) : stand(a);
    }
    NdArray[] y = plan.results(step, x);
    for (int i = 0; i < y.length; i++) {
      int slot = step.outputs()[i];
      if (slot >= 0 && actives[slot] == null && arrays[slot] == null) {
        arrays[slot] = y[i];
      }
    }
  }

  /** An array of a value's type and shape, for what asks for no more. */
  private static NdArray stand(Active a) {
    double[] halves = new double[a.size()];
    Arrays.fill(halves, 0.5);
    return a.type().isFloating()
        ? NdArray.of(a.type(), halves, a.shape())
        : NdArray.of(a.type(), new long[halves.length], a.shape());
  }

  /**
   * What a node that only moves elements makes of their places.
   *
   * @param step the node
   * @param x its inputs; where the first has numbers, these are places
   * @return its outputs, not rounded
   */
  public NdArray[] places(Step step, NdArray... x) {
    return plan.moved(step, x);
  }

  /** Records a node that nothing recognises: the operator itself, run by run. */
  void fallBack(Step step) {
    int[] in = step.inputs();
    NdArray[] fixed = new NdArray[in.length];
    NdArray[] stands = new NdArray[in.length];
    List<Active> onTape = new ArrayList<>();
    BitSet reach = new BitSet();
    for (int i = 0; i < in.length; i++) {
      Active a = active(in[i]);
      fixed[i] = array(in[i]);
      stands[i] = a == null ? fixed[i] : stand(a);
      onTape.add(a == null ? null : dense(a));
      if (a != null && a.type().isFloating() && step.operator().passes(i)) {
        reach.or(a.reach());
      }
    }
    NdArray[] y = plan.results(step, stands);
    for (int o = 0; o < y.length; o++) {
      int slot = step.outputs()[o];
      if (slot >= 0
          && actives[slot] == null
          && (slot == graph.output() || !graph.users(slot).isEmpty())) {
        actives[slot] = fallBack(step, o, y[o], fixed, onTape, reach);
      }
    }
  }

  private Active fallBack(
      Step step, int output, NdArray like, NdArray[] fixed, List<Active> onTape, BitSet reach) {
    int[] shape = like.shape();
    int cols = shape.length == 0 ? 1 : shape[shape.length - 1];
    Layout.tensor(1, shape); // refuses what has no elements
    int rows = like.size() / cols;
    int[] numbers = onTape.stream().filter(a -> a != null).mapToInt(Active::value).toArray();
    Shape one = Shape.matrix(rows, cols);
    int value =
        recording.add(
            new Call(
                some ->
                    runs ->
                        new NodeOperation(
                            plan, step, output, fixed, onTape, shape, one.withBatch(runs)),
                rows,
                cols,
                numbers,
                0));
    BitSet own = like.type().isFloating() ? reach : new BitSet();
    return new Active(value, rows, cols, shape, null, null, like.type(), own);
  }
}
