package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Pattern.Lowering;
import dev.gsig.onnx.internal.tape.Pattern.Match;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A graph with what was recognised in it. For inputs of given shapes it is recorded once what has
 * to be put on tapes.
 */
public final class Program {
  /**
   * Nodes that are computed together.
   *
   * @param last of the nodes
   * @param lowering what takes their place; null for a node that does not depend on a path
   * @param otherwise what is done where that is not possible; empty if it is the operator itself
   */
  private record Unit(Step last, Lowering lowering, List<Unit> otherwise) {
    void record(Frame frame) {
      if (lowering == null) {
        frame.compute(last);
      } else if (!lowering.lower(frame)) {
        otherwise.forEach(unit -> unit.record(frame));
        if (otherwise.isEmpty()) {
          frame.fallBack(last);
        }
      }
    }
  }

  /** Operators whose gradients jump, and those that tell on which side of a jump a value is. */
  private static final Set<String> JUMPS =
      Set.of(
          "Abs",
          "ArgMax",
          "ArgMin",
          "Ceil",
          "Clip",
          "Elu",
          "Equal",
          "Floor",
          "Greater",
          "GreaterOrEqual",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "Max",
          "Min",
          "Mod",
          "NonZero",
          "PRelu",
          "ReduceL1",
          "ReduceMax",
          "ReduceMin",
          "Relu",
          "Round",
          "Sign",
          "TopK");

  private final Graph graph;
  private final List<Integer> paths;
  private final List<ElementType> types;
  private final List<Unit> units = new ArrayList<>();
  private final Surroundings surroundings;
  private final Map<String, Integer> fused = new TreeMap<>();
  private final Map<String, Integer> unfused = new TreeMap<>();
  private final Recordings recordings = new Recordings();
  private volatile long elements;

  /**
   * Recognises what it can.
   *
   * @param plan the graph
   * @param output the name of the value to compute
   * @param paths names of the values it is a function of
   * @param types their elements
   * @param patterns what is recognised: the first that does wins
   * @param backend makes the weights
   */
  public Program(
      Plan plan,
      String output,
      List<String> paths,
      List<ElementType> types,
      List<Pattern> patterns,
      Backend backend) {
    this.paths = paths.stream().map(plan::slot).toList();
    this.types = types;
    // what 32 bits make of a constant cannot be told from it by a backend that has no more
    double tolerance = backend.significantDigits() > 10 ? 1e-14 : 1e-6;
    this.graph = new Graph(plan, plan.slot(output), new HashSet<>(this.paths), tolerance);
    this.surroundings = new Surroundings(graph, new HashSet<>(this.paths));
    List<Step> steps = graph.steps();
    Map<Step, Unit> ends = new HashMap<>();
    Set<Step> covered = new HashSet<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (!covered.contains(step) && graph.isActive(step)) {
        ends.put(step, unit(step, patterns, covered, backend));
      }
    }
    for (Step step : steps) {
      if (ends.containsKey(step)) {
        units.add(ends.get(step));
      } else if (!covered.contains(step)) {
        units.add(new Unit(step, null, List.of()));
      }
    }
  }

  private Unit unit(Step step, List<Pattern> patterns, Set<Step> covered, Backend backend) {
    for (Pattern pattern : patterns) {
      Match match = pattern.match(graph, step);
      if (match != null
          && match.steps().stream().allMatch(s -> graph.isActive(s) && !covered.contains(s))
          && !graph.isUsedOutside(match.steps(), step)) {
        covered.addAll(match.steps());
        match.names().forEach(name -> fused.merge(name, 1, Integer::sum));
        return new Unit(step, match.prepare().apply(backend), apart(match, patterns, backend));
      }
    }
    covered.add(step);
    unfused.merge(step.name(), 1, Integer::sum);
    return new Unit(step, frame -> false, List.of());
  }

  /** The nodes of a match one by one, for shapes with which they are not what they look like. */
  private List<Unit> apart(Match match, List<Pattern> patterns, Backend backend) {
    if (match.steps().size() == 1) {
      return List.of();
    }
    List<Unit> apart = new ArrayList<>();
    for (Step step : graph.steps()) {
      if (match.steps().contains(step)) {
        Match alone =
            patterns.stream()
                .map(pattern -> pattern.match(graph, step))
                .filter(m -> m != null && m.steps().size() == 1)
                .findFirst()
                .orElse(null);
        Lowering lowering = alone == null ? frame -> false : alone.prepare().apply(backend);
        apart.add(new Unit(step, lowering, List.of()));
      }
    }
    return apart;
  }

  /** What was recognised, in words, and how often. */
  public Map<String, Integer> fused() {
    return fused;
  }

  /** The operators of the nodes that depend on a path and nothing recognised, and how often. */
  public Map<String, Integer> unfused() {
    return unfused;
  }

  /**
   * Computes the output on a tape.
   *
   * @param tape the tape
   * @param values the paths, the values of all runs one behind the other
   * @param shapes of the paths in one run
   * @param others the other inputs by name, as one run takes them
   * @return the outputs of all runs; null if no gradient reaches one of the paths
   * @throws InvalidInputException if an input is missing or does not fit; the message names the
   *     node
   */
  public Variable apply(
      Tape tape, List<Variable> values, List<int[]> shapes, Map<String, NdArray> others) {
    int runs = Layout.runs(values, shapes);
    Result result = recordings.of(shapes, others, () -> record(shapes, others));
    if (result == null) {
      return null;
    }
    elements = result.recording.elementsPerRun();
    List<Variable> inputs = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      int cols = Layout.tensor(1, shapes.get(i)).cols();
      int rows = values.get(i).shape().size() / runs / cols;
      inputs.add(Regroup.to(values.get(i), new Shape(runs, rows, cols)));
    }
    Variable y = result.recording.play(tape, inputs, runs);
    return Regroup.to(y, Layout.tensor(runs, result.shape));
  }

  /**
   * What of the other inputs matters, see {@link Surroundings}.
   *
   * @param others the other inputs by name, as one run takes them
   */
  public Object rest(Map<String, NdArray> others) {
    return surroundings.of(others);
  }

  /** Numbers on the tape for each run, as the last recording has them; 0 before the first. */
  public long elementsPerRun() {
    return elements;
  }

  /**
   * Records what computes the output.
   *
   * @param shapes of the paths in one run
   * @param others the other inputs by name, as one run takes them
   * @return the recording, whose inputs are the paths, {@code [runs, rows, cols]} of their last
   *     axes; null if no gradient reaches one of them
   * @throws InvalidInputException if an input is missing or does not fit; the message names the
   *     node
   */
  private Result record(List<int[]> shapes, Map<String, NdArray> others) {
    Plan plan = graph.plan();
    NdArray[] arrays = plan.given(others);
    Map<Integer, Active> given = new HashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      BitSet reach = new BitSet();
      reach.set(i);
      int[] shape = shapes.get(i);
      int cols = Layout.tensor(1, shape).cols();
      int rows = Layout.tensor(1, shape).size() / cols;
      given.put(paths.get(i), new Active(i, rows, cols, shape, null, null, types.get(i), reach));
    }
    Frame frame = new Frame(graph, arrays, given);
    requireInputs(frame);
    units.forEach(unit -> unit.record(frame));
    Active y = frame.active(graph.output());
    if (y == null || y.reach().cardinality() < paths.size()) {
      return null;
    }
    Active dense = frame.dense(y);
    return new Result(NeededRows.of(frame.recording().to(dense.value())), y.shape());
  }

  /**
   * A recording and what it gives.
   *
   * @param recording computes {@code [runs, rows, columns of the last axis]}
   * @param shape the ONNX shape of that in one run
   */
  record Result(Recording recording, int[] shape) {}

  /** Whether the gradient has no jumps: no ReLU, maximum or the like depends on a path. */
  public boolean isSmooth() {
    return graph.steps().stream()
        .noneMatch(step -> graph.isActive(step) && JUMPS.contains(step.name()));
  }

  private void requireInputs(Frame frame) {
    for (ValueProto input : graph.plan().inputs()) {
      int slot = graph.plan().slot(input.name());
      boolean isThere = frame.array(slot) != null || frame.active(slot) != null;
      boolean isNeeded = slot == graph.output() || !graph.users(slot).isEmpty();
      if (isNeeded && !isThere) {
        throw new InvalidInputException("the input \"" + input.name() + "\" is not given");
      }
    }
  }
}
