package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.ValueInput;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.config.ProblemType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * The kind and the sizes of a new model. An encoder is a post-norm BERT with GELU, learned
 * embeddings of what else is told of a token, and where the cohort has tabular values a branch for
 * them. A decoder is a small Llama: pre-norm, causal, with root-mean-square norms, rotary positions
 * and a gated feed-forward of SiLU. It predicts the next token with a head tied to the code
 * embedding, or labels from its last token and the tabular values, as an encoder does from its
 * pooled rows.
 *
 * @param kind which of them
 * @param hiddenSize width
 * @param layers how many
 * @param heads attention heads of each
 * @param intermediateSize width of the feed-forward layers
 * @param maxLength tokens of a sequence
 * @param headSize width of the tabular branch and of the classifier's hidden layer; 0 for neither
 * @param inputs what an encoder adds to the code embedding: position, visit or age. Decoders have
 *     none, for their positions are rotary
 * @param pooling which rows a label is told from: {@link Pooling#CLS} or {@link Pooling#MEAN} of an
 *     encoder, {@link Pooling#LAST} of a decoder
 * @param values how it reads the values beside the codes, standardised by the statistics beside the
 *     vocabulary: {@link EmbeddingKind#LINEAR}, one vector for all codes, or {@link
 *     EmbeddingKind#CODE_VECTOR}, one for each, as Gorishniy and others (Revisiting deep learning
 *     models for tabular data, 2021) embed numbers; null for not at all
 */
public record ModelSize(
    Kind kind,
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    int maxLength,
    int headSize,
    Set<EmbeddingInput> inputs,
    Pooling pooling,
    EmbeddingKind values) {
  /** What an encoder may add. */
  public static final Set<EmbeddingInput> INPUTS =
      Set.of(EmbeddingInput.POSITION, EmbeddingInput.VISIT, EmbeddingInput.AGE);

  /** What an encoder may tell a label from. */
  public static final Set<Pooling> POOLINGS = Set.of(Pooling.CLS, Pooling.MEAN);

  /** How values may be read. */
  public static final Set<EmbeddingKind> VALUES =
      Set.of(EmbeddingKind.LINEAR, EmbeddingKind.CODE_VECTOR);

  /** What the layers are, and what for. */
  public enum Kind {
    /** Reads both ways, and tells labels. */
    ENCODER("encoder"),
    /** Reads what is before, and tells the next token. */
    DECODER("decoder"),
    /** Reads what is before, and tells labels at the last token. */
    DECODER_CLASSIFIER("decoder-classifier");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The name on the command line. */
    public String label() {
      return label;
    }

    /** Whether each token sees only those before it. */
    public boolean isCausal() {
      return this != ENCODER;
    }

    /** Whether it tells labels, and has a classifier for them. */
    public boolean tellsLabels() {
      return this != DECODER;
    }
  }

  /**
   * Checks the inputs.
   *
   * @throws IllegalArgumentException if one is none of {@link #INPUTS}, a decoder has some, an
   *     encoder pools otherwise than {@link #POOLINGS} or a decoder than {@link Pooling#LAST}, or
   *     values are read in another way than {@link #VALUES}
   */
  public ModelSize {
    inputs = Set.copyOf(inputs);
    if (!INPUTS.containsAll(inputs) || (kind.isCausal() && !inputs.isEmpty())) {
      throw new IllegalArgumentException(kind.label() + " with the inputs " + inputs);
    }
    if (kind.isCausal() ? pooling != Pooling.LAST : !POOLINGS.contains(pooling)) {
      throw new IllegalArgumentException(
          kind.label() + " with the pooling " + pooling.configName());
    }
    if (values != null && !VALUES.contains(values)) {
      throw new IllegalArgumentException("values as " + values.configName());
    }
  }

  /**
   * The {@code config.json} of such a model.
   *
   * @param source the vocabulary's file, for messages
   * @param training tells the tabular features, with mean and deviation, and the classes
   * @throws InvalidInputException if the vocabulary lacks a special token
   */
  String config(Path source, Vocabulary vocabulary, List<Trajectory> training) {
    Map<String, Object> config = new LinkedHashMap<>();
    boolean decoder = kind.isCausal();
    config.put("model_type", decoder ? "llama" : "bert");
    config.put("vocab_size", (long) vocabulary.size());
    config.put("hidden_size", (long) hiddenSize);
    config.put("num_hidden_layers", (long) layers);
    config.put("num_attention_heads", (long) heads);
    config.put("intermediate_size", (long) intermediateSize);
    config.put("hidden_act", decoder ? "silu" : "gelu");
    config.put("layer_norm_eps", decoder ? 1e-6 : 1e-12);
    config.put("max_position_embeddings", (long) maxLength);
    for (String token : List.of("pad", "cls", "sep", "mask", "unk")) {
      config.put(
          token + "_token_id", id(source, vocabulary, "[" + token.toUpperCase(Locale.ROOT) + "]"));
    }
    if (values != null) {
      vocabulary.requireValues();
      config.put("value_scale", ValueInput.Scale.STANDARDISED.configName());
      config.put("value_missing", ValueInput.Missing.NOTHING.configName());
    }
    if (decoder) {
      decoder(config);
    } else {
      config.put("embedding_inputs", embeddingInputs());
    }
    config.put("pooling", pooling.configName());
    if (kind.tellsLabels()) {
      classifier(config, training);
    } else {
      config.put("head", "next_token");
      config.put("tie_word_embeddings", true);
    }
    return Json.write(config) + "\n";
  }

  private Map<String, Object> embeddingInputs() {
    Map<String, Object> all = new LinkedHashMap<>();
    inputs.stream()
        .sorted()
        .forEach(input -> all.put(input.configName(), EmbeddingKind.LEARNED.configName()));
    if (values != null) {
      all.put(EmbeddingInput.VALUE.configName(), values.configName());
    }
    return all;
  }

  private void decoder(Map<String, Object> config) {
    config.put("causal", true);
    config.put("norm_first", true);
    config.put("norm", NormKind.RMS_NORM.configName());
    config.put("feed_forward", "gated");
    config.put("embedding_inputs", embeddingInputs());
    config.put("rotary", Map.of("theta", 10000L));
  }

  /** Of the pooled state, and a branch of the tabular values where there are any. */
  private void classifier(Map<String, Object> config, List<Trajectory> training) {
    List<Object> features = features(training);
    List<Long> hidden = headSize == 0 ? List.of() : List.of((long) headSize);
    if (!features.isEmpty()) {
      config.put("tabular", dense(Map.of("features", features), hidden));
    }
    int labels = labels(training);
    if (labels > 1) {
      config.put("problem_type", ProblemType.MULTI_LABEL.configName());
    }
    int logits = labels > 1 ? labels : classes(training);
    config.put("classifier", dense(Map.of("num_labels", (long) logits), hidden));
  }

  private static Map<String, Object> dense(Map<String, Object> first, List<Long> hidden) {
    Map<String, Object> part = new LinkedHashMap<>(first);
    part.put("hidden_sizes", hidden);
    if (!hidden.isEmpty()) {
      part.put("activation", "gelu");
    }
    return part;
  }

  private static long id(Path source, Vocabulary vocabulary, String token) {
    OptionalInt id = vocabulary.idOf(token);
    if (id.isEmpty()) {
      throw new InvalidInputException(
          source
              + ": has no "
              + token
              + "; add it, or give the special tokens' ids in a configuration with --config");
    }
    return id.getAsInt();
  }

  /** How many labels the first patient that has a list of them has; 0 without. */
  private static int labels(List<Trajectory> training) {
    return training.stream()
        .filter(t -> t.labels() != null)
        .mapToInt(t -> t.labels().size())
        .findFirst()
        .orElse(0);
  }

  /** One label for two classes, else one for each class up to the largest label. */
  private static int classes(List<Trajectory> training) {
    int largest =
        training.stream().mapToInt(t -> t.label() == null ? 0 : t.label()).max().orElse(0);
    return largest <= 1 ? 1 : largest + 1;
  }

  /** Every tabular name of the training set in alphabetical order, with mean and deviation. */
  private static List<Object> features(List<Trajectory> training) {
    Map<String, List<Double>> values = new TreeMap<>();
    for (Trajectory patient : training) {
      patient
          .tabular()
          .forEach(
              (name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }
    List<Object> features = new ArrayList<>();
    values.forEach(
        (name, found) -> {
          double mean = found.stream().mapToDouble(v -> v).sum() / found.size();
          double variance =
              found.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum() / found.size();
          if (!Double.isFinite(mean) || !Double.isFinite(variance)) {
            throw new InvalidInputException(
                "the training patients' values of "
                    + Json.quote(name)
                    + " are too large for a mean and a deviation (up to "
                    + found.stream().mapToDouble(Math::abs).max().orElseThrow()
                    + "); correct them, or leave the value out");
          }
          Map<String, Object> feature = new LinkedHashMap<>();
          feature.put("name", name);
          feature.put("mean", mean);
          // a value that never varies says nothing; it must not divide by 0
          feature.put("std", variance > 0 ? Math.sqrt(variance) : 1.0);
          features.add(feature);
        });
    return features;
  }
}
