package dev.gsig.importer;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Similar;
import dev.gsig.importer.internal.family.Derived;
import dev.gsig.importer.internal.family.Draft;
import dev.gsig.importer.internal.family.Family;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.WeightLayout;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is known of a model that was opened, complete or not. */
public final class Survey implements AutoCloseable {
  private static final int LISTED = 4;
  private static final Map<String, String> REQUIRED = new LinkedHashMap<>();

  static {
    REQUIRED.put("num_attention_heads", "the heads of each layer");
    REQUIRED.put("hidden_act", "the activation of the feed-forward layers, for example gelu");
    REQUIRED.put("layer_norm_eps", "for example 1e-12");
    REQUIRED.put("max_position_embeddings", "the length of a sequence");
    REQUIRED.put("pad_token_id", "the id of PAD");
  }

  private final ImportSettings settings;
  private final Path weights;
  private final TensorSource in;
  private final Draft draft;
  private final Family family;
  private final Map<String, Integer> vocabulary;
  private final Path valuesFile;
  private final Map<String, Integer> special = new LinkedHashMap<>();
  private final Map<String, Object> config;
  private final Map<String, String> open = new LinkedHashMap<>();

  Survey(
      ImportSettings settings,
      Path weights,
      TensorSource in,
      Draft draft,
      Family family,
      Map<String, Integer> vocabulary,
      Path valuesFile,
      Map<String, Object> special) {
    this.settings = settings;
    this.weights = weights;
    this.in = in;
    this.draft = draft;
    this.family = family;
    this.vocabulary = vocabulary;
    this.valuesFile = valuesFile;
    Map<String, Object> given = draft.given();
    Map<String, Object> known = Maps.merged(draft.facts(), given);
    Map<String, Object> inferred = Inference.of(draft.targets(), known);
    Map<String, Object> told = Maps.merged(Maps.merged(draft.facts(), special), given);
    config = Maps.merged(inferred, told);
    if (draft.options().gives("embedding_inputs")) {
      config.put("embedding_inputs", given.get("embedding_inputs"));
    }
    special.forEach((key, id) -> draft.notes().put(key, id + " (by its name in the vocabulary)"));
    special.forEach((key, id) -> this.special.put(key, ((Number) id).intValue()));
    if ("mean".equals(config.get("pooling")) && config.get("mean_over") == null) {
      draft.askUnlessChecked(
          "mean_over", "real", "with pooling=mean: real positions, or all, PAD included");
    }
    if (List.of("max", "attention").contains(String.valueOf(config.get("pooling")))) {
      draft.note("pooled", "real positions only: PAD is masked in the pooling");
    }
    tabular();
    ask();
    noteDefaults();
  }

  /** Notes what decides the logits, and nobody told: the configuration's own default holds. */
  private void noteDefaults() {
    noteDefault("pooling", "cls (what the head reads)");
    noteDefault("norm_first", "false (norms behind attention and feed-forward, as in BERT)");
    if (config.get("embedding_inputs") instanceof Map<?, ?> inputs) {
      if (inputs.containsKey("visit")) {
        noteDefault("visit_index", "before_sep (a SEP counts to the visit that it ends)");
      }
      if ("learned".equals(inputs.get("age"))) {
        noteDefault("age_rows_per_year", "1 (the age table has a row for each year, from age 0)");
      }
      if (inputs.containsKey("token_type")) {
        draft.notes().put("token_type", "that of each visit in the cohort");
      }
    }
  }

  private void noteDefault(String key, String text) {
    if (config.get(key) == null && !open.containsKey(key)) {
      draft.notes().putIfAbsent(key, text);
    }
  }

  private void tabular() {
    if (config.get("tabular") instanceof Map<?, ?> given
        && given.get("features") instanceof List<?> features) {
      Map<String, Object> named = new LinkedHashMap<>(Maps.object(given));
      named.put("features", features.stream().map(this::feature).toList());
      config.put("tabular", named);
    }
    long width = Inference.tabularWidth(draft.targets(), config);
    if (width <= 0) {
      return;
    }
    Map<String, Object> tabular = new LinkedHashMap<>();
    tabular.put("hidden_sizes", List.of());
    tabular =
        Maps.merged(tabular, Maps.object(config.getOrDefault("tabular", new LinkedHashMap<>())));
    if (tabular.get("features") instanceof List<?> features) {
      if (features.size() != width) {
        throw new InvalidInputException(
            settings.input()
                + ": tabular.features names "
                + features.size()
                + " values, but the model reads "
                + width);
      }
    } else {
      open.put(
          "tabular.features",
          "names of the "
              + width
              + " tabular values in their order, with mean and std: [{\"name\":\"age\",...}, ...]");
    }
    config.put("tabular", tabular);
    if (tabular.get("hidden_sizes") instanceof List<?> sizes
        && !sizes.isEmpty()
        && tabular.get("activation") == null) {
      open.put("tabular.activation", "the activation behind each layer of the tabular branch");
    }
    if (draft.options().flag("tabular_first")) {
      String joined = Inference.joinedWeight(config);
      long branch = width;
      if (tabular.get("hidden_sizes") instanceof List<?> sizes && !sizes.isEmpty()) {
        branch = ((Number) sizes.get(sizes.size() - 1)).longValue();
      }
      draft.moveFirstColumns(joined, Math.toIntExact(branch));
    }
  }

  /** Means and deviations that are not given are those of values that are read as they are. */
  private Object feature(Object feature) {
    if (feature instanceof String
        || (feature instanceof Map && !Maps.object(feature).containsKey("std"))) {
      draft.notes().put("tabular.features", "mean 0 and std 1 where none are given");
    }
    return Maps.feature(feature);
  }

  private void ask() {
    Map<String, String> asked = new LinkedHashMap<>(REQUIRED);
    asked.keySet().removeIf(key -> config.get(key) != null);
    HeadMeaning.ask(config, asked, draft.notes());
    NumberMeaning.ask(config, draft.targets(), asked);
    JoinWidths.ask(config, draft.targets(), asked, draft.notes());
    draft.questions().forEach(asked::put);
    if (config.get("sep_token_id") == null) {
      asked.remove("visit_index");
    }
    asked.keySet().removeIf(this::isAnswered);
    asked.forEach(open::putIfAbsent);
    boolean layered =
        config.get("classifier") instanceof Map<?, ?> head
            && head.get("hidden_sizes") instanceof List<?> sizes
            && !sizes.isEmpty()
            && head.get("activation") == null;
    if (layered) {
      open.put("classifier.activation", "the activation between the head's layers");
    }
  }

  private boolean isGiven(String key) {
    return key.startsWith("import.")
        ? draft.options().how().containsKey(key.substring("import.".length()))
        : draft.options().gives(key);
  }

  /** Whether a question is answered, perhaps about a key of an object in the configuration. */
  private boolean isAnswered(String key) {
    int dot = key.indexOf('.');
    return (dot < 0 || key.startsWith("import."))
        ? isGiven(key)
        : draft.options().config().get(key.substring(0, dot)) instanceof Map<?, ?> inner
            && inner.get(key.substring(dot + 1)) != null;
  }

  /** The configuration as far as it is known; keys as in {@code config.json}. */
  public Map<String, Object> config() {
    Map<String, Object> ours = new LinkedHashMap<>();
    for (String key : ModelConfig.keys()) {
      if (config.get(key) != null) {
        ours.put(key, config.get(key));
      }
    }
    return ours;
  }

  /** The configuration, with what the user said about how to import. */
  Map<String, Object> recorded() {
    Map<String, Object> all = config();
    if (!draft.options().how().isEmpty()) {
      all.put("imported_with", draft.options().how());
    }
    return all;
  }

  /**
   * Special tokens that the vocabulary has under their usual names, whether the model uses them or
   * not.
   *
   * @return keys as in {@code config.json}, for example {@code cls_token_id}, and ids
   */
  public Map<String, Integer> specialTokensByName() {
    return Collections.unmodifiableMap(special);
  }

  /** What the weights do not tell: key to meaning. */
  public Map<String, String> questions() {
    return Collections.unmodifiableMap(open);
  }

  /** True if nothing is missing but perhaps weights. */
  public boolean isComplete() {
    return open.isEmpty() && vocabulary != null;
  }

  /** The name of the family. */
  public String family() {
    return family.description();
  }

  /** The element types of the checkpoint's tensors that are numbers, for example {@code F32}. */
  public String dtypes() {
    return in.names().stream()
        .map(in::dtype)
        .filter(dtype -> dtype.isReadable())
        .map(Enum::name)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }

  /** How many numbers the weights are that have been recognised. */
  public long parameterCount() {
    return draft.targets().values().stream()
        .mapToLong(weight -> weight.shape().stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  /**
   * Whether PAD has no influence: masked keys are removed altogether, and the pooling reads real
   * positions only. Null if the pooling is not told.
   */
  public Boolean paddingIsInert() {
    if (open.containsKey("pooling")) {
      return null;
    }
    Object pooling = config.getOrDefault("pooling", "cls");
    Object over = config.get(pooling.equals("bigru") ? "gru_over" : "mean_over");
    boolean readsPadding = !pooling.equals("cls") && "all".equals(over);
    return config.get("attention_mask_value") == null && !readsPadding;
  }

  /** How many codes the vocabulary has; -1 without one. */
  public int vocabularySize() {
    return vocabulary == null ? -1 : vocabulary.size();
  }

  /** SHA-256 of the files that the weights came from. */
  public String weightsSha256() {
    List<Path> files = new ArrayList<>(WeightFiles.parts(weights));
    if (settings.head() != null) {
      files.addAll(WeightFiles.parts(settings.head()));
    }
    return FileHash.sha256(files);
  }

  /** Makes sure that nothing is missing. */
  ImportedModel complete() {
    if (vocabulary == null) {
      open.putIfAbsent("the vocabulary", "--vocab FILE");
    }
    if (!open.isEmpty()) {
      throw new InvalidInputException(
          settings.input()
              + ": the weights do not tell "
              + open.entrySet().stream()
                  .map(question -> question.getKey() + " (" + question.getValue() + ")")
                  .collect(Collectors.joining(", "))
              + "; give it to 'gsig import' with --set KEY=VALUE or in --config FILE");
    }
    draft.options().requireAllRead();
    requireAsManyLabels();
    Map<String, Object> all = Maps.merged(config, Map.of());
    ModelConfig checked = ModelConfig.parse(Json.write(all), settings.input() + ": configuration");
    return new ImportedModel(this, checked, matched(checked), in, vocabulary, values());
  }

  /** The statistics of values beside the vocabulary, for a model that reads values. */
  private CodeValues values() {
    boolean reads =
        config.get("embedding_inputs") instanceof Map<?, ?> inputs && inputs.containsKey("value");
    return reads && valuesFile != null ? CodeValues.read(valuesFile) : null;
  }

  /**
   * Hugging Face names the labels; names for others than the head's are a head of another model.
   */
  private void requireAsManyLabels() {
    Object names = draft.options().config().get("id2label");
    if (names instanceof Map<?, ?> labels
        && config.get("classifier") instanceof Map<?, ?> head
        && head.get("num_labels") instanceof Number number
        && labels.size() != number.longValue()
        && !(number.longValue() == 1 && labels.size() == 2)) {
      throw new InvalidInputException(
          settings.input()
              + ": \"id2label\" names "
              + labels.size()
              + " labels, but the head has "
              + number
              + "; are these weights of this configuration?");
    }
  }

  private ImportReport matched(ModelConfig checked) {
    Map<String, Derived> targets = draft.targets();
    Map<String, String> found = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    List<String> leftOver = new ArrayList<>(draft.unused());
    List<String> assumed = new ArrayList<>();
    List<String> unbiased = new ArrayList<>();
    Map<String, Derived> surplus = new LinkedHashMap<>(targets);
    List<WeightLayout.Entry> layout = WeightLayout.of(checked);
    requireKnownNames(layout);
    for (WeightLayout.Entry entry : layout) {
      Derived weight = surplus.remove(entry.name());
      if (weight == null && isWithoutBias(entry)) {
        targets.put(entry.name(), Derived.zeros(entry.shape().get(0), "a layer without bias"));
        unbiased.add(entry.name());
      } else if (weight == null) {
        if (!entry.optional()) {
          missing.add(entry.name() + " " + entry.shapeText() + suggestion(entry));
        }
      } else if (entry.fits(weight.shape())) {
        found.put(entry.name(), weight.from());
      } else {
        missing.add(
            entry.name()
                + " "
                + entry.shapeText()
                + ", but "
                + weight.from()
                + " is "
                + weight.shape());
      }
    }
    surplus.forEach(
        (name, weight) ->
            leftOver.add(
                weight.from() + (weight.from().endsWith(name) ? "" : " (for " + name + ")")));
    surplus.keySet().forEach(targets::remove);
    if (!unbiased.isEmpty()) {
      assumed.add("no bias in " + some(unbiased));
    }
    draft.notes().forEach((key, note) -> assumed.add(isGiven(key) ? "" : key + " " + note));
    assumed.removeIf(String::isEmpty);
    ImportReport report = new ImportReport(family.description(), found, missing, leftOver, assumed);
    if (!missing.isEmpty() || (!leftOver.isEmpty() && !settings.ignoreLeftOver())) {
      throw new IncompleteImportException(problem(missing, leftOver), report);
    }
    return report;
  }

  /**
   * Refuses a mapping file that names a weight of its own invention: passed over, it would leave
   * the place that was meant to what is recognised.
   */
  private void requireKnownNames(List<WeightLayout.Entry> layout) {
    List<String> known = layout.stream().map(WeightLayout.Entry::name).toList();
    for (String name : draft.literalTargets()) {
      if (!known.contains(name)) {
        throw new InvalidInputException(
            settings.map()
                + ": "
                + Json.quote(name)
                + " is no weight of a model with this configuration; nearest are "
                + String.join(", ", Similar.nearest(name, known, 3)));
      }
    }
  }

  /**
   * Whether a linear layer or a norm has no bias: its weight is there, the same layer of no other
   * block has one, and nothing that is left over could be it.
   */
  private boolean isWithoutBias(WeightLayout.Entry entry) {
    String name = entry.name();
    String weight = name.replaceFirst("\\.bias$", ".weight");
    boolean alone =
        name.startsWith("classifier.")
            || name.startsWith("tabular.")
            || NumberMeaning.isLayer(name);
    String kind = name.replaceFirst("^encoder\\.layer\\.\\d+\\.", "");
    boolean allowed =
        name.contains("LayerNorm") ? draft.normsMayLackBias() : draft.layersMayLackBias();
    return name.endsWith(".bias")
        && draft.targets().containsKey(weight)
        && (alone || allowed)
        && draft.unused().stream().noneMatch(left -> entry.fits(draft.shape(left)))
        && (alone
            || draft.targets().entrySet().stream()
                .filter(target -> target.getKey().endsWith(kind))
                .allMatch(target -> target.getValue().from().equals("a layer without bias")));
  }

  private String suggestion(WeightLayout.Entry entry) {
    List<String> sameShape =
        draft.unused().stream().filter(name -> entry.fits(draft.shape(name))).toList();
    List<String> nearest = Similar.nearest(entry.name(), sameShape, 3);
    return nearest.isEmpty() ? "" : " (perhaps " + String.join(", ", nearest) + ")";
  }

  private String problem(List<String> missing, List<String> leftOver) {
    List<String> parts = new ArrayList<>();
    if (!missing.isEmpty()) {
      parts.add(missing.size() + " missing or of another shape: " + some(missing));
    }
    if (!leftOver.isEmpty()) {
      parts.add(leftOver.size() + " left over: " + some(leftOver));
    }
    return settings.input()
        + ": the weights do not fit "
        + family.description()
        + " with this configuration: "
        + String.join("; ", parts)
        + "; correct the configuration, name them in a mapping file (--map)"
        + (missing.isEmpty() ? ", or pass over what is left with --ignore-left-over" : "");
  }

  private static String some(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(LISTED, names.size())))
        + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "");
  }

  Map<String, Derived> targets() {
    return draft.targets();
  }

  @Override
  public void close() {
    in.close();
  }
}
