package dev.gsig.importer.internal.family;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The embeddings around {@code torch.nn.TransformerEncoder}, whose names are their author's: tables
 * are matrices as wide as the model that have no bias, told apart by what their names contain.
 */
final class TorchEmbeddings {
  static final String TIME = "embeddings.time_embeddings";

  /** Inputs that are numbers, with what a name has that is of their layer. */
  private static final Map<String, Pattern> NUMBERS = new LinkedHashMap<>();

  static {
    NUMBERS.put("age", Pattern.compile("(^|[._])age"));
    NUMBERS.put("value", Pattern.compile("(^|[._])(num|lab|measure)|val"));
    NUMBERS.put("time", Pattern.compile("time|delta|date|gap|interval|elapsed"));
  }

  private static final Pattern EMBEDDING = Pattern.compile("emb|wte|wpe", Pattern.CASE_INSENSITIVE);

  private final Draft draft;
  private final long width;

  TorchEmbeddings(Draft draft, long width) {
    this.draft = draft;
    this.width = width;
  }

  void map() {
    ProjectedCodes.find(draft, width);
    Map<String, List<String>> tables = new LinkedHashMap<>();
    for (String name : draft.unused()) {
      if (isTable(draft, name, width)) {
        tables.computeIfAbsent(target(name), target -> new ArrayList<>()).add(name);
      }
    }
    tables.forEach(this::map);
    refuseOtherWidths();
    numbers();
    time();
    for (String input : NUMBERS.keySet()) {
      Waves.ask(draft, input, draft.targets().get(layer(input) + ".weight"));
    }
    Map<String, Object> inputs = new LinkedHashMap<>();
    for (String input : List.of("position", "visit", "age", "token_type")) {
      if (has(input)) {
        inputs.put(input, "learned");
      }
    }
    if (has("time")) {
      inputs.put("time", "linear");
    }
    Derived ages = draft.targets().get(layer("age") + ".weight");
    if (ages != null && ages.isMatrix() && ages.columns() == 1) {
      inputs.put("age", "linear");
      draft.note("import.age_shift", "0 (what is added to the age in front of its layer)");
      draft.note("import.age_scale", "1 (what it is multiplied by then)");
    }
    boolean unclear = draft.questions().keySet().stream().anyMatch(tables::containsKey);
    if (!has("position") && !unclear) {
      UnstoredPositions.ask(draft, inputs);
    } else if (has("position")) {
      draft.note("import.position_first_row", "0 (the row of the first position)");
    }
    draft.fact("embedding_inputs", inputs);
    norm();
    questions();
  }

  /** Whether a tensor is a table of vectors: a matrix as wide as the model, without a bias. */
  static boolean isTable(Draft draft, String name, long width) {
    return isMatrix(draft, name)
        && shape(draft, name).get(1) == width
        && !CausalMask.isMask(draft, name);
  }

  static boolean isMatrix(Draft draft, String name) {
    boolean biased = name.endsWith("weight") && draft.has(name.replaceFirst("weight$", "bias"));
    return shape(draft, name).size() == 2 && !biased;
  }

  /** Whether a name says that it is of a table. */
  static boolean isEmbedding(String name) {
    return EMBEDDING.matcher(name).find();
  }

  private static List<Long> shape(Draft draft, String name) {
    return draft.shape(name).stream().filter(n -> n != 1).toList();
  }

  /** A table by its name, for an input that has none of the right width. */
  private void refuseOtherWidths() {
    for (String name : draft.unused()) {
      String input = input(name);
      if (isMatrix(draft, name) && isEmbedding(name) && !has(input)) {
        TableWidths.require(draft, input, name, shape(draft, name));
      }
    }
  }

  private static String layer(String input) {
    return "embeddings." + input + "_embeddings";
  }

  /**
   * Maps layers from one number to the model's width, and vectors that a number multiplies, by what
   * their names say that the number is.
   */
  private void numbers() {
    for (Map.Entry<String, Pattern> input : NUMBERS.entrySet()) {
      List<String> named =
          draft.unused().stream()
              .filter(name -> isOfOneNumber(name) || isVector(name))
              .filter(name -> input.getValue().matcher(name.toLowerCase(Locale.ROOT)).find())
              .toList();
      if (named.size() == 1 && !has(input.getKey()) && mayRead(input.getKey())) {
        String name = named.get(0);
        if (isVector(name)) {
          draft.put(layer(input.getKey()) + ".weight", draft.take(name).flattened().asColumn());
        } else {
          draft.both(layer(input.getKey()), name.replaceFirst("\\.weight$", ""));
        }
      }
    }
  }

  /** Whether no configuration says that the model reads other inputs. */
  private boolean mayRead(String input) {
    return !(draft.options().config().get("embedding_inputs") instanceof Map<?, ?> inputs)
        || inputs.containsKey(input);
  }

  /** A parameter of its own, as wide as the model. */
  private boolean isVector(String name) {
    List<Long> shape = draft.shape(name);
    return !name.endsWith(".weight")
        && !name.endsWith(".bias")
        && shape.stream().filter(n -> n != 1).toList().equals(List.of(width));
  }

  /** Maps the layer from one number to the model's width, if there is one. */
  private void time() {
    if (has("time")) {
      return; // the user named it: what is left over is something else
    }
    List<String> layers = draft.unused().stream().filter(this::isOfOneNumber).toList();
    if (layers.size() == 1) {
      draft.both(TIME, layers.get(0).replaceFirst("\\.weight$", ""));
    } else if (!layers.isEmpty()) {
      draft.ask(
          TIME + ".weight",
          "which of "
              + String.join(", ", layers)
              + " adds a time to the embedding? name it in a mapping file, --map; only one such"
              + " layer can be read");
    }
  }

  /** A layer from one value to the model's width: of a head it would read a single label. */
  private boolean isOfOneNumber(String name) {
    String layer = name.replaceFirst("\\.weight$", "");
    return name.endsWith(".weight")
        && draft.shape(name).equals(List.of(width, 1L))
        && width > 1
        && Chain.sequential(layer).equals(layer)
        && (isToldOfTime() || draft.unused().stream().noneMatch(this::readsTwoVectors));
  }

  private boolean isToldOfTime() {
    return draft.options().config().get("embedding_inputs") instanceof Map<?, ?> inputs
        && inputs.containsKey("time");
  }

  /** A head that is wide enough for a tabular branch from one value to the model's width. */
  private boolean readsTwoVectors(String name) {
    List<Long> shape = draft.shape(name);
    return shape.size() == 2 && shape.get(1) == 2 * width;
  }

  private boolean has(String input) {
    return draft.targets().containsKey("embeddings." + input + "_embeddings.weight");
  }

  private void map(String target, List<String> names) {
    if (draft.targets().containsKey(target)) {
      return; // the user named it: what is left over is something else
    }
    if (names.size() > 1) {
      draft.ask(
          target,
          "which of "
              + names.stream()
                  .map(name -> name + " " + draft.shape(name))
                  .collect(Collectors.joining(", "))
              + "? name it in a mapping file, --map");
    } else if (target.contains(".age_")) {
      // Whether the logits of a check tell depends on the ages in its rows.
      draft.ask(
          "import.age_first_row",
          "the row of the age table for age 0: 0, or the number of rows before it that stand for no"
              + " age");
      Ages.map(draft, draft.take(names.get(0)).squeezed(), 0);
    } else if (target.contains(".visit_")) {
      draft.put(target, VisitRows.cut(draft, draft.take(names.get(0)).squeezed()));
    } else {
      draft.put(target, draft.take(names.get(0)).squeezed());
    }
  }

  /** What a table is of, by its name. */
  static String target(String name) {
    return "embeddings." + input(name) + "_embeddings.weight";
  }

  private static String input(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String input = "word";
    if (lower.matches("(.*[._])?(pos.*|w?pe([._].*)?)")) {
      input = "position";
    } else if (lower.contains("visit")) {
      input = "visit";
    } else if (lower.matches(".*(^|[._])age.*")) {
      input = "age";
    } else if (lower.matches(".*(^|[._])(lab|num|meas)?_?val.*")) {
      input = "value";
    } else if (lower.matches(".*(type|segment|(^|[._])sex|gender).*")) {
      input = "token_type";
    }
    return input;
  }

  private void norm() {
    for (String name : draft.unused()) {
      if (isEmbeddingNorm(name)) {
        draft.both("embeddings.LayerNorm", name.substring(0, name.length() - ".weight".length()));
        draft.note("embeddings.LayerNorm", "of the sum of all that is added up");
      }
    }
  }

  static boolean isEmbeddingNorm(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith("norm.weight") && lower.contains("emb");
  }

  private void questions() {
    if (has("visit")) {
      draft.askUnlessChecked(
          "visit_index",
          "before_sep",
          "before_sep if a SEP counts to the visit that it ends, at_sep if to the next");
    }
    Factors.ask(draft);
  }
}
