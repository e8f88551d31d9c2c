package dev.gsig.importer;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.internal.GraphInputs;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.importer.internal.GraphNames;
import dev.gsig.importer.internal.GraphSource;
import dev.gsig.onnx.OnnxModel;
import dev.gsig.onnx.OnnxTable;
import dev.gsig.onnx.OnnxValue;
import dev.gsig.transformer.internal.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A graph in the ONNX format, on its way to a model folder: what its inputs hold is recognised by
 * their names, types and shapes, and asked for where it is not, all at once.
 */
public final class GraphImport {
  private final GraphImportSettings settings;
  private final OnnxModel graph;
  private final Map<String, Object> told;
  private final Map<String, String> questions = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final List<String> byName = new ArrayList<>();
  private final Path vocabularyFile;
  private final Map<String, Integer> codes;
  private final Path file;

  private GraphImport(GraphImportSettings settings) {
    this.settings = settings;
    file = graph(settings.input());
    graph = OnnxModel.read(file, true);
    told = told();
    vocabularyFile =
        settings.vocabulary() == null
            ? Vocabularies.find(Vocabularies.folder(file))
            : settings.vocabulary();
    codes = vocabularyFile == null ? Map.of() : Vocabularies.read(vocabularyFile);
    if (codes.isEmpty()) {
      questions.put("the vocabulary", "--vocab FILE");
    }
    inputs();
    output();
    tables();
    sequence();
    tabular();
  }

  /** Whether a file, or a folder by what it holds, is a graph. */
  public static boolean isGraph(Path input) {
    return Files.isDirectory(input)
        ? Files.exists(graph(input)) && !Files.exists(input.resolve("config.json"))
        : input.toString().endsWith(".onnx");
  }

  private static Path graph(Path input) {
    return Files.isDirectory(input) ? input.resolve(GraphModel.GRAPH) : input;
  }

  /**
   * Opens a graph and makes sure that it is complete.
   *
   * @param settings what to open and what the user says about it
   * @return the import
   * @throws InvalidInputException saying in one line what cannot be read, or all that must be told
   */
  public static GraphImport open(GraphImportSettings settings) {
    GraphImport opened = new GraphImport(settings);
    if (!opened.questions.isEmpty()) {
      throw new InvalidInputException(
          settings.input()
              + ": the graph does not tell "
              + opened.questions.entrySet().stream()
                  .map(question -> question.getKey() + " (" + question.getValue() + ")")
                  .collect(Collectors.joining(", "))
              + "; give it to 'gsig import' with --set KEY=VALUE or in --inputs FILE");
    }
    opened.model().requireGradients();
    return opened;
  }

  /** The folder's own file, the user's over it, single settings over both. */
  private Map<String, Object> told() {
    Path own = file.resolveSibling(GraphInputs.FILE_NAME);
    Map<String, Object> all = new LinkedHashMap<>();
    if (settings.inputs() != null || Files.exists(own)) {
      all = Maps.of(Json.read(settings.inputs() == null ? own : settings.inputs()));
    }
    all.remove(ModelFiles.MADE_BY);
    for (Map.Entry<String, Object> entry : settings.sets().entrySet()) {
      if (entry.getKey().startsWith("inputs.")) { // whose names may have dots
        Map<String, Object> inputs = new LinkedHashMap<>(inputs(all));
        inputs.put(entry.getKey().substring("inputs.".length()), entry.getValue());
        all.put("inputs", inputs);
      } else {
        Maps.set(all, entry.getKey(), entry.getValue());
      }
    }
    return all;
  }

  private static Map<String, Object> inputs(Map<String, Object> all) {
    return Maps.object(all.getOrDefault("inputs", Map.of()));
  }

  private void inputs() {
    Map<String, Object> given = inputs(told);
    Map<String, Object> all = new LinkedHashMap<>();
    for (OnnxValue input : graph.inputs()) {
      Object entry = given.get(input.name());
      if (entry == null) {
        entry = GraphNames.recognise(input);
        if (entry != null) {
          byName.add(input.name());
        }
      }
      if (entry == null) {
        questions.put("inputs." + input.name(), whatItHolds(input));
      } else {
        all.put(input.name(), entry);
      }
    }
    given.forEach(all::putIfAbsent); // what is no input is refused by name
    told.put("inputs", all);
  }

  /** What is asked of an input: of what it may be by its shape. */
  private static String whatItHolds(OnnxValue input) {
    boolean rows = input.type() != null && input.type().isFloating() && rank(input) == 3;
    String set = "--set 'inputs." + input.name() + "={\"source\":";
    return "what it holds, "
        + input.type()
        + input.dims()
        + ": "
        + (rows
            ? "rows of numbers, as of multi-hot visits, are not read; export the module of tokens"
                + " and their visits, docs/onnx.md has how"
            : GraphNames.isOfPatients(input)
                ? "a tabular value ("
                    + set
                    + "\"tabular\",\"feature\":\"NAME\"}'), length or constant"
                : "tokens, mask ("
                    + set
                    + "\"mask\",\"real\":0}' if 1 or true is padding), positions, token_type,"
                    + " visit, age, time, value, value_mask, tabular, length or constant");
  }

  private static int rank(OnnxValue input) {
    return input.dims() == null ? -1 : input.dims().size();
  }

  /** The input that has a source; null if none has. */
  private OnnxValue input(GraphSource source) {
    Map<String, Object> all = inputs(told);
    return graph.inputs().stream()
        .filter(i -> source.configName().equals(source(all.get(i.name()))))
        .findFirst()
        .orElse(null);
  }

  private static Object source(Object entry) {
    return entry instanceof Map<?, ?> object ? object.get("source") : entry;
  }

  private void output() {
    List<String> names = graph.outputs().stream().map(OnnxValue::name).toList();
    if (told.get("output") == null) {
      String found = names.size() == 1 ? names.get(0) : names.contains("logits") ? "logits" : null;
      if (found == null) {
        questions.put("output", "which is explained: " + String.join(", ", names));
        return;
      }
      told.put("output", found);
    }
    if (!names.contains(told.get("output"))) {
      return; // refused when it is read
    }
    String name = (String) told.get("output");
    OnnxModel.Origin origin = graph.origin(name);
    String last = origin == null ? "" : origin.operator();
    boolean sigmoid = last.equals("Sigmoid");
    if (told.get("activation") == null && (sigmoid || last.equals("Softmax"))) {
      told.put("activation", sigmoid ? "sigmoid" : "softmax");
      notes.put("activation", told.get("activation") + ": what goes into it is explained");
    }
    List<String> dims =
        graph.outputs().stream()
            .filter(o -> o.name().equals(name))
            .map(OnnxValue::dims)
            .findFirst()
            .orElseThrow();
    if (dims != null && dims.size() == 3 && told.get("readout") == null) {
      questions.put(
          "readout",
          "first or last: the output has a row of logits for each position; and head=next_token if"
              + " they are of the tokens that may come next");
    }
    if (dims != null && !dims.isEmpty() && !"next_token".equals(told.get("head"))) {
      meaning(dims.get(dims.size() - 1), told.get("activation"));
    }
  }

  /** What several labels mean to each other. */
  private void meaning(String dim, Object activation) {
    if (!dim.matches("\\d{1,9}") || told.get(HeadMeaning.PROBLEM_TYPE) != null) {
      return;
    }
    long count = Long.parseLong(dim);
    if ("sigmoid".equals(activation) && count > 1) {
      told.put(HeadMeaning.PROBLEM_TYPE, "multi_label_classification");
      notes.put(HeadMeaning.PROBLEM_TYPE, "multi_label_classification (a sigmoid each)");
    } else if (!"softmax".equals(activation)) {
      Map<String, Object> head = Map.of("classifier", Map.of("num_labels", count));
      HeadMeaning.ask(head, questions, notes);
    }
  }

  private void tables() {
    OnnxValue tokens = input(GraphSource.TOKENS);
    if (settings.tables() != null) {
      boolean joined = settings.tables().contains("+");
      told.put("tables", List.of(settings.tables().split(joined ? "\\+" : ",")));
      told.put("tables_joined", joined);
    }
    if (tokens == null || told.get("tables") != null) {
      return;
    }
    List<OnnxTable> tables = graph.tables(tokens.name());
    if (tables.size() > 1) {
      questions.put(
          "--table",
          "which tables paths start at: NAME, or several: A+B if their rows are one, A,B if apart; "
              + tables.stream()
                  .map(t -> t.name() + " [" + t.codes() + ", " + t.width() + "]")
                  .collect(Collectors.joining(" and ")));
    }
  }

  private void sequence() {
    OnnxValue tokens = input(GraphSource.TOKENS);
    Map<String, Object> special =
        codes.isEmpty() ? Map.of() : SpecialIds.of(codes, Vocabularies.folder(vocabularyFile));
    special.forEach(
        (key, id) -> {
          if (!told.containsKey(key)) {
            told.put(key, ((Integer) id).longValue());
            notes.put(key, id + " (by its name in the vocabulary)");
          }
        });
    if (told.get("pad_token_id") == null) {
      questions.put("pad_token_id", "the id of PAD");
    }
    boolean shaped = tokens != null && tokens.dims() != null && tokens.dims().size() == 2;
    String fixed = shaped ? tokens.dims().get(batchFirst() ? 1 : 0) : "";
    boolean isFixed = fixed.matches("\\d{1,9}");
    if (isFixed) {
      told.putIfAbsent("max_position_embeddings", Long.parseLong(fixed));
    }
    if (told.get("max_position_embeddings") == null) {
      questions.put("max_position_embeddings", "the most tokens of a sequence");
    }
    boolean masked = input(GraphSource.MASK) != null || input(GraphSource.LENGTH) != null;
    if (isFixed && !masked && told.get("padding") == null) {
      questions.put(
          "padding",
          "the graph takes "
              + fixed
              + " positions and no mask: in_graph if it tells PAD from the tokens itself, or was"
              + " trained with PAD as it is");
    }
    numbers();
  }

  private boolean batchFirst() {
    return !Boolean.FALSE.equals(told.get("batch_first"));
  }

  /** What ages, times and values are, of which a graph tells nothing. */
  private void numbers() {
    OnnxValue age = input(GraphSource.AGE);
    if (age != null && age.type().isFloating()) {
      ask(
          "age_transform",
          "what is done to the age in years times age_rows_per_year (1): none, floor, log1p or"
              + " floor_log1p");
    } else if (age != null && told.get("age_rows_per_year") == null) {
      notes.put("age_rows_per_year", "1 (the age table has a row for each year, from age 0)");
    }
    if (input(GraphSource.TIME) != null) {
      NumberMeaning.questions("time").forEach(this::ask);
      if ("since_date".equals(told.get("time_span"))) {
        ask("time_origin", "the day that times are counted from, such as 1970-01-01");
      }
    }
    if (input(GraphSource.VALUE) != null) {
      ask("value_scale", NumberMeaning.questions("value").get("value_scale"));
      boolean masked = input(GraphSource.VALUE_MASK) != null;
      told.putIfAbsent("value_missing", masked ? "nothing" : "zero");
    }
    if (input(GraphSource.VISIT) != null && told.get("visit_index") == null) {
      notes.put("visit_index", "before_sep (a SEP counts to the visit that it ends)");
    }
  }

  private void ask(String key, String what) {
    if (told.get(key) == null) {
      questions.put(key, what);
    }
  }

  private void tabular() {
    Object given = told.get("tabular") instanceof Map<?, ?> map ? map.get("features") : null;
    if (given instanceof List<?> features) {
      told.put("tabular", Map.of("features", features.stream().map(Maps::feature).toList()));
      return;
    }
    List<String> asked = new ArrayList<>();
    Map<String, Object> all = inputs(told);
    for (OnnxValue input : graph.inputs()) {
      Object entry = all.get(input.name());
      if (GraphSource.TABULAR.configName().equals(source(entry)) && input.type().isFloating()) {
        Object own = entry instanceof Map<?, ?> object ? object.get("feature") : null;
        int rank = input.dims().size();
        String count = rank < 2 ? "1" : input.dims().get(rank - 1);
        asked.add(
            own == null
                ? "the " + count + " values of " + input.name() + " in their order"
                : own + " (of the input " + input.name() + ")");
      }
    }
    if (!asked.isEmpty()) {
      questions.put(
          "tabular.features",
          "names of "
              + String.join(" and ", asked)
              + ", with mean and std: [{\"name\":\"age\",...}, ...]");
    }
  }

  private GraphModel model() {
    JsonObject json = JsonObject.of(settings.input() + ": inputs", plain());
    return GraphModel.of(file, graph, json, vocabulary());
  }

  private Map<String, Object> plain() {
    Map<String, Object> all = new LinkedHashMap<>(told);
    all.values().removeIf(value -> value == null);
    return Json.object(Json.write(all), settings.input() + ": inputs").toMap();
  }

  private Vocabulary vocabulary() {
    Vocabulary plain = Vocabulary.of(codes);
    CodeValues values = values();
    return values == null ? plain : plain.withValues(values);
  }

  private CodeValues values() {
    Path found = Vocabularies.values(vocabularyFile);
    return input(GraphSource.VALUE) != null && found != null ? CodeValues.read(found) : null;
  }

  /** What was found, one line each. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "graph      opset "
            + graph.facts().opset()
            + ", "
            + graph.facts().operators().entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", ")));
    Integer dropouts = graph.facts().operators().get("Dropout");
    if (dropouts != null) {
      lines.add("dropout    " + dropouts + " nodes, which leave everything in");
    }
    Map<String, Object> all = inputs(told);
    for (OnnxValue input : graph.inputs()) {
      Object entry = all.get(input.name());
      String text = entry instanceof String source ? source : Json.write(entry);
      String why = byName.contains(input.name()) ? " (by its name)" : "";
      lines.add("input      " + input.name() + "  <-  " + text + why);
    }
    for (OnnxTable table : model().inputs().tables()) {
      lines.add(
          "table      "
              + table.name()
              + ", "
              + table.codes()
              + " x "
              + table.width()
              + ", gathered in "
              + String.join(", ", table.rows()));
    }
    lines.add("output     " + told.get("output"));
    notes.forEach((key, note) -> lines.add("assumed    " + key + " = " + note));
    return lines;
  }

  /**
   * Writes a model folder, whole or not at all. A model that gsig made there is replaced; other
   * files in the folder stay.
   *
   * @param folder created if it is not there; not the folder of the input
   * @param descriptions texts for codes, which are copied into the folder; null for none
   * @param check looks at the folder before it is there; what it throws is passed on
   * @throws InvalidInputException if a file cannot be written, or the folder holds a model that
   *     gsig did not make; then nothing is changed
   */
  public void write(Path folder, Path descriptions, Consumer<Path> check) {
    List<String> beside = graph.facts().files();
    for (String name : beside) {
      if (Path.of(name).getNameCount() > 1) {
        throw new InvalidInputException(
            file + ": has tensors in " + name + "; export it with them beside the model");
      }
    }
    ModelFiles.set(beside).write(folder, at -> write(at, beside, descriptions, check));
  }

  private void write(Path at, List<String> beside, Path descriptions, Consumer<Path> check)
      throws IOException {
    Files.copy(file, at.resolve(GraphModel.GRAPH));
    for (String name : beside) {
      Files.copy(file.resolveSibling(name), at.resolve(name));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(ModelFiles.MADE_BY, ModelFiles.GSIG);
    all.putAll(plain());
    Files.writeString(at.resolve(GraphInputs.FILE_NAME), ModelFiles.text(all));
    Files.writeString(at.resolve("vocab.json"), ModelFiles.text(codes));
    if (values() != null) {
      values().write(at.resolve(CodeValues.FILE_NAME));
    }
    if (descriptions != null) {
      Files.copy(descriptions, at.resolve(ModelFiles.DESCRIPTIONS));
    }
    check.accept(at);
  }
}
