package dev.gsig.onnx;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.fuse.Patterns;
import dev.gsig.onnx.internal.graph.FloatTypes;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.tape.Layout;
import dev.gsig.onnx.internal.tape.Program;
import dev.gsig.onnx.internal.tape.WholeGraph;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.Backend;
import java.util.List;
import java.util.Map;

/**
 * One output of a graph as a function of some of its values, on a tape: what integrated gradients
 * ask for at many points at once.
 *
 * <p>A batch is of <em>runs of the graph</em>: each item of the tensors is what one run is given,
 * and what is not on the path is the same in all of them. So nothing is asked of the graph's own
 * batch axis, which may be fixed, or stand behind that of the length, and a mask is computed once
 * for all items. Immutable, and shared by threads: weights are made by the backend that it was made
 * with, and forks of that compute.
 */
public final class OnnxFunction {
  private final String name;
  private final Plan plan;
  private final String output;
  private final List<String> paths;
  private final List<ElementType> types;

  private final Program program;
  private final boolean isFused;

  private OnnxFunction(
      OnnxModel model, Backend backend, String output, List<String> paths, boolean fused) {
    this.name = model.name();
    this.plan = model.plan();
    this.output = output;
    this.paths = List.copyOf(paths);
    this.types = paths.stream().map(p -> FloatTypes.of(plan, plan.slot(p))).toList();
    this.program =
        new Program(plan, output, paths, types, fused ? Patterns.ALL : List.of(), backend);
    this.isFused = fused;
  }

  /**
   * Makes a function of a graph.
   *
   * @param model the graph
   * @param backend makes the weights; it must be open as long as the function is used
   * @param output the name of a value of a floating type
   * @param paths names of values of floating types that are given as variables: inputs, or values
   *     between such as the rows gathered from a table
   * @param fused whether what the backend has primitives for is handed to it; if not, the graph is
   *     run as it stands, in 53 bits: the reference
   * @return the function
   * @throws InvalidInputException if the graph has no such values
   */
  public static OnnxFunction of(
      OnnxModel model, Backend backend, String output, List<String> paths, boolean fused) {
    try {
      model.plan().slot(output);
      return new OnnxFunction(model, backend, output, paths, fused);
    } catch (InvalidInputException e) {
      throw OnnxModel.refused(model.name(), e);
    }
  }

  /**
   * Computes the output for every item.
   *
   * @param tape records what is computed
   * @param values for each path a tensor {@code [B, rows, columns]}: the row-major elements of its
   *     value in {@code n} runs, one behind the other; n is B, if a run has 1 item, and the same
   *     for all paths
   * @param shapes for each path the ONNX shape of its value in one run
   * @param others every other input that the output needs, as one run takes it
   * @return the elements of the output in all runs, one behind the other: where it is {@code [k]}
   *     in one run, {@code [n, 1, k]}; where it is {@code [b, k]}, {@code [n b, 1, k]}; where it is
   *     {@code [b, r, k]}, {@code [n b, r, k]}
   * @throws InvalidInputException if an input is missing or does not fit, or no gradient reaches a
   *     path; the message names the node
   */
  public Variable apply(
      Tape tape, List<Variable> values, List<int[]> shapes, Map<String, NdArray> others) {
    if (values.size() != paths.size() || shapes.size() != paths.size()) {
      throw new IllegalArgumentException(
          values.size() + " values and " + shapes.size() + " shapes for the paths " + paths);
    }
    try {
      Variable y = isFused ? program.apply(tape, values, shapes, others) : null;
      if (y == null) {
        y = asItStands(tape, values, shapes, others);
      }
      return y;
    } catch (InvalidInputException e) {
      throw OnnxModel.refused(name, e);
    }
  }

  /** The reference; where no gradient reaches a path its rule says at which node that ends. */
  private Variable asItStands(
      Tape tape, List<Variable> values, List<int[]> shapes, Map<String, NdArray> others) {
    return tape.apply(
        new WholeGraph(plan, output, paths, types, shapes, others, Layout.runs(values, shapes)),
        values.toArray(Variable[]::new));
  }

  /**
   * What of the other inputs matters besides the paths, as far as it can be told without these: a
   * mask that the graph makes of ids, say, and not the ids. Where two patients have the same, their
   * items can be computed together, with the other inputs of either.
   *
   * @param others every other input that the output needs, as one run takes it
   * @return equal to that of other inputs if these do the same; not to be kept for long
   * @throws InvalidInputException if an input does not fit
   */
  public Object rest(Map<String, NdArray> others) {
    try {
      return program.rest(others);
    } catch (InvalidInputException e) {
      throw OnnxModel.refused(name, e);
    }
  }

  /** In words what was recognised and how often: {@code {"linear layer": 14, "layer norm": 5}}. */
  public Map<String, Integer> fused() {
    return program.fused();
  }

  /** The operators of the nodes on the path that are computed one by one, and how often. */
  public Map<String, Integer> unfused() {
    return program.unfused();
  }

  /** Whether there is no ReLU, maximum or the like on the way from a path to the output. */
  public boolean isSmooth() {
    return program.isSmooth();
  }

  /** Whether items may be computed together: always, for each is a run of the graph of its own. */
  public boolean batches() {
    return true;
  }

  /**
   * How many numbers are kept for each item of a batch, roughly.
   *
   * @param shapes for each path the ONNX shape of its value in one run
   * @return a number for {@link Backend#advisedBatch}
   */
  public long activationsPerItem(List<int[]> shapes) {
    long known = program.elementsPerRun();
    long elements = shapes.stream().mapToLong(Shapes::size).sum();
    long nodes = fused().values().stream().mapToLong(n -> n).sum() + unfused().size();
    return known > 0 ? known : elements * Math.max(1, nodes);
  }
}
