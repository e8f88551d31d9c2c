package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph that can be run: its nodes in an order in which every value is there before it is used. A
 * graph within a node names what it takes from around it; these values are inputs of the node,
 * behind its own.
 */
public final class Plan {
  private final List<String> names;
  private final Map<String, Integer> slots;
  private final NdArray[] constants;
  private final List<ValueProto> inputs;
  private final List<ValueProto> outputs;
  private final List<String> captured;
  private final List<Step> steps;
  private final Precision precision;

  Plan(
      List<String> names,
      Map<String, Integer> slots,
      NdArray[] constants,
      List<ValueProto> inputs,
      List<ValueProto> outputs,
      List<String> captured,
      List<Step> steps,
      Precision precision) {
    this.names = names;
    this.slots = slots;
    this.constants = constants;
    this.inputs = inputs;
    this.outputs = outputs;
    this.captured = captured;
    this.steps = Folding.fold(steps, constants, precision);
    this.precision = precision;
  }

  /**
   * Makes a plan of a model.
   *
   * @param model the model
   * @param operators what its nodes may be
   * @param precision with how many digits to compute
   * @return the plan
   * @throws InvalidInputException if the graph is not sound, or a node's operator or attribute not
   *     known
   */
  public static Plan of(ModelProto model, OperatorSet operators, Precision precision) {
    return Planner.plan(model, operators, precision);
  }

  /** What the graph takes; inputs with a value of their own are left out. */
  public List<ValueProto> inputs() {
    return inputs;
  }

  /** What the graph gives. */
  public List<ValueProto> outputs() {
    return outputs;
  }

  /** Values that the graph takes from around it. */
  List<String> captured() {
    return captured;
  }

  /** Every value by name, constants included. */
  public List<String> names() {
    return names;
  }

  /** How many nodes are left to run. */
  public int size() {
    return steps.size();
  }

  /**
   * The nodes in the order in which they are run; those that depend on constants alone are gone.
   */
  public List<Step> steps() {
    return steps;
  }

  /**
   * The slot of a value.
   *
   * @param name its name
   * @return its number, the same in every run
   * @throws InvalidInputException if no value has this name
   */
  public int slot(String name) {
    Integer slot = slots.get(name);
    if (slot == null) {
      throw new InvalidInputException("there is no value \"" + name + "\" in the graph");
    }
    return slot;
  }

  /**
   * The name of a value.
   *
   * @param slot its slot
   * @return its name
   */
  public String name(int slot) {
    return names.get(slot);
  }

  /**
   * The value of a constant, folded ones included.
   *
   * @param slot its slot
   * @return its value, or null if it is none
   */
  public NdArray constant(int slot) {
    return constants[slot];
  }

  /** With how many digits it is computed. */
  public Precision precision() {
    return precision;
  }

  /**
   * The value of a constant, folded ones included.
   *
   * @param name its name
   * @return its value, or null if it is none
   */
  public NdArray constant(String name) {
    return constants[slot(name)];
  }

  /**
   * Runs the graph.
   *
   * @param given values by name: the inputs, or any others in their place; what only they need is
   *     not computed
   * @return all values
   * @throws InvalidInputException if an input is missing or of another type, or a node's inputs do
   *     not fit
   */
  public Trace run(Map<String, NdArray> given) {
    return run(given, outputs.stream().map(ValueProto::name).toList());
  }

  /**
   * Runs what leads to some values.
   *
   * @param given values by name: the inputs, or any others in their place; what only they need is
   *     not computed
   * @param asked names of the values that are asked for
   * @return all values
   * @throws InvalidInputException as {@link #run(Map)}
   */
  public Trace run(Map<String, NdArray> given, List<String> asked) {
    NdArray[] values = given(given);
    boolean[] known = new boolean[values.length];
    given.keySet().forEach(name -> known[slot(name)] = true);
    List<Step> run = needed(values, asked);
    Memory memory = new Memory();
    for (Step step : run) {
      NdArray[] results = results(step, values, precision);
      for (int i = 0; i < step.outputs().length; i++) {
        int slot = step.outputs()[i];
        if (slot >= 0 && !known[slot]) {
          values[slot] = results[i];
          memory.add(results[i]);
        }
      }
    }
    return new Trace(this, run, values, known);
  }

  /**
   * Constants and what is given.
   *
   * @param given values by name
   * @return values by slot, null where there is none yet
   * @throws InvalidInputException if an input is of another type or rank, or a constant is given
   */
  public NdArray[] given(Map<String, NdArray> given) {
    NdArray[] values = constants.clone();
    for (Map.Entry<String, NdArray> value : given.entrySet()) {
      int slot = slot(value.getKey());
      if (constants[slot] != null) {
        // what was folded with it would stay as it is
        throw new InvalidInputException(
            "the value \"" + value.getKey() + "\" is a constant of the graph and cannot be given");
      }
      values[slot] = value.getValue();
    }
    inputs.stream().filter(in -> given.containsKey(in.name())).forEach(in -> check(in, given));
    return values;
  }

  private static void check(ValueProto input, Map<String, NdArray> given) {
    NdArray value = given.get(input.name());
    boolean sameType = input.type() == null || input.type() == value.type();
    boolean sameRank = input.dims() == null || input.dims().size() == value.rank();
    if (!sameType || !sameRank) {
      throw new InvalidInputException(
          "the input \""
              + input.name()
              + "\" is "
              + value
              + ", and the graph takes "
              + input.type()
              + input.dims());
    }
  }

  /** The steps that lead to what is asked for from what is known. */
  private List<Step> needed(NdArray[] values, List<String> asked) {
    boolean[] wanted = new boolean[values.length];
    asked.forEach(name -> wanted[slot(name)] = true);
    ArrayDeque<Step> run = new ArrayDeque<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (Arrays.stream(step.outputs()).anyMatch(s -> s >= 0 && wanted[s] && values[s] == null)) {
        Arrays.stream(step.inputs()).filter(s -> s >= 0).forEach(s -> wanted[s] = true);
        run.addFirst(step);
      }
    }
    for (ValueProto input : inputs) {
      int slot = slot(input.name());
      if (wanted[slot] && values[slot] == null) {
        throw new InvalidInputException("the input \"" + input.name() + "\" is not given");
      }
    }
    return List.copyOf(run);
  }

  /** What a step computes of the values of all slots. */
  static NdArray[] results(Step step, NdArray[] values, Precision precision) {
    NdArray[] x = new NdArray[step.inputs().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = step.inputs()[i] < 0 ? null : values[step.inputs()[i]];
    }
    return computed(step, x, precision);
  }

  /**
   * What a node computes, rounded as this graph's results are.
   *
   * @param step the node
   * @param x its inputs, null for one that is left out
   * @return its outputs, null for those that are not wanted
   * @throws InvalidInputException with the node's name if it cannot be computed
   */
  public NdArray[] results(Step step, NdArray[] x) {
    return computed(step, x, precision);
  }

  /**
   * What a node computes, not rounded.
   *
   * @param step the node
   * @param x its inputs, null for one that is left out
   * @return its outputs, null for those that are not wanted
   * @throws InvalidInputException with the node's name if it cannot be computed
   */
  public NdArray[] moved(Step step, NdArray[] x) {
    return computed(step, x, Precision.DOUBLE);
  }

  private static NdArray[] computed(Step step, NdArray[] x, Precision precision) {
    NdArray[] y;
    try {
      y = step.operator().forward(x);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(step.label() + ": " + e.getMessage(), e);
    } catch (IndexOutOfBoundsException
        | ArithmeticException
        | NegativeArraySizeException
        | IllegalArgumentException e) {
      // shapes that fit no case of the operator; each operator checks what it can say in words
      throw new InvalidInputException(
          step.label() + ": its inputs do not fit: " + Arrays.toString(x), e);
    }
    NdArray[] rounded = new NdArray[step.outputs().length];
    for (int i = 0; i < rounded.length; i++) {
      if (i >= y.length && step.outputs()[i] >= 0) {
        throw new InvalidInputException(step.label() + ": has no output " + (i + 1));
      }
      rounded[i] = i < y.length ? precision.round(y[i]) : null;
    }
    return rounded;
  }

  /**
   * Runs the graph of a node's attribute.
   *
   * @param x the node's inputs, those taken from around it at the end
   * @param from where those begin that this graph takes
   * @param own the values of the graph's own inputs
   * @return its outputs, in order
   * @throws InvalidInputException if the graph takes others
   */
  public NdArray[] run(NdArray[] x, int from, NdArray... own) {
    if (own.length != inputs.size()) {
      throw new InvalidInputException(
          "its graph takes " + inputs.size() + " inputs, not " + own.length);
    }
    Map<String, NdArray> given = new HashMap<>();
    for (int i = 0; i < own.length; i++) {
      given.put(inputs.get(i).name(), own[i]);
    }
    for (int i = 0; i < captured.size(); i++) {
      given.put(captured.get(i), x[from + i]);
    }
    Trace trace = run(given);
    return outputs.stream().map(o -> trace.value(o.name())).toArray(NdArray[]::new);
  }
}
