package dev.gsig.attribution;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.ValueInput;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.transformer.config.AttributionPoint;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.config.Tabular;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checksums of what the means of a {@link Baseline} depend on, apart from the patients: SHA-256 in
 * hexadecimal. With other weights, tokens or normalisation the same patients have other means.
 *
 * @param weights of the weights' file
 * @param configuration of the keys of config.json that enter the tensor at the attribution point
 * @param tabular of the names, means and deviations of the tabular values
 * @param vocabulary of the codes and their ids, and of the statistics by which values are
 *     standardised, where values are in the means
 */
record BaselineInputs(String weights, String configuration, String tabular, String vocabulary) {
  private static final String WEIGHTS = "weights_sha256";
  private static final String CONFIGURATION = "configuration_sha256";
  private static final String TABULAR = "tabular_sha256";
  private static final String VOCABULARY = "vocabulary_sha256";

  static BaselineInputs of(String weightsSha256, ModelConfig config, Vocabulary vocabulary) {
    return new BaselineInputs(
        weightsSha256,
        FileHash.sha256(configuration(config)),
        FileHash.sha256(
            tabular(config.tabular() == null ? List.of() : config.tabular().features())),
        FileHash.sha256(codes(vocabulary, config.vocabSize()) + statistics(config, vocabulary)));
  }

  static BaselineInputs of(String weightsSha256, GraphModel graph) {
    return new BaselineInputs(
        weightsSha256,
        FileHash.sha256(graph.configuration()),
        FileHash.sha256(tabular(graph.inputs().record().features())),
        FileHash.sha256(codes(graph.vocabulary(), graph.codes())));
  }

  /** What metadata hold; null for what an earlier gsig did not write. */
  static BaselineInputs read(Map<String, String> metadata) {
    return new BaselineInputs(
        metadata.get(WEIGHTS),
        metadata.get(CONFIGURATION),
        metadata.get(TABULAR),
        metadata.get(VOCABULARY));
  }

  /** What {@link #read} reads. */
  Map<String, String> toMap() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(WEIGHTS, weights);
    metadata.put(CONFIGURATION, configuration);
    metadata.put(TABULAR, tabular);
    metadata.put(VOCABULARY, vocabulary);
    return metadata;
  }

  private boolean isComplete() {
    return configuration != null && tabular != null && vocabulary != null;
  }

  /**
   * Why means that were made from these do not belong to a model.
   *
   * @param model what the model has, complete
   * @param name the model's
   * @param file the name of its configuration's file
   * @return null if they do
   */
  String differenceFrom(BaselineInputs model, String name, String file) {
    if (!model.weights.equals(weights)) {
      return "was made for other weights than " + name;
    }
    if (!isComplete()) {
      return "does not say all that it depends on, as earlier versions of gsig did not, so that"
          + " nobody can tell whether it still belongs to "
          + name;
    }
    if (!model.configuration.equals(configuration)) {
      return "was made with another "
          + file
          + " than that of "
          + name
          + ": special tokens, embedding inputs or attribution_point differ";
    }
    if (!model.tabular.equals(tabular)) {
      return "was made with other tabular features, means or stds than " + file + " has in " + name;
    }
    return model.vocabulary.equals(vocabulary)
        ? null
        : "was made with another vocabulary than that of " + name;
  }

  private static String configuration(ModelConfig config) {
    SpecialTokens special = config.specialTokens();
    Map<String, Object> keys = new TreeMap<>();
    keys.put("hidden_size", config.hiddenSize());
    keys.put("max_position_embeddings", config.maxPositionEmbeddings());
    keys.put("pad_token_id", special.pad());
    keys.put("cls_token_id", special.cls());
    keys.put("sep_token_id", special.sep());
    keys.put("mask_token_id", special.mask());
    keys.put("unk_token_id", special.unk());
    keys.put("attribution_point", config.attributionPoint());
    // A patient without the ages or types that the model reads is refused, wherever the path is.
    keys.put("embedding_inputs", new TreeMap<>(config.embeddingInputs()));
    // Left out where it does nothing, so that baselines from before it was there stay valid.
    if (config.embeddingScale() != 1) {
      keys.put("embedding_scale", Double.toHexString(config.embeddingScale()));
    }
    if (config.embeddingSize() != config.hiddenSize()) {
      keys.put("embedding_size", config.embeddingSize());
    }
    if (config.valueEmbedding() != null) {
      keys.put("value_input", config.valueEmbedding());
    }
    if (config.attributionPoint() == AttributionPoint.EMBEDDING) {
      if (config.embeddingJoin() != null) {
        keys.put("embedding_join", config.embeddingJoin());
      }
      if (config.layers().norm() != NormKind.LAYER_NORM) {
        keys.put("norm", config.layers().norm());
      }
      keys.put("visit_index", config.visitIndex());
      keys.put("age_rows_per_year", config.ageRowsPerYear());
      if (config.ageInput() != null && !config.ageInput().isWhole()) {
        keys.put("age_transform", config.ageInput().transform());
      }
      if (config.clsTokenType() != null) {
        keys.put("cls_token_type", config.clsTokenType());
      }
      if (config.timeInput() != null) {
        keys.put("time_input", config.timeInput());
      }
      keys.put("layer_norm_eps", Double.toHexString(config.layerNormEps()));
    }
    return keys.toString();
  }

  private static String tabular(List<Tabular.Feature> features) {
    StringBuilder text = new StringBuilder();
    for (Tabular.Feature f : features) {
      text.append(f.name().length()).append(' ').append(f.name()).append(' ');
      text.append(Double.toHexString(f.mean())).append(' ');
      text.append(Double.toHexString(f.std())).append('\n');
    }
    return text.toString();
  }

  private static String statistics(ModelConfig config, Vocabulary vocabulary) {
    StringBuilder text = new StringBuilder();
    if (config.attributionPoint() == AttributionPoint.EMBEDDING
        && config.valueEmbedding() != null
        && config.valueEmbedding().input().scale() == ValueInput.Scale.STANDARDISED) {
      CodeValues values = vocabulary.requireValues();
      for (String code : values.codes()) {
        text.append(code.length()).append(' ').append(code).append(' ');
        text.append(Double.toHexString(values.mean(code))).append(' ');
        text.append(Double.toHexString(values.sd(code))).append('\n');
      }
    }
    return text.toString();
  }

  private static String codes(Vocabulary vocabulary, int size) {
    StringBuilder text = new StringBuilder();
    for (int id = 0; id < size; id++) {
      int shown = id;
      vocabulary
          .codeOf(id)
          .ifPresent(code -> text.append(shown).append(' ').append(code).append('\n'));
    }
    return text.toString();
  }
}
