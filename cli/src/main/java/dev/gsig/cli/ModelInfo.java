package dev.gsig.cli;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.ValueInput;
import dev.gsig.tensor.Activation;
import dev.gsig.transformer.config.AttributionPoint;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.Gru;
import dev.gsig.transformer.config.LayerTraits;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.config.Rotary;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.config.ValueEmbedding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model folder holds, for people and for programs. */
final class ModelInfo {
  private static final int MOST_NAMES = 20;

  private ModelInfo() {}

  /** One line an aspect: its name and what there is to say. */
  static Map<String, String> text(Model model) {
    if (model.graph() != null) {
      return GraphInfo.text(model);
    }
    ModelConfig config = model.config();
    Map<String, String> text = new LinkedHashMap<>();
    text.put("model", model.folder().toString());
    text.put("encoder", encoder(config));
    text.put("embedding", embedding(config));
    if (config.timeInput() != null) {
      text.put("time", time(config.timeInput()));
    }
    if (config.valueEmbedding() != null) {
      text.put("values", values(config.valueEmbedding().input()));
    }
    text.put("length", config.maxPositionEmbeddings() + " tokens");
    text.put("attribution", attributionPoint(config));
    text.put("pooling", pooling(config));
    if (config.tabular() != null) {
      text.put("tabular", tabular(model));
    }
    text.put("classifier", classifier(config));
    if (!config.classifier().classNames().isEmpty()) {
      text.put(
          config.classifier().labels().multiLabel() ? "labels" : "classes",
          classNames(config.classifier().labels()));
    }
    text.put("parameters", String.format(Locale.ROOT, "%,d", model.parameterCount()));
    text.put("dtype", model.weightsDtype());
    text.put("vocabulary", Text.count(model.vocabulary().size(), "code"));
    text.put("special", special(config.specialTokens()));
    text.put(
        "padding",
        model.paddingIsInert()
            ? "inert: PAD positions are left out of the computation"
            : "acts on the result: PAD positions are computed");
    text.put("weights", "SHA-256 " + model.weightsSha256());
    text.put("backend", model.backendDescription());
    text.put("baseline", baseline(model));
    return text;
  }

  /** What {@link #text} says, as values by the names that {@code --json} has for them. */
  static Map<String, Object> json(Model model) {
    if (model.graph() != null) {
      return GraphInfo.json(model);
    }
    ModelConfig config = model.config();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.folder().toString());
    json.put("num_hidden_layers", config.numHiddenLayers());
    json.put("hidden_size", config.hiddenSize());
    json.put("num_attention_heads", config.numAttentionHeads());
    json.put("attention_head_size", config.attentionHeadSize());
    json.put("intermediate_size", config.intermediateSize());
    json.put("hidden_act", config.hiddenAct().configName());
    json.put("norm_first", config.normFirst());
    json.putAll(layers(config));
    json.put("embedding_size", config.embeddingSize());
    json.put("embedding_join", config.embeddingJoin() == null ? "add" : "concatenate");
    json.put("embedding_inputs", embeddingInputs(config));
    json.put("time_input", timeInput(config.timeInput()));
    json.put("value_input", valueInput(config.valueEmbedding()));
    json.put("max_position_embeddings", config.maxPositionEmbeddings());
    json.put("attribution_point", config.attributionPoint().configName());
    json.put("pooling", config.pooling().configName());
    json.put("pooler", config.pooler() != null);
    json.put("head", config.nextToken() == null ? "classifier" : "next_token");
    json.put("tabular_features", model.featureNames());
    json.put("num_labels", config.classifier().numLabels());
    json.put("problem_type", config.classifier().problemType().configName());
    json.put("class_names", config.classifier().classNames());
    json.put("parameters", model.parameterCount());
    json.put("dtype", model.weightsDtype());
    json.put("vocabulary_size", model.vocabulary().size());
    json.put("special_tokens", specialTokens(config.specialTokens()));
    json.put("padding_is_inert", model.paddingIsInert());
    json.put("weights_sha256", model.weightsSha256());
    json.put("backend", model.backendDescription());
    json.put("baseline", baselineJson(model));
    return json;
  }

  private static String encoder(ModelConfig config) {
    return Text.count(config.numHiddenLayers(), "layer")
        + ", width "
        + config.hiddenSize()
        + ", "
        + Text.count(config.numAttentionHeads(), "head")
        + " of "
        + config.attentionHeadSize()
        + ", feed-forward "
        + config.intermediateSize()
        + " "
        + config.hiddenAct().configName()
        + (config.normFirst() ? ", pre-norm" : ", post-norm")
        + (config.residual() ? "" : ", no residual connections")
        + traits(config);
  }

  /** What the layers have that BERT's have not. */
  private static String traits(ModelConfig config) {
    LayerTraits layers = config.layers();
    StringBuilder text = new StringBuilder();
    text.append(layers.causal() ? ", causal" : "");
    if (layers.keyValueHeads() != config.numAttentionHeads()) {
      text.append(", ").append(Text.count(layers.keyValueHeads(), "key-value head"));
    }
    if (layers.window() != null) {
      long sliding = layers.sliding().stream().filter(s -> s).count();
      text.append(", window of ").append(layers.window()).append(" in ");
      text.append(Text.count(sliding, "layer"));
    }
    if (layers.rotary() != null) {
      text.append(", rotary ").append(layers.rotary().over().configName()).append('s');
    }
    text.append(layers.alibi() ? ", ALiBi" : "");
    text.append(layers.hideSameTime() ? ", events of one time hidden" : "");
    text.append(layers.norm() == NormKind.RMS_NORM ? ", RMS norms" : "");
    text.append(layers.gated() ? ", gated" : "");
    text.append(layers.parallel() ? ", parallel" : "");
    return text.toString();
  }

  private static String embedding(ModelConfig config) {
    StringBuilder text = new StringBuilder("code");
    if (config.embeddingScale() != 1) {
      text.append(" x ").append(config.embeddingScale());
    }
    embeddingInputs(config)
        .forEach((name, kind) -> text.append(" + ").append(name + " (" + kind + ")"));
    return text.toString();
  }

  /** In the order of the enum, which the configuration's map does not have. */
  private static Map<String, String> embeddingInputs(ModelConfig config) {
    Map<String, String> inputs = new LinkedHashMap<>();
    for (EmbeddingInput input : EmbeddingInput.values()) {
      if (config.embeddingInputs().containsKey(input)) {
        inputs.put(input.configName(), config.embeddingInputs().get(input).configName());
      }
    }
    return inputs;
  }

  private static String time(TimeInput time) {
    return time.span().configName()
        + " in "
        + time.unit()
        + (time.transform() == TimeInput.Transform.NONE ? "" : ", " + time.transform().configName())
        + "; special tokens read "
        + (time.special() == TimeInput.AtSpecial.ZERO ? "0" : "that of their visit");
  }

  /** Null if the model reads no times. */
  private static Map<String, Object> timeInput(TimeInput time) {
    if (time == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("time_span", time.span().configName());
    json.put("unit_seconds", time.unitSeconds());
    json.put("time_transform", time.transform().configName());
    json.put("time_special_tokens", time.special().configName());
    return json;
  }

  private static String values(ValueInput values) {
    return (values.scale() == ValueInput.Scale.RAW ? "as recorded" : "standardised")
        + "; where there is none the model reads "
        + (values.missing() == ValueInput.Missing.ZERO ? "0" : "nothing");
  }

  /** Null if the model reads no values. */
  private static Map<String, Object> valueInput(ValueEmbedding values) {
    if (values == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("value_scale", values.input().scale().configName());
    json.put("value_missing", values.input().missing().configName());
    return json;
  }

  /** What the layers have that BERT's have not, by the keys of a configuration. */
  private static Map<String, Object> layers(ModelConfig config) {
    LayerTraits layers = config.layers();
    Rotary rotary = layers.rotary();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("causal", layers.causal());
    json.put("num_key_value_heads", layers.keyValueHeads());
    json.put("attention_window", layers.window());
    json.put("sliding_layers", layers.sliding().stream().filter(sliding -> sliding).count());
    json.put("rotary", rotary == null ? null : rotary.over().configName());
    json.put("alibi", layers.alibi());
    json.put("hide_same_time", layers.hideSameTime());
    json.put("norm", layers.norm().configName());
    json.put("feed_forward", layers.gated() ? "gated" : "plain");
    json.put("parallel_residual", layers.parallel());
    return json;
  }

  private static String attributionPoint(ModelConfig config) {
    return config.attributionPoint() == AttributionPoint.CODE
        ? "at the code embedding"
        : "at the embedding block's output";
  }

  private static String pooling(ModelConfig config) {
    Gru gru = config.gru();
    if (gru == null) {
      return config.pooling().configName()
          + (config.pooler() == null ? "" : " + dense, " + config.pooler().configName());
    }
    return config.pooling().configName()
        + " of width "
        + gru.hiddenSize()
        + " over "
        + name(gru.over())
        + " positions, read at "
        + name(gru.read());
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String tabular(Model model) {
    Tabular branch = model.config().tabular();
    return features(model) + layers(branch.hiddenSizes(), branch.activation());
  }

  /** How many tabular values there are, and their names. */
  static String features(Model model) {
    return Text.count(model.features().size(), "value")
        + " ("
        + String.join(", ", model.featureNames())
        + ")";
  }

  private static String classifier(ModelConfig config) {
    int labels = config.classifier().numLabels();
    if (config.nextToken() != null) {
      return config.pooledSize()
          + " -> "
          + labels
          + " tokens that may come next"
          + (config.nextToken().tied() ? ", tied to the code embedding" : "");
    }
    return config.classifierInputSize()
        + layers(config.classifier().hiddenSizes(), config.classifier().activation())
        + " -> "
        + (labels == 1
            ? "1 logit"
            : labels
                + (config.classifier().labels().multiLabel()
                    ? " labels, a sigmoid each"
                    : " classes"));
  }

  /** The first names, so that the line stays one. */
  static String classNames(Labels labels) {
    int shown = Math.min(labels.names().size(), MOST_NAMES);
    List<String> names = new ArrayList<>();
    for (int c = 0; c < shown; c++) {
      names.add(c + " " + labels.className(c));
    }
    int more = labels.names().size() - shown;
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }

  private static String layers(List<Integer> sizes, Activation activation) {
    return sizes.stream()
        .map(size -> " -> " + size + " " + activation.configName())
        .collect(Collectors.joining());
  }

  /** The special tokens that there are. */
  static String special(SpecialTokens tokens) {
    return specialTokens(tokens).entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .map(entry -> entry.getKey().toUpperCase(Locale.ROOT) + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  /** The ids of all special tokens, null for those that there are not. */
  static Map<String, Object> specialTokens(SpecialTokens tokens) {
    Map<String, Object> ids = new LinkedHashMap<>();
    ids.put("pad", tokens.pad());
    ids.put("cls", tokens.cls());
    ids.put("sep", tokens.sep());
    ids.put("mask", tokens.mask());
    ids.put("unk", tokens.unk());
    return ids;
  }

  /** What there is of means. */
  static String baseline(Model model) {
    Map<String, Object> json = baselineJson(model);
    if (json == null) {
      return "none; make it with 'gsig baseline'";
    }
    return json.get("problem") == null
        ? "means of " + json.get("patients") + " validation patients"
        : "unusable: " + json.get("problem");
  }

  /** Null if there is none. An unusable one is something to show, not a reason to stop. */
  static Map<String, Object> baselineJson(Model model) {
    Path file = model.folder().resolve(Baseline.FILE_NAME);
    if (!Files.exists(file)) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    try {
      Baseline baseline = Baseline.load(file);
      json.put("patients", baseline.patients());
      baseline.requireMadeFor(model);
      json.put("problem", null);
    } catch (InvalidInputException e) {
      json.put("problem", e.getMessage());
    }
    return json;
  }
}
