package dev.gsig.importer.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.onnx.OnnxModel;
import dev.gsig.onnx.OnnxTable;
import dev.gsig.onnx.OnnxValue;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.RecordInputs;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.internal.ModelFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What {@code inputs.json} says of a graph, checked against it: what each input holds, where paths
 * start, which output is explained. {@code docs/onnx.md} has the keys.
 */
public final class GraphInputs {
  /** The file's name in a model folder. */
  public static final String FILE_NAME = ModelFiles.INPUTS;

  private static final List<String> KEYS =
      List.of(
          "made_by",
          "inputs",
          "batch_first",
          "padding",
          "tables",
          "tables_joined",
          "output",
          "activation",
          "readout");

  private final JsonObject json;
  private final List<GraphInput> inputs = new ArrayList<>();

  /** Which of the features each normalised input takes, by its name. */
  private final Map<String, int[]> columns = new HashMap<>();

  private final boolean batchFirst;
  private final List<OnnxTable> tables;
  private final RecordInputs record;
  private final String output;

  private GraphInputs(JsonObject json, OnnxModel graph) {
    this.json = json;
    requireKnown(json, json.keys(), "", keys());
    JsonObject told = json.object("inputs");
    List<String> names = graph.inputs().stream().map(OnnxValue::name).toList();
    requireKnown(told, told.keys(), "is no input of the graph; ", names);
    for (OnnxValue value : graph.inputs()) {
      inputs.add(input(told, value));
    }
    batchFirst = json.bool("batch_first", true);
    GraphInput tokens = tokens();
    tables = tables(graph.tables(tokens.name()));
    int codes = tables.stream().mapToInt(OnnxTable::codes).min().orElseThrow();
    record = RecordInputs.read(json.toMap(), json.source(), codes, reads());
    output = output(graph);
    requireLength();
    shareFeatures();
  }

  /**
   * Reads what a file says.
   *
   * @param json the file
   * @param graph whose inputs they are
   * @return the inputs
   * @throws InvalidInputException naming the key and what is wrong with it
   */
  public static GraphInputs read(JsonObject json, OnnxModel graph) {
    return new GraphInputs(json, graph);
  }

  /** All keys of the file. */
  static List<String> keys() {
    List<String> keys = new ArrayList<>(KEYS);
    keys.addAll(RecordInputs.KEYS);
    return keys;
  }

  private static void requireKnown(
      JsonObject object, Iterable<String> keys, String what, List<String> known) {
    for (String key : keys) {
      if (!known.contains(key)) {
        throw object.invalid(
            key,
            (what.isEmpty() ? "is not a known key; " : what)
                + "allowed are "
                + String.join(", ", known));
      }
    }
  }

  private static GraphInput input(JsonObject told, OnnxValue value) {
    String name = value.name();
    if (!told.has(name)) {
      throw told.invalid(name, "is missing; say what this input of the graph holds: " + sources());
    }
    if (value.type() == null || value.dims() == null) {
      throw told.invalid(name, "has no type or shape in the graph; export it with one");
    }
    boolean brief = told.raw(name) instanceof String;
    JsonObject input =
        brief ? JsonObject.of(told.source(), Map.of("source", told.raw(name))) : told.object(name);
    String text = input.string("source");
    GraphSource source =
        Arrays.stream(GraphSource.values())
            .filter(s -> s.configName().equals(text))
            .findFirst()
            .orElseThrow(
                () ->
                    told.invalid(
                        name, "must be one of " + sources() + ", but is " + Json.quote(text)));
    List<String> known = new ArrayList<>(List.of("source"));
    known.addAll(source.keys());
    requireKnown(input, input.keys(), "", known);
    int real = input.raw("real") instanceof Boolean flag ? flag ? 1 : 0 : one(input, "real", 1);
    if (real != 0 && real != 1) {
      throw told.invalid(name, "has the real " + real + ", which must be 1 or 0, or true or false");
    }
    String feature = input.stringOrNull("feature");
    if (source == GraphSource.TABULAR && feature == null && !value.type().isFloating()) {
      throw told.invalid(
          name, "holds " + value.type() + ": say which tabular value it is, with \"feature\"");
    }
    double constant = source == GraphSource.CONSTANT ? input.number("value") : 0;
    GraphInput read =
        new GraphInput(value, source, real, one(input, "first", 0), constant, feature);
    if (feature != null && read.isOnPath() && read.features() > 1) {
      throw told.invalid(
          name,
          "has a feature, which is one value, but takes "
              + read.features()
              + "; leave it out, and name them in tabular.features");
    }
    return read;
  }

  private static int one(JsonObject object, String key, int otherwise) {
    return object.has(key) ? object.integer(key) : otherwise;
  }

  private static String sources() {
    return Arrays.stream(GraphSource.values())
        .map(GraphSource::configName)
        .collect(Collectors.joining(", "));
  }

  /** The input of a source; null if none has it. */
  private GraphInput of(GraphSource source) {
    return inputs.stream().filter(i -> i.source() == source).findFirst().orElse(null);
  }

  private GraphInput tokens() {
    List<GraphInput> tokens =
        inputs.stream().filter(i -> i.source() == GraphSource.TOKENS).toList();
    if (tokens.size() != 1) {
      throw json.invalid(
          "inputs", "must name one input as tokens, but names " + tokens.size() + " so");
    }
    GraphInput input = tokens.get(0);
    if (input.type().isFloating() || input.value().dims().size() != 2) {
      throw json.object("inputs")
          .invalid(
              input.name(),
              "cannot be tokens: it is "
                  + input.type()
                  + input.value().dims()
                  + ", not whole numbers [patients, positions]");
    }
    return input;
  }

  private List<OnnxTable> tables(List<OnnxTable> found) {
    String names = found.stream().map(OnnxTable::name).collect(Collectors.joining(", "));
    if (found.isEmpty()) {
      throw json.object("inputs")
          .invalid(
              tokens().name(),
              "leads to no table: no Gather takes rows of a constant by it, so that no path can"
                  + " start there");
    }
    if (!json.has("tables")) {
      if (found.size() > 1) {
        throw json.invalid(
            "tables",
            "is missing; the tokens read several tables: "
                + names
                + "; name those that paths start at, and with tables_joined whether their rows are"
                + " one (true) or apart (false)");
      }
      return found;
    }
    List<OnnxTable> chosen = new ArrayList<>();
    for (String name : json.strings("tables")) {
      chosen.add(
          found.stream()
              .filter(t -> t.name().equals(name) && !chosen.contains(t))
              .findFirst()
              .orElseThrow(
                  () ->
                      json.invalid(
                          "tables",
                          "names "
                              + Json.quote(name)
                              + ", but must name each of these at most once: "
                              + names)));
    }
    if (chosen.isEmpty() || (chosen.size() > 1 && !json.has("tables_joined"))) {
      throw json.invalid(
          chosen.isEmpty() ? "tables" : "tables_joined",
          chosen.isEmpty()
              ? "is empty; name some of " + names
              : "is missing: true if the rows of the tables are one, false if apart");
    }
    return chosen;
  }

  private RecordInputs.Reads reads() {
    GraphInput age = of(GraphSource.AGE);
    GraphInput value = of(GraphSource.VALUE);
    if (value == null && of(GraphSource.VALUE_MASK) != null) {
      throw json.invalid("inputs", "has a value_mask, but no value");
    }
    return new RecordInputs.Reads(
        age == null ? null : age.type().isFloating() ? EmbeddingKind.LINEAR : EmbeddingKind.LEARNED,
        of(GraphSource.TOKEN_TYPE) != null,
        of(GraphSource.TIME) != null,
        value != null);
  }

  /** The value that is explained. */
  private String output(OnnxModel graph) {
    List<String> names = graph.outputs().stream().map(OnnxValue::name).toList();
    String name = json.string("output");
    if (!names.contains(name)) {
      throw json.invalid(
          "output", "is " + Json.quote(name) + "; the graph gives " + String.join(", ", names));
    }
    OnnxModel.Origin origin = graph.origin(name);
    String last = origin == null ? "nothing" : origin.operator();
    String activation = json.stringOrNull("activation");
    if (activation == null && (last.equals("Sigmoid") || last.equals("Softmax"))) {
      throw json.invalid(
          "activation",
          "is missing; the output comes from a "
              + last
              + ": "
              + last.toLowerCase(Locale.ROOT)
              + " to explain what goes into it, the logits, or none to explain the output itself");
    }
    if (activation == null || activation.equals("none")) {
      return name;
    }
    if (!List.of("sigmoid", "softmax").contains(activation)) {
      throw json.invalid(
          "activation", "must be none, sigmoid or softmax, but is " + Json.quote(activation));
    }
    if (!last.equalsIgnoreCase(activation)) {
      throw json.invalid(
          "activation",
          "is "
              + activation
              + ", but the output comes from "
              + last
              + ", so that the value before it is not known; set none if it is the logits, or"
              + " export the logits");
    }
    return origin.input();
  }

  private void requireLength() {
    int fixed = fixedLength();
    if (fixed > 0 && fixed != record.length()) {
      throw json.invalid(
          "max_position_embeddings",
          "is " + record.length() + ", but the graph was exported for " + fixed + " positions");
    }
    boolean told = json.has("padding");
    if (told && !json.string("padding").equals("in_graph")) {
      throw json.invalid("padding", "can only be in_graph: it tells PAD from the tokens itself");
    }
    boolean masked = of(GraphSource.MASK) != null || of(GraphSource.LENGTH) != null;
    if (fixed > 0 && !masked && !told) {
      throw json.invalid(
          "padding",
          "is missing; the graph takes "
              + fixed
              + " positions and no mask: set in_graph if it tells PAD from the tokens itself, or"
              + " was trained with PAD as it is; else export it with a mask, or an open length");
    }
  }

  /** An input that names its feature takes it; the others share what is left, in order. */
  private void shareFeatures() {
    List<String> names = record.features().stream().map(Tabular.Feature::name).toList();
    List<GraphInput> reading =
        inputs.stream().filter(i -> i.source() == GraphSource.TABULAR && i.isOnPath()).toList();
    List<Integer> left = new ArrayList<>(IntStream.range(0, names.size()).boxed().toList());
    for (GraphInput input : reading) {
      int own = names.indexOf(input.feature());
      if (input.feature() != null && own < 0) {
        throw json.invalid(
            "tabular.features",
            "does not name " + Json.quote(input.feature()) + ", which " + input.name() + " takes");
      } else if (own >= 0) {
        columns.put(input.name(), new int[] {own});
        left.remove((Integer) own);
      }
    }
    List<GraphInput> sharing = reading.stream().filter(i -> i.feature() == null).toList();
    boolean alone = sharing.size() == 1 && sharing.get(0).features() < 0;
    boolean open = !alone && sharing.stream().anyMatch(i -> i.features() < 0);
    int shared = alone ? left.size() : sharing.stream().mapToInt(GraphInput::features).sum();
    if (open || shared != left.size()) {
      throw json.invalid(
          "tabular.features",
          "names "
              + names.size()
              + " values, but the graph reads "
              + (open ? "an open number in several inputs" : names.size() - left.size() + shared)
              + (reading.isEmpty() ? "; no input has the source tabular" : ""));
    }
    int from = 0;
    for (GraphInput input : sharing) {
      int to = from + (alone ? shared : input.features());
      columns.put(
          input.name(), left.subList(from, to).stream().mapToInt(Integer::intValue).toArray());
      from = to;
    }
  }

  /** What each input holds, in the graph's order. */
  public List<GraphInput> all() {
    return List.copyOf(inputs);
  }

  /**
   * Which of the features an input takes, in its order.
   *
   * @param input of tabular values that are on the path
   */
  public int[] columns(GraphInput input) {
    return columns.get(input.name()).clone();
  }

  /** How records become numbers. */
  public RecordInputs record() {
    return record;
  }

  /** The tables that paths start at. */
  public List<OnnxTable> tables() {
    return tables;
  }

  /** Whether the rows of the tables are one input, side by side. */
  public boolean tablesJoined() {
    return json.bool("tables_joined", true);
  }

  /** The name of the value that is explained: the output, or what goes into its activation. */
  public String output() {
    return output;
  }

  /** Which output it belongs to, and what the output is of it: none, sigmoid or softmax. */
  public Map<String, String> outputInWords() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("output", json.string("output"));
    words.put("activation", json.has("activation") ? json.string("activation") : "none");
    return words;
  }

  /**
   * The position that is read of an output with a row for each.
   *
   * @param length how many real tokens there are
   * @throws InvalidInputException if it is not told
   */
  public int readout(int length) {
    String text = json.has("readout") ? json.string("readout") : "";
    if (!text.equals("first") && !text.equals("last")) {
      throw json.invalid(
          "readout",
          (text.isEmpty() ? "is missing" : "is " + Json.quote(text))
              + "; the output has a row for each position: say first or last, the one that is"
              + " read");
    }
    return text.equals("first") ? 0 : length - 1;
  }

  /**
   * What the logits mean.
   *
   * @param count how many there are
   */
  public Labels labels(int count) {
    return RecordInputs.labels(json.toMap(), json.source(), count);
  }

  /** The number of positions that the graph was exported with; 0 where it is open. */
  public int fixedLength() {
    return Math.max(0, GraphInput.number(tokens().value().dims().get(lengthAxis(tokens()))));
  }

  /** Which axis of an input the positions are on; -1 for none. */
  int lengthAxis(GraphInput input) {
    int rank = input.value().dims().size();
    if (input.source() == GraphSource.CONSTANT) {
      return input.value().dims().indexOf(tokens().value().dims().get(batchFirst ? 1 : 0));
    }
    return !input.source().isOfTokens() || rank == 0 ? -1 : batchFirst ? rank - 1 : 0;
  }

  /** What is said, as it is written to a model folder. */
  public Map<String, Object> toMap() {
    return json.toMap();
  }
}
