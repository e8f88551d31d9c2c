package dev.gsig.importer.internal.family;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The beginning of a mapping file for names that no family has: what shapes and names tell of the
 * tables and of the encoder's layers, for a person to compare with the model's code. What they
 * leave open begins with {@link #OPEN}. The head, and a norm before it, need no entries: they are
 * found by their shapes.
 */
public final class Skeleton {
  /** Begins an entry that has to be filled in; candidates may follow. */
  static final String OPEN = "?";

  private static final Pattern NUMBERED = Pattern.compile("((?:.*?\\.)?)(\\d{1,4})\\.(.+)");
  private static final String LAYER = "encoder.layer.{n}.";
  private static final List<String> PARTS = List.of("query", "key", "value");
  // Norms and two linear layers at least; a Sequential of a head has fewer names.
  private static final int FEWEST_OF_A_LAYER = 6;

  private final Draft draft;
  private final Map<String, String> entries = new LinkedHashMap<>();
  // Names of one layer behind its number, in their order, with their shapes.
  private final Map<String, List<Long>> layer = new LinkedHashMap<>();
  private String stem = "";

  private Skeleton(Draft draft) {
    this.draft = draft;
  }

  /**
   * Begins a mapping file.
   *
   * @return target to source
   */
  public static Map<String, String> of(Draft draft) {
    Skeleton skeleton = new Skeleton(draft);
    skeleton.findLayers();
    long width = skeleton.width();
    skeleton.tables(width);
    skeleton.attention(width);
    skeleton.feedForward(width);
    skeleton.norms(width);
    return skeleton.entries;
  }

  /**
   * Maps what a skeleton does not leave open, and all that is found by its shape.
   *
   * @return the family that did it
   */
  public static Family apply(Draft draft, Map<String, String> skeleton) {
    Map<String, String> sure = new LinkedHashMap<>(skeleton);
    sure.values().removeIf(source -> source.startsWith(OPEN));
    MappedNames names = MappedNames.of(sure, Path.of("the mapping file"));
    names.name(draft);
    names.apply(draft);
    return names;
  }

  /** The names that occur once for each number from 0 up: those of the most weights. */
  private void findLayers() {
    Map<String, Map<Integer, Map<String, List<Long>>>> stems = new LinkedHashMap<>();
    for (String name : draft.names()) {
      Matcher numbered = NUMBERED.matcher(name);
      if (numbered.matches()) {
        stems
            .computeIfAbsent(numbered.group(1), s -> new TreeMap<>())
            .computeIfAbsent(Integer.parseInt(numbered.group(2)), n -> new LinkedHashMap<>())
            .put(numbered.group(3), draft.shape(name));
      }
    }
    stems.forEach(
        (found, layers) -> {
          Map<String, List<Long>> first = layers.get(0);
          boolean alike = first != null && layers.values().stream().allMatch(first::equals);
          if (alike && first.size() >= FEWEST_OF_A_LAYER && first.size() > layer.size()) {
            stem = found;
            layer.clear();
            layer.putAll(first);
          }
        });
  }

  /** The most frequent length of a layer's vectors; without layers that of a table's rows. */
  private long width() {
    Map<Long, Long> lengths =
        layer.values().stream()
            .filter(shape -> shape.size() == 1)
            .collect(Collectors.groupingBy(shape -> shape.get(0), Collectors.counting()));
    return lengths.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(0L);
  }

  private void tables(long width) {
    String words = "embeddings.word_embeddings.weight";
    entries.put(words, OPEN);
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String name : draft.names()) {
      if (!isOfALayer(name) && TorchEmbeddings.isTable(draft, name, width)) {
        found.computeIfAbsent(TorchEmbeddings.target(name), t -> new ArrayList<>()).add(name);
      }
    }
    found.forEach((target, names) -> entries.put(target, only(names)));
    for (String name : draft.names()) {
      if (!isOfALayer(name) && TorchEmbeddings.isEmbeddingNorm(name)) {
        both("embeddings.LayerNorm", name.replaceFirst("\\.weight$", ""));
      }
    }
  }

  private boolean isOfALayer(String name) {
    Matcher numbered = NUMBERED.matcher(name);
    return !layer.isEmpty() && numbered.matches() && numbered.group(1).equals(stem);
  }

  /** Queries, keys and values, fused or apart, and what follows them. */
  private void attention(long width) {
    List<String> fused =
        matrices(shape -> shape.equals(List.of(3 * width, width)), "qkv|in_proj|attn|attention");
    List<String> turned =
        matrices(shape -> shape.equals(List.of(width, 3 * width)), "qkv|in_proj|attn|attention");
    Set<String> used = new LinkedHashSet<>();
    for (int i = 0; i < PARTS.size(); i++) {
      String target = LAYER + "attention.self." + PARTS.get(i);
      List<String> apart = matrices(shape -> true, named(PARTS.get(i)));
      if (fused.size() == 1 && turned.isEmpty()) {
        linear(target, fused.get(0), "", "#" + i + "/3");
      } else if (turned.size() == 1 && fused.isEmpty()) {
        linear(target, turned.get(0), "^T", "#" + i + "/3");
      } else if (apart.size() == 1) {
        linear(target, apart.get(0), "", "");
        used.add(apart.get(0));
      } else {
        entries.put(target + ".weight", OPEN);
      }
    }
    List<String> square = matrices(shape -> shape.equals(List.of(width, width)), "");
    square.removeAll(used);
    String target = LAYER + "attention.output.dense";
    if (square.size() == 1 && turned.isEmpty()) {
      linear(target, square.get(0), "", "");
    } else {
      entries.put(target + ".weight", either(square)); // which way round it is, its shape hides
    }
  }

  /** A name of queries, keys or values, by its whole word or its first letter. */
  private static String named(String part) {
    String letter = part.substring(0, 1);
    return "(^|[._])(w_?"
        + letter
        + "|"
        + letter
        + "|"
        + part
        + "|"
        + letter
        + "_?(proj|lin|linear))[._]";
  }

  /** The wide layer and the one back; with a transposed one both directions occur. */
  private void feedForward(long width) {
    List<String> up =
        matrices(s -> s.get(1) == width && s.get(0) != width && s.get(0) != 3 * width, "");
    List<String> down =
        matrices(s -> s.get(0) == width && s.get(1) != width && s.get(1) != 3 * width, "");
    List<String> order = new ArrayList<>(layer.keySet());
    boolean plain =
        up.size() == 1 && down.size() == 1 && order.indexOf(up.get(0)) < order.indexOf(down.get(0));
    if (plain) {
      linear(LAYER + "intermediate.dense", up.get(0), "", "");
      linear(LAYER + "output.dense", down.get(0), "", "");
    } else {
      entries.put(LAYER + "intermediate.dense.weight", either(up));
      entries.put(LAYER + "output.dense.weight", either(down));
    }
  }

  /** Two norms, told apart by their numbers or by what their names say that they belong to. */
  private void norms(long width) {
    List<String> norms = new ArrayList<>();
    layer.forEach(
        (name, shape) -> {
          if (name.endsWith(".weight") && shape.equals(List.of(width))) {
            norms.add(name.replaceFirst("\\.weight$", ""));
          }
        });
    List<String> first = new ArrayList<>(norms);
    first.removeIf(norm -> !norm.matches(".*(1|attn|attention|self)[^.0-9]*"));
    String attention = LAYER + "attention.output.LayerNorm";
    String output = LAYER + "output.LayerNorm";
    if (norms.size() == 2 && first.size() == 1) {
      norms.remove(first.get(0));
      both(attention, stem + "{n}." + first.get(0));
      both(output, stem + "{n}." + norms.get(0));
    } else {
      List<String> weights = norms.stream().map(norm -> norm + ".weight").toList();
      entries.put(attention + ".weight", either(weights));
      entries.put(output + ".weight", either(weights));
    }
  }

  /** The names of a layer's matrices of some shape, whose names contain something. */
  private List<String> matrices(Predicate<List<Long>> shape, String contains) {
    Pattern pattern = Pattern.compile(contains);
    List<String> found = new ArrayList<>();
    layer.forEach(
        (name, its) -> {
          if (its.size() == 2 && shape.test(its) && pattern.matcher(name).find()) {
            found.add(name);
          }
        });
    return found;
  }

  /** A weight and its bias, which is not transposed but cut alike. */
  private void linear(String target, String name, String turn, String cut) {
    entries.put(target + ".weight", stem + "{n}." + name + turn + cut);
    for (String bias : List.of(name.replaceFirst("weight$", "bias"), name + "_bias")) {
      if (!bias.equals(name) && layer.containsKey(bias)) {
        entries.put(target + ".bias", stem + "{n}." + bias + cut);
      }
    }
  }

  private void both(String target, String source) {
    entries.put(target + ".weight", source + ".weight");
    if (draft.has(source.replace("{n}", "0") + ".bias")) {
      entries.put(target + ".bias", source + ".bias");
    }
  }

  private String either(List<String> names) {
    return only(
            names.size() == 1 ? List.of(OPEN) : names.stream().map(n -> stem + "{n}." + n).toList())
        + (names.size() == 1 ? " " + stem + "{n}." + names.get(0) : "");
  }

  private static String only(List<String> names) {
    return names.size() == 1 ? names.get(0) : (OPEN + " " + String.join(", ", names)).strip();
  }
}
