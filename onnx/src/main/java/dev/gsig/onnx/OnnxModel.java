package dev.gsig.onnx;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.OnnxFile;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Extents;
import dev.gsig.onnx.internal.graph.Layers;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Precision;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.graph.Ways;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.NdArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A model in the ONNX format, run forward and back in plain Java.
 *
 * <p>Every operator that is known has its gradient rule, so that {@link OnnxRun#gradient} gives the
 * gradient of any output by any input, or by any value between, such as the rows that are gathered
 * from an embedding table. A model is not modified by runs and may be shared among threads.
 */
public final class OnnxModel {
  private static final int LONGEST_MESSAGE = 1500;

  private final String name;
  private final Plan plan;
  private final ModelProto proto;
  private final OnnxFacts facts;

  OnnxModel(String name, Plan plan) {
    this(name, plan, null);
  }

  private OnnxModel(String name, Plan plan, ModelProto proto) {
    this.name = name;
    this.plan = plan;
    this.proto = proto;
    this.facts = proto == null ? null : facts(proto);
  }

  /**
   * Reads a model and checks it whole: every node has a known operator with known attributes, and
   * takes only what is there before it. What depends on constants alone is computed at once.
   *
   * @param file a file in the ONNX format; tensors may lie in files beside it
   * @param exact whether results keep 53 bits where the model declares fewer
   * @return the model
   * @throws InvalidInputException if the file cannot be read or is not sound, or something in it is
   *     not supported; the message names the node
   */
  public static OnnxModel read(Path file, boolean exact) {
    return of(file.toString(), () -> OnnxFile.read(file), exact);
  }

  /**
   * Reads a model that lies in memory, whole; see {@link #read(Path, boolean)}.
   *
   * @param bytes a file's bytes
   * @param exact whether results keep 53 bits where the model declares fewer
   * @return the model
   * @throws InvalidInputException as {@link #read(Path, boolean)}
   */
  public static OnnxModel read(byte[] bytes, boolean exact) {
    return of("model", () -> OnnxFile.read(bytes), exact);
  }

  private static OnnxModel of(String name, Supplier<ModelProto> model, boolean exact) {
    try {
      return of(name, model.get(), exact ? Precision.DOUBLE : Precision.DECLARED);
    } catch (InvalidInputException e) {
      throw refused(name, e);
    }
  }

  private static OnnxModel of(String name, ModelProto proto, Precision precision) {
    return new OnnxModel(name, Plan.of(proto, Operators::of, precision), proto);
  }

  private static OnnxFacts facts(ModelProto model) {
    Map<String, Integer> operators = new TreeMap<>();
    model.graph().nodes().forEach(node -> operators.merge(node.operator(), 1, Integer::sum));
    long parameters = 0;
    TreeSet<String> types = new TreeSet<>();
    for (NdArray tensor : model.graph().initializers().values()) {
      if (tensor.type().isFloating()) {
        parameters += tensor.size();
        types.add(tensor.type().name());
      }
    }
    return new OnnxFacts(
        model.opsets().get(""), operators, parameters, List.copyOf(types), model.files());
  }

  /** What is said of a model, with its name in front; names in it may be as long as its file. */
  static InvalidInputException refused(String name, InvalidInputException e) {
    String said = e.getMessage();
    String line = said.startsWith(name + ": ") ? said : name + ": " + said;
    boolean isLong = line.length() > LONGEST_MESSAGE;
    return new InvalidInputException(
        isLong ? line.substring(0, LONGEST_MESSAGE) + " ..." : line, e);
  }

  private static OnnxValue value(ValueProto value) {
    return new OnnxValue(value.name(), value.type(), value.dims());
  }

  String name() {
    return name;
  }

  Plan plan() {
    return plan;
  }

  /** What the model takes, in order. */
  public List<OnnxValue> inputs() {
    return plan.inputs().stream().map(OnnxModel::value).toList();
  }

  /** What the model gives, in order. */
  public List<OnnxValue> outputs() {
    return plan.outputs().stream().map(OnnxModel::value).toList();
  }

  /** How many nodes a run computes; those that depend on constants alone are not among them. */
  public int nodes() {
    return plan.size();
  }

  /**
   * Runs the model.
   *
   * @param given values by name: its inputs, or any value between in the place of what computes it
   * @return all values of the run
   * @throws InvalidInputException if an input is missing or does not fit; the message names the
   *     node
   */
  public OnnxRun run(Map<String, NdArray> given) {
    try {
      return new OnnxRun(name, plan.run(given));
    } catch (InvalidInputException e) {
      throw refused(name, e);
    }
  }

  /** What the file holds. */
  public OnnxFacts facts() {
    return facts;
  }

  /**
   * The weights that an output depends on, layer by layer, that nearest to the output first: by the
   * order in which nodes first use them. Layers are told by the names that weights have in the
   * module that was exported. What holds two different numbers at most, as masks do, is no weight.
   *
   * @param output the name of a value
   * @return names of the graph's tensors by layer; none if it has no weights but in nodes
   */
  public Map<String, List<String>> layers(String output) {
    return Layers.of(proto.graph(), OnnxWeights.transposed(proto.graph()), output);
  }

  /**
   * A tensor that the file has by name.
   *
   * @param tensor a name of {@link #layers}
   */
  public NdArray tensor(String tensor) {
    return proto.graph().initializers().get(tensor);
  }

  /**
   * This model with other numbers in some tensors.
   *
   * @param tensors by their names, of the types and shapes of those that they replace
   * @return a model of its own
   */
  public OnnxModel with(Map<String, NdArray> tensors) {
    GraphProto graph = proto.graph();
    Map<String, NdArray> all = new LinkedHashMap<>(graph.initializers());
    all.putAll(tensors);
    return of(
        name,
        new ModelProto(
            proto.opsets(),
            new GraphProto(graph.name(), graph.nodes(), all, graph.inputs(), graph.outputs()),
            proto.files()),
        plan.precision());
  }

  /**
   * Runs as much of the model as some values need.
   *
   * @param given values by name: inputs, or any value between in the place of what computes it
   * @param wanted names of the values
   * @return the run, which has them
   * @throws InvalidInputException if an input that they need is missing or does not fit
   */
  public OnnxRun run(Map<String, NdArray> given, List<String> wanted) {
    try {
      return new OnnxRun(name, plan.run(given, wanted));
    } catch (InvalidInputException e) {
      throw refused(name, e);
    }
  }

  /**
   * The tables whose rows are gathered by the ids of tokens, found by following the ids through
   * what does not change them.
   *
   * @param ids the name of an input
   * @return the tables in the order in which the graph reads them; none if there is none
   * @throws InvalidInputException if there is no such input
   */
  public List<OnnxTable> tables(String ids) {
    List<OnnxTable> tables = new ArrayList<>();
    try {
      Ways.tables(plan, plan.slot(ids))
          .forEach(
              (table, rows) -> {
                NdArray values = plan.constant(table);
                tables.add(
                    new OnnxTable(
                        plan.name(table),
                        values.dim(0),
                        values.dim(1),
                        rows.stream().map(plan::name).toList()));
              });
      return tables;
    } catch (InvalidInputException e) {
      throw refused(name, e);
    }
  }

  /**
   * Where an output comes from, but for changes of its shape.
   *
   * @param output its name
   * @return the operator of the node and the first value that it takes; null if it comes from none
   * @throws InvalidInputException if there is no such value
   */
  public Origin origin(String output) {
    try {
      Step last = Ways.last(plan, plan.slot(output));
      return last == null || last.inputs().length == 0 || last.inputs()[0] < 0
          ? null
          : new Origin(last.node().operator(), plan.name(last.inputs()[0]));
    } catch (InvalidInputException e) {
      throw refused(name, e);
    }
  }

  /**
   * Where a value comes from.
   *
   * @param operator of the node
   * @param input the first value that the node takes
   */
  public record Origin(String operator, String input) {}

  /**
   * The types and shapes of all values, with names for the extents that depend on the inputs', such
   * as {@code batch} and {@code sequence}.
   *
   * @param bounds for named dimensions of inputs that must not be larger than some number (as the
   *     length, where the model has so many positions), that number; may be empty
   * @return values by name, in the order in which they are computed; those that could not be found
   *     are left out
   * @throws InvalidInputException if the model cannot be run with any inputs
   */
  public Map<String, OnnxValue> shapes(Map<String, Integer> bounds) {
    try {
      Map<String, OnnxValue> shapes = new LinkedHashMap<>();
      Extents.of(plan, bounds).forEach((value, known) -> shapes.put(value, value(known)));
      return shapes;
    } catch (InvalidInputException e) {
      throw refused(name, e);
    }
  }
}
