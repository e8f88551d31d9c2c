package dev.gsig.transformer.config;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.tensor.Activation;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** From the JSON object to the checked configuration, one method a part. */
final class ConfigReader {
  // Far beyond any model; a few bytes of a file must not ask for gigabytes.
  private static final int MAX_LAYERS = 1 << 12;

  private static final List<String> GRU_KEYS = List.of("gru_hidden_size", "gru_read", "gru_over");

  private static final String ADDED = "embedding_join_added";

  private final JsonObject json;

  private ConfigReader(JsonObject json) {
    this.json = json;
  }

  static ModelConfig read(JsonObject json) {
    ConfigKeys.checkTopLevel(json);
    UnsupportedOptions.check(json);
    return new ConfigReader(json).config();
  }

  private ModelConfig config() {
    int hiddenSize = Values.size(json, "hidden_size", 1);
    int heads = Values.size(json, "num_attention_heads", 1);
    int vocabSize = Values.size(json, "vocab_size", 1);
    SpecialTokens special = SequenceKeys.specialTokens(json, vocabSize);
    Pooling pooling =
        Values.choice(json, "pooling", Pooling.class, Pooling::configName, Pooling.CLS);
    NextToken nextToken = nextToken();
    Classifier classifier =
        nextToken == null ? classifier() : new Classifier(List.of(), null, vocabSize);
    Map<EmbeddingInput, EmbeddingKind> inputs = embeddingInputs();
    int layers = Values.size(json, "num_hidden_layers", 0, MAX_LAYERS);
    boolean normFirst = json.bool("norm_first", false);
    boolean residual = json.bool("residual", true);
    LayerTraits traits =
        new LayerKeys(json, layers, heads, headSize(hiddenSize, heads), normFirst).read(residual);
    boolean readsTimes = inputs.containsKey(EmbeddingInput.TIME) || traits.readsTimes();
    boolean turnsByAge = traits.rotary() != null && traits.rotary().over() == Rotary.Over.AGE;
    int embeddingSize = embeddingSize(hiddenSize, nextToken);
    return new ModelConfig(
        hiddenSize,
        layers,
        traits,
        heads,
        headSize(hiddenSize, heads),
        Values.size(json, "intermediate_size", 1),
        Values.activation(json, "hidden_act"),
        Values.positive(json, "layer_norm_eps"),
        vocabSize,
        SequenceKeys.length(json, special),
        special,
        normFirst,
        inputs,
        embeddingSize,
        embeddingJoin(inputs),
        json.has("embedding_scale") ? Values.positive(json, "embedding_scale") : 1,
        SequenceKeys.visitIndex(json),
        AgeKeys.read(json, inputs.get(EmbeddingInput.AGE), turnsByAge),
        SequenceKeys.clsTokenType(json, special, inputs.containsKey(EmbeddingInput.TOKEN_TYPE)),
        TimeKeys.read(json, readsTimes),
        ValueKeys.read(json, inputs.get(EmbeddingInput.VALUE)),
        Values.choice(
            json,
            "attribution_point",
            AttributionPoint.class,
            AttributionPoint::configName,
            AttributionPoint.CODE),
        Values.choice(
            json,
            "attention_scale",
            AttentionScale.class,
            AttentionScale::configName,
            AttentionScale.HEAD_SIZE),
        maskValue(traits),
        residual,
        checkPooling(pooling, special, traits),
        meanOver(pooling),
        gru(pooling),
        scoreHiddenSize(pooling),
        pooler(pooling),
        tabular(classifier.hiddenSizes().size(), nextToken),
        nextToken,
        classifier);
  }

  /** A model that predicts tokens: how its head is made; null for a classification head. */
  private NextToken nextToken() {
    String head = json.has("head") ? json.string("head") : "classifier";
    if (!head.equals("classifier") && !head.equals("next_token")) {
      throw json.invalid("head", "must be classifier or next_token, but is " + Json.quote(head));
    }
    boolean tied = json.bool("tie_word_embeddings", false);
    if (head.equals("classifier")) {
      return null;
    }
    for (String key : List.of("classifier", "tabular", "problem_type", "id2label", "num_labels")) {
      if (json.has(key)) {
        throw json.invalid(key, "is given, but head is next_token; leave one out");
      }
    }
    return new NextToken(tied);
  }

  private int embeddingSize(int hiddenSize, NextToken nextToken) {
    String key = "embedding_size";
    int size = json.has(key) ? Values.size(json, key, 1) : hiddenSize;
    if (size != hiddenSize && nextToken != null && nextToken.tied()) {
      throw json.invalid(
          key, "is " + size + ", but the head is tied to a table of hidden_size " + hiddenSize);
    }
    return size;
  }

  private EmbeddingJoin embeddingJoin(Map<EmbeddingInput, EmbeddingKind> inputs) {
    String join = json.has("embedding_join") ? json.string("embedding_join") : "add";
    String activation = "embedding_join_activation";
    if (join.equals("add")) {
      for (String key : List.of(activation, ADDED)) {
        if (json.has(key)) {
          throw json.invalid(key, "is given, but embedding_join is not concatenate");
        }
      }
      return null;
    }
    if (!join.equals("concatenate") || inputs.isEmpty()) {
      throw json.invalid(
          "embedding_join",
          join.equals("concatenate")
              ? "is concatenate, but embedding_inputs has none to join"
              : "must be add or concatenate, but is " + Json.quote(join));
    }
    return new EmbeddingJoin(
        json.has(activation) ? Values.activation(json, activation) : null, addedBehind(inputs));
  }

  /** The inputs that are added to what the others are joined to. */
  private List<EmbeddingInput> addedBehind(Map<EmbeddingInput, EmbeddingKind> inputs) {
    Set<EmbeddingInput> added = EnumSet.noneOf(EmbeddingInput.class);
    for (String name : json.has(ADDED) ? json.strings(ADDED) : List.<String>of()) {
      EmbeddingInput input =
          inputs.keySet().stream()
              .filter(i -> i.configName().equals(name) && i != EmbeddingInput.VALUE)
              .findFirst()
              .orElseThrow(
                  () -> json.invalid(ADDED, "names " + name + ", which embedding_inputs has not"));
      added.add(input);
    }
    if (added.size() == inputs.size()) {
      throw json.invalid(ADDED, "names all inputs, so that none is joined; leave one out");
    }
    return List.copyOf(added);
  }

  private int scoreHiddenSize(Pooling pooling) {
    String key = "pooling_hidden_size";
    if (!json.has(key)) {
      return 0;
    }
    if (pooling != Pooling.ATTENTION) {
      throw json.invalid(key, "is given, but pooling is not attention; remove it or set pooling");
    }
    return Values.size(json, key, 1);
  }

  private int headSize(int hiddenSize, int heads) {
    if (json.has("attention_head_size")) {
      return Values.size(json, "attention_head_size", 1);
    }
    if (hiddenSize % heads != 0) {
      throw json.invalid(
          "hidden_size",
          hiddenSize
              + " is not divisible by num_attention_heads "
              + heads
              + "; change one of them or give attention_head_size");
    }
    return hiddenSize / heads;
  }

  private Map<EmbeddingInput, EmbeddingKind> embeddingInputs() {
    JsonObject inputs = json.objectOrNull("embedding_inputs");
    if (inputs == null) {
      return Map.of(EmbeddingInput.POSITION, EmbeddingKind.LEARNED);
    }
    Map<String, EmbeddingInput> byName = new LinkedHashMap<>();
    for (EmbeddingInput input : EmbeddingInput.values()) {
      byName.put(input.configName(), input);
    }
    ConfigKeys.checkOnly(inputs, List.copyOf(byName.keySet()));
    Map<EmbeddingInput, EmbeddingKind> kinds = new EnumMap<>(EmbeddingInput.class);
    for (String name : inputs.keys()) {
      EmbeddingInput input = byName.get(name);
      kinds.put(input, Values.choice(inputs, name, input.kinds(), EmbeddingKind::configName));
    }
    return kinds;
  }

  /** JSON has no infinity, so the default can be written as null or as a text. */
  private double maskValue(LayerTraits traits) {
    if (!json.has("attention_mask_value") || "-inf".equals(json.raw("attention_mask_value"))) {
      return Double.NEGATIVE_INFINITY;
    }
    double value = json.number("attention_mask_value");
    if (traits.causal() || traits.window() != null) {
      throw json.invalid(
          "attention_mask_value",
          "is "
              + value
              + ", but what causal layers and windows hide has no part at all; leave it out");
    }
    if (value > 0) {
      throw json.invalid(
          "attention_mask_value",
          "must not be above 0, it is added to the scores of padding, but is " + value);
    }
    return value;
  }

  private Pooling checkPooling(Pooling pooling, SpecialTokens special, LayerTraits traits) {
    if (pooling == Pooling.CLS && special.cls() == null) {
      throw json.invalid(
          "pooling", "is cls (the default), which needs cls_token_id; give it or another pooling");
    }
    if (pooling == Pooling.CLS && traits.causal()) {
      throw json.invalid(
          "pooling", "is cls (the default), whose row sees no other in causal layers; set last");
    }
    return pooling;
  }

  private Positions meanOver(Pooling pooling) {
    if (json.has("mean_over") && pooling != Pooling.MEAN) {
      throw json.invalid(
          "mean_over", "is given, but pooling is not mean; remove it or set pooling");
    }
    return Values.choice(json, "mean_over", Positions.class, Positions::configName, Positions.REAL);
  }

  private Gru gru(Pooling pooling) {
    if (pooling == Pooling.BIGRU) {
      return new Gru(
          Values.size(json, "gru_hidden_size", 1),
          Values.choice(json, "gru_read", GruRead.class, GruRead::configName),
          Values.choice(json, "gru_over", Positions.class, Positions::configName));
    }
    for (String key : GRU_KEYS) {
      if (json.has(key)) {
        throw json.invalid(key, "is given, but pooling is not bigru; remove it or set pooling");
      }
    }
    return null;
  }

  private Activation pooler(Pooling pooling) {
    boolean pooler = json.bool("pooler", false);
    boolean given = json.has("pooler_activation");
    if (!pooler && given) {
      throw json.invalid("pooler_activation", "is given, but pooler is not true");
    }
    if (pooler && pooling == Pooling.BIGRU) {
      throw json.invalid("pooler", "is true, but pooling is bigru; it needs another pooling");
    }
    if (pooler && !given && pooling != Pooling.CLS) {
      throw json.invalid(
          "pooler_activation", "is missing; tanh, BERT's, is taken with cls pooling alone");
    }
    return !pooler ? null : given ? Values.activation(json, "pooler_activation") : Activation.TANH;
  }

  private Tabular tabular(int lastLayer, NextToken nextToken) {
    JsonObject tabular = nextToken == null ? json.objectOrNull("tabular") : null;
    if (tabular == null) {
      return null;
    }
    ConfigKeys.checkOnly(
        tabular, List.of("features", "hidden_sizes", "activation", "classifier_layer"));
    List<Tabular.Feature> features = FeatureKeys.read(tabular);
    List<Integer> hiddenSizes = Values.sizes(tabular, "hidden_sizes");
    int layer = tabular.has("classifier_layer") ? Values.size(tabular, "classifier_layer", 0) : 0;
    if (layer > lastLayer) {
      throw tabular.invalid(
          "classifier_layer",
          "must be from 0 to " + lastLayer + ", the classifier's last layer, but is " + layer);
    }
    return new Tabular(features, hiddenSizes, Values.layerActivation(tabular, hiddenSizes), layer);
  }

  private Classifier classifier() {
    JsonObject classifier = json.objectOrNull("classifier");
    ProblemType problem = LabelKeys.problemType(json);
    if (classifier == null) {
      int one = checkTopLevelLabels(1);
      return new Classifier(List.of(), null, one, problem, LabelKeys.classNames(json, one));
    }
    ConfigKeys.checkOnly(classifier, List.of("hidden_sizes", "activation", "num_labels"));
    List<Integer> hiddenSizes =
        classifier.has("hidden_sizes") ? Values.sizes(classifier, "hidden_sizes") : List.of();
    int labels = classifier.has("num_labels") ? Values.size(classifier, "num_labels", 1) : 1;
    return new Classifier(
        hiddenSizes,
        Values.layerActivation(classifier, hiddenSizes),
        checkTopLevelLabels(labels),
        problem,
        LabelKeys.classNames(json, labels));
  }

  /** Hugging Face's own {@code num_labels} must not contradict the classifier's. */
  private int checkTopLevelLabels(int labels) {
    Integer given = json.integerOrNull("num_labels");
    if (given != null && given != labels) {
      throw json.invalid(
          "num_labels",
          "is " + given + ", but classifier.num_labels is " + labels + "; set the latter");
    }
    return labels;
  }
}
