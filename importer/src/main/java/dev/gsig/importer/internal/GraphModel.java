package dev.gsig.importer.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.onnx.OnnxModel;
import dev.gsig.onnx.OnnxRun;
import dev.gsig.onnx.OnnxTable;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.transformer.config.RecordInputs;
import dev.gsig.transformer.internal.ModelFiles;
import dev.gsig.transformer.internal.RandomWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A graph in the ONNX format with what its inputs hold and the codes that it knows. On opening it
 * is run once for a few tokens, so that shapes that do not fit are refused before any patient is
 * read. Immutable.
 */
public final class GraphModel {
  /** The graph's name in a model folder. */
  public static final String GRAPH = ModelFiles.GRAPH;

  private static final int TRIAL_TOKENS = 3;

  private final Path file;
  private final OnnxModel graph;
  private final GraphInputs inputs;
  private final Vocabulary vocabulary;
  private final GraphFeeds feeds;
  private final int trialRows;
  private final OnnxRun trial;
  private final int[] output;

  private GraphModel(Path file, OnnxModel graph, GraphInputs inputs, Vocabulary vocabulary) {
    this.file = file;
    this.graph = graph;
    this.inputs = inputs;
    this.vocabulary = vocabulary.requireWithin(codes());
    feeds = new GraphFeeds(inputs);
    int length = inputs.record().length();
    TokenSequence sequence = trialSequence(Math.min(TRIAL_TOKENS, length));
    trialRows = inputs.fixedLength() > 0 ? length : sequence.length();
    List<String> wanted = new ArrayList<>(paths());
    wanted.add(inputs.output());
    trial = graph.run(feeds.of(sequence, trialRows, Map.of()), wanted);
    for (OnnxTable table : inputs.tables()) {
      table.rows().forEach(rows -> requireRows(rows, table.width()));
      gathered(table.rows().get(0), Arrays.copyOf(sequence.inputIds(), trialRows));
    }
    output = outputShape();
  }

  /** Whether a folder holds a graph and what its inputs are. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(GraphInputs.FILE_NAME));
  }

  /**
   * Opens a model folder.
   *
   * @param folder holds model.onnx, inputs.json and vocab.json
   * @return the model
   * @throws InvalidInputException saying in one line what is wrong with which file
   */
  public static GraphModel open(Path folder) {
    Path file = folder.resolve(GRAPH);
    return of(
        file,
        OnnxModel.read(file, true),
        Json.read(folder.resolve(GraphInputs.FILE_NAME)),
        Vocabulary.read(folder.resolve("vocab.json")));
  }

  /**
   * Puts a model together.
   *
   * @param file of the graph
   * @param graph read from it
   * @param json what {@link GraphInputs} reads
   * @param vocabulary the codes that it knows
   * @throws InvalidInputException if they do not go together
   */
  public static GraphModel of(Path file, OnnxModel graph, JsonObject json, Vocabulary vocabulary) {
    return new GraphModel(file, graph, GraphInputs.read(json, graph), vocabulary);
  }

  /** A code again and again, without ages, times and values. */
  private TokenSequence trialSequence(int length) {
    RecordInputs record = inputs.record();
    int code =
        vocabulary.codes().stream()
            .mapToInt(c -> vocabulary.idOf(c).orElseThrow())
            .filter(id -> !record.specialTokens().isStructural(id))
            .findFirst()
            .orElseThrow(
                () -> new InvalidInputException("the vocabulary has no code but special tokens"));
    int[] ids = new int[length];
    Arrays.fill(ids, code);
    double[] none = new double[length];
    double[] missing = new double[length];
    Arrays.fill(missing, Double.NaN);
    return record.tokenizer(vocabulary).ofIds(ids, none, new int[length], none, missing);
  }

  private void requireRows(String rows, int width) {
    int[] shape = trial.value(rows).shape();
    boolean lone =
        Arrays.stream(shape, 0, shape.length - 1).allMatch(n -> n == 1 || n == trialRows);
    if (shape[shape.length - 1] != width
        || trial.value(rows).size() != trialRows * width
        || !lone) {
      throw new InvalidInputException(
          file
              + ": the rows gathered in \""
              + rows
              + "\" have the shape "
              + Arrays.toString(shape)
              + " for "
              + trialRows
              + " tokens, not one row of "
              + width
              + " for each");
    }
  }

  /** Of one patient {@code [k]}, {@code [1, k]} or, with a row for each position, of rank 3. */
  private int[] outputShape() {
    NdArray value = trial.value(inputs.output());
    int[] shape = value.shape();
    boolean fits =
        value.type().isFloating()
            && (shape.length == 1
                || (shape.length == 2 && shape[0] == 1)
                || (shape.length == 3 && value.size() / shape[2] == trialRows)
                || (shape.length == 3 && value.size() == shape[2]));
    if (!fits || value.size() == 0) {
      throw new InvalidInputException(
          file
              + ": the output \""
              + inputs.output()
              + "\" is "
              + value
              + " for one patient of "
              + trialRows
              + " tokens; what can be explained is [1, labels], or [1, positions, labels] with a"
              + " readout");
    }
    if (shape.length == 3 && shape[0] * shape[1] > 1) {
      inputs.readout(trialRows);
    }
    return shape;
  }

  /**
   * Makes sure that a gradient reaches every path.
   *
   * @throws InvalidInputException naming the node that stops it
   */
  public void requireGradients() {
    double[] weights = new double[trial.value(inputs.output()).size()];
    Arrays.fill(weights, 1);
    trial.gradient(inputs.output(), weights, paths());
  }

  /** The graph. */
  public OnnxModel graph() {
    return graph;
  }

  /** What its inputs hold. */
  public GraphInputs inputs() {
    return inputs;
  }

  /** The arrays that it takes. */
  public GraphFeeds feeds() {
    return feeds;
  }

  /** The codes that it knows. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** How it reads a record. */
  public Tokenizer tokenizer() {
    return inputs.record().tokenizer(vocabulary);
  }

  /** Names of its layers with weights, that nearest to the logits first. */
  public List<String> weightParts() {
    return List.copyOf(graph.layers(inputs.output()).keySet());
  }

  /**
   * This model with random weights in some layers.
   *
   * @param parts names of {@link #weightParts}
   * @param seed of the draws, see {@link RandomWeights#draw}
   */
  public GraphModel randomised(Set<String> parts, long seed) {
    Map<String, NdArray> drawn = new HashMap<>();
    graph
        .layers(inputs.output())
        .forEach(
            (part, names) ->
                names.stream()
                    .filter(name -> parts.contains(part))
                    .forEach(name -> drawn.put(name, drawn(name, seed))));
    return new GraphModel(file, graph.with(drawn), inputs, vocabulary);
  }

  private NdArray drawn(String name, long seed) {
    NdArray own = graph.tensor(name);
    double[] values = own.doubles().clone();
    RandomWeights.draw(values, name, seed);
    return NdArray.of(own.type(), values, own.shape()).rounded();
  }

  /** How many ids its tables have rows for. */
  public int codes() {
    return inputs.tables().stream().mapToInt(OnnxTable::codes).min().orElseThrow();
  }

  /** How many logits it gives. */
  public int logits() {
    return output[output.length - 1];
  }

  /** What its logits mean; null where they are tokens that may come next. */
  public Labels labels() {
    return inputs.record().predictsTokens() ? null : inputs.labels(logits());
  }

  /** Whether its output has a row for each position. */
  public boolean givesRows() {
    return output.length == 3 && output[0] * output[1] > 1;
  }

  /**
   * The names of the values that paths lead to: the rows of the tables, table by table, then inputs
   * of the graph.
   */
  public List<String> paths() {
    List<String> paths = new ArrayList<>();
    inputs.tables().forEach(table -> paths.addAll(table.rows()));
    inputs.all().stream().filter(GraphInput::isOnPath).forEach(input -> paths.add(input.name()));
    return paths;
  }

  /**
   * The shapes of the {@link #paths} for one patient.
   *
   * @param rows how many positions are computed
   */
  public List<int[]> shapes(int rows) {
    List<int[]> shapes = new ArrayList<>();
    for (OnnxTable table : inputs.tables()) {
      for (String name : table.rows()) {
        int[] shape = trial.value(name).shape();
        for (int axis = 0; axis + 1 < shape.length; axis++) {
          shape[axis] = shape[axis] == 1 && trialRows > 1 ? 1 : rows;
        }
        shapes.add(shape);
      }
    }
    for (GraphInput input : inputs.all()) {
      if (input.isOnPath()) {
        int[] shape = trial.value(input.name()).shape();
        int length = inputs.lengthAxis(input);
        if (length >= 0) {
          shape[length] = rows;
        }
        shapes.add(shape);
      }
    }
    return shapes;
  }

  /**
   * The rows that a table has for some ids, as the graph gathers them.
   *
   * @param rows the name of the value
   * @param ids at most as many as the graph takes positions
   */
  public double[] gathered(String rows, int[] ids) {
    return graph.run(feeds.ofTokens(ids), List.of(rows)).value(rows).numbers();
  }

  /** SHA-256 of the graph and the tensors beside it. */
  public String sha256() {
    return FileHash.sha256(files());
  }

  /** The graph's file, and those beside it that hold its tensors. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(file));
    Path folder = file.toAbsolutePath().getParent();
    graph.facts().files().forEach(name -> files.add(folder.resolve(name)));
    return files;
  }

  /** What decides the inputs of a patient, as text: the keys of the file, whatever their order. */
  public String configuration() {
    Map<String, Object> told = new TreeMap<>(inputs.toMap());
    told.remove(ModelFiles.MADE_BY);
    return Json.write(sorted(told));
  }

  private static Object sorted(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(GraphModel::sorted).toList();
    }
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, inner) -> sorted.put((String) key, sorted(inner)));
    return sorted;
  }
}
