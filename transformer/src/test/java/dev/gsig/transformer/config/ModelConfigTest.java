package dev.gsig.transformer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.VisitIndex;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Activation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every legal key and value. */
class ModelConfigTest {
  @TempDir Path folder;

  @Test
  void defaults() {
    assertThat(ConfigJson.minimal().read())
        .isEqualTo(
            new ModelConfig(
                64,
                2,
                new LayerTraits(
                    false,
                    4,
                    null,
                    List.of(false, false),
                    null,
                    false,
                    false,
                    NormKind.LAYER_NORM,
                    false,
                    false,
                    false,
                    true),
                4,
                16,
                128,
                Activation.GELU,
                1e-12,
                100,
                32,
                new SpecialTokens(0, 1, null, null, null),
                false,
                Map.of(EmbeddingInput.POSITION, EmbeddingKind.LEARNED),
                64,
                null,
                1,
                VisitIndex.BEFORE_SEP,
                null,
                null,
                null,
                null,
                AttributionPoint.CODE,
                AttentionScale.HEAD_SIZE,
                Double.NEGATIVE_INFINITY,
                true,
                Pooling.CLS,
                Positions.REAL,
                null,
                0,
                null,
                null,
                null,
                new Classifier(List.of(), null, 1)));
  }

  @Test
  void everyKeyGivenOtherThanItsDefault() {
    ModelConfig config =
        ConfigJson.minimal()
            .with("sep_token_id", "2")
            .with("mask_token_id", "3")
            .with("unk_token_id", "4")
            .with("norm_first", "true")
            .with(
                "embedding_inputs",
                "{\"visit\":\"learned\",\"position\":\"sinusoidal\",\"age\":\"sinusoidal\","
                    + "\"token_type\":\"learned\"}")
            .with("embedding_scale", "2.5")
            .with("visit_index", "\"at_sep\"")
            .with("age_rows_per_year", "12")
            .with("attribution_point", "\"embedding\"")
            .with("attention_head_size", "36")
            .with("attention_scale", "\"sequence_length\"")
            .with("attention_mask_value", "-10000.0")
            .with("residual", "false")
            .with("pooling", "\"bigru\"")
            .with("gru_hidden_size", "24")
            .with("gru_read", "\"final_states\"")
            .with("gru_over", "\"real\"")
            .with(
                "tabular",
                "{\"features\":[{\"name\":\"age\",\"mean\":61.2,\"std\":14},"
                    + "{\"name\":\"sex\",\"mean\":0,\"std\":1}],\"hidden_sizes\":[32,8],"
                    + "\"activation\":\"relu\",\"classifier_layer\":1}")
            .with("classifier", "{\"hidden_sizes\":[16],\"activation\":\"tanh\",\"num_labels\":3}")
            .read();

    assertThat(config.specialTokens()).isEqualTo(new SpecialTokens(0, 1, 2, 3, 4));
    assertThat(config.normFirst()).isTrue();
    assertThat(config.embeddingInputs())
        .isEqualTo(
            Map.of(
                EmbeddingInput.POSITION, EmbeddingKind.SINUSOIDAL,
                EmbeddingInput.VISIT, EmbeddingKind.LEARNED,
                EmbeddingInput.AGE, EmbeddingKind.SINUSOIDAL,
                EmbeddingInput.TOKEN_TYPE, EmbeddingKind.LEARNED));
    assertThat(config.embeddingScale()).isEqualTo(2.5);
    assertThat(config.visitIndex()).isEqualTo(VisitIndex.AT_SEP);
    assertThat(config.attributionPoint()).isEqualTo(AttributionPoint.EMBEDDING);
    assertThat(config.attentionHeadSize()).isEqualTo(36);
    assertThat(config.attentionSize()).isEqualTo(144);
    assertThat(config.attentionScale()).isEqualTo(AttentionScale.SEQUENCE_LENGTH);
    assertThat(config.attentionMaskValue()).isEqualTo(-10000.0);
    assertThat(config.residual()).isFalse();
    assertThat(config.pooling()).isEqualTo(Pooling.BIGRU);
    assertThat(config.gru()).isEqualTo(new Gru(24, GruRead.FINAL_STATES, Positions.REAL));
    assertThat(config.tabular())
        .isEqualTo(
            new Tabular(
                List.of(new Tabular.Feature("age", 61.2, 14), new Tabular.Feature("sex", 0, 1)),
                List.of(32, 8),
                Activation.RELU,
                1));
    assertThat(config.classifier()).isEqualTo(new Classifier(List.of(16), Activation.TANH, 3));
    assertThat(config.pooledSize()).isEqualTo(48);
    assertThat(config.classifierInputSize()).isEqualTo(48);
    assertThat(config.joining(0)).isZero();
    assertThat(config.joining(1)).isEqualTo(8);
    assertThat(config.ageRowsPerYear()).isEqualTo(12);
  }

  @Test
  void meanOverAllPositions() {
    ModelConfig config =
        ConfigJson.minimal().with("pooling", "\"mean\"").with("mean_over", "\"all\"").read();
    assertThat(config.meanOver()).isEqualTo(Positions.ALL);
  }

  @Test
  void nullMeansDefault() {
    ConfigJson config = ConfigJson.minimal();
    for (String key :
        List.of(
            "sep_token_id",
            "mask_token_id",
            "unk_token_id",
            "norm_first",
            "embedding_inputs",
            "visit_index",
            "attribution_point",
            "attention_head_size",
            "attention_scale",
            "attention_mask_value",
            "residual",
            "pooling",
            "gru_hidden_size",
            "gru_read",
            "gru_over",
            "pooler",
            "tabular",
            "classifier",
            "problem_type",
            "id2label",
            "position_embedding_type")) {
      config.with(key, "null");
    }
    assertThat(config.read()).isEqualTo(ConfigJson.minimal().read());
  }

  @Test
  void namesOfClasses() {
    assertThat(names("{\"0\":\"survived\",\"1\":\"died\"}", 1)).containsExactly("survived", "died");
    assertThat(names("{\"0\":\"diabetes\"}", 1)).containsExactly("not diabetes", "diabetes");
    assertThat(names("{\"1\":\"b\",\"0\":\"a\"}", 2)).containsExactly("a", "b");
    assertThat(names("{\"0\":30,\"1\":90}", 2)).as("numbers").containsExactly("30", "90");
    assertThat(names("{\"0\":\"LABEL_0\",\"1\":\"LABEL_1\"}", 2)).isEmpty();
  }

  private static List<String> names(String id2label, int labels) {
    return ConfigJson.minimal()
        .with("id2label", id2label)
        .with("classifier", "{\"num_labels\":" + labels + "}")
        .read()
        .classifier()
        .classNames();
  }

  @Test
  void labelsAreWhatTheHeadTellsApart() {
    List<String> names = List.of("diabetes", "ckd", "ckd");
    assertThat(new Classifier(List.of(), null, 3, ProblemType.MULTI_LABEL, names).labels())
        .isEqualTo(new Labels(3, true, names));
    assertThat(new Classifier(List.of(4), Activation.TANH, 2).labels()).isEqualTo(new Labels(2));
  }

  @Test
  void everyNameOfEveryChoice() {
    for (ProblemType value : ProblemType.values()) {
      assertThat(read("problem_type", value.configName()).classifier().problemType())
          .isEqualTo(value);
    }
    for (VisitIndex value : VisitIndex.values()) {
      assertThat(read("visit_index", value.configName()).visitIndex()).isEqualTo(value);
    }
    for (AttributionPoint value : AttributionPoint.values()) {
      assertThat(read("attribution_point", value.configName()).attributionPoint()).isEqualTo(value);
    }
    for (AttentionScale value : AttentionScale.values()) {
      assertThat(read("attention_scale", value.configName()).attentionScale()).isEqualTo(value);
    }
    for (Pooling value : List.of(Pooling.CLS, Pooling.MEAN)) {
      assertThat(read("pooling", value.configName()).pooling()).isEqualTo(value);
    }
    for (GruRead read : GruRead.values()) {
      for (Positions over : Positions.values()) {
        Gru gru =
            ConfigJson.minimal()
                .with("pooling", "\"bigru\"")
                .with("gru_hidden_size", "5")
                .with("gru_read", "\"" + read.configName() + "\"")
                .with("gru_over", "\"" + over.configName() + "\"")
                .read()
                .gru();
        assertThat(gru).isEqualTo(new Gru(5, read, over));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyActivation(Activation activation) {
    assertThat(read("hidden_act", activation.configName()).hiddenAct()).isEqualTo(activation);
  }

  @ParameterizedTest
  @CsvSource({
    "gelu_pytorch_tanh, GELU_NEW",
    "gelu_fast, GELU_NEW",
    "gelu_python, GELU",
    "swish, SILU"
  })
  void huggingFacesOtherNames(String name, Activation activation) {
    assertThat(read("hidden_act", name).hiddenAct()).isEqualTo(activation);
  }

  @ParameterizedTest
  @EnumSource(EmbeddingInput.class)
  void everyEmbeddingInputAlone(EmbeddingInput input) {
    for (EmbeddingKind kind : input.kinds()) {
      String json = "{\"" + input.configName() + "\":\"" + kind.configName() + "\"}";
      ConfigJson config =
          switch (input) {
            case TIME -> timed("\"days\"");
            case AGE ->
                kind.isLayer()
                    ? ConfigJson.minimal().with("age_transform", "\"none\"")
                    : ConfigJson.minimal();
            case VALUE -> valued(kind);
            default -> ConfigJson.minimal();
          };
      assertThat(config.with("embedding_inputs", json).read().embeddingInputs())
          .isEqualTo(Map.of(input, kind));
    }
  }

  static ConfigJson valued(EmbeddingKind kind) {
    ConfigJson config =
        ConfigJson.minimal()
            .with("embedding_inputs", "{\"value\": \"" + kind.configName() + "\"}")
            .with("value_scale", "\"raw\"")
            .with("value_missing", "\"zero\"");
    return kind != EmbeddingKind.MLP
        ? config
        : config.with("value_hidden_size", "3").with("value_activation", "\"relu\"");
  }

  static ConfigJson timed(String unit) {
    return ConfigJson.minimal()
        .with("embedding_inputs", "{\"time\":\"linear\"}")
        .with("time_span", "\"since_first_visit\"")
        .with("time_unit", unit)
        .with("time_transform", "\"log1p\"")
        .with("time_special_tokens", "\"visit\"");
  }

  @ParameterizedTest
  @CsvSource({
    "seconds, 1",
    "minutes, 60",
    "hours, 3600",
    "days, 86400",
    "weeks, 604800",
    "months, 2629800",
    "years, 31557600",
    "365, 31536000",
    "0.5, 43200"
  })
  void everyTimeUnit(String unit, double seconds) {
    boolean number = Character.isDigit(unit.charAt(0));
    assertThat(timed(number ? unit : "\"" + unit + "\"").read().timeInput())
        .isEqualTo(
            new TimeInput(
                TimeInput.Span.SINCE_FIRST_VISIT,
                seconds,
                TimeInput.Transform.LOG1P,
                TimeInput.AtSpecial.VISIT));
  }

  @Test
  void everyChoiceOfATime() {
    for (TimeInput.Span span : TimeInput.Span.values()) {
      String name = "\"" + span.configName() + "\"";
      ConfigJson config =
          span == TimeInput.Span.SINCE_DATE
              ? timed("1").with("time_transform", "\"none\"").with("time_origin", "\"1970-01-01\"")
              : timed("1");
      assertThat(config.with("time_span", name).read().timeInput().span()).isEqualTo(span);
    }
    for (TimeInput.Transform transform : TimeInput.Transform.values()) {
      String name = "\"" + transform.configName() + "\"";
      assertThat(timed("1").with("time_transform", name).read().timeInput().transform())
          .isEqualTo(transform);
    }
    for (TimeInput.AtSpecial special : TimeInput.AtSpecial.values()) {
      String name = "\"" + special.configName() + "\"";
      assertThat(timed("1").with("time_special_tokens", name).read().timeInput().special())
          .isEqualTo(special);
    }
  }

  @Test
  void noEmbeddingInputAtAll() {
    assertThat(ConfigJson.minimal().with("embedding_inputs", "{}").read().embeddingInputs())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"null, -Infinity", "\"-inf\", -Infinity", "-1e9, -1e9", "0, 0", "-1, -1"})
  void maskValues(String json, double expected) {
    assertThat(ConfigJson.minimal().with("attention_mask_value", json).read().attentionMaskValue())
        .isEqualTo(expected);
  }

  @Test
  void poolerAndOtherPoolings() {
    assertThat(ConfigJson.minimal().with("pooler", "true").read().pooler())
        .isEqualTo(Activation.TANH);
    ModelConfig mean =
        ConfigJson.minimal().with("pooling", "\"mean\"").without("cls_token_id").read();
    assertThat(mean.specialTokens().cls()).isNull();
    assertThat(mean.pooledSize()).isEqualTo(64);
    assertThat(mean.classifierInputSize()).isEqualTo(64);
  }

  @Test
  void explicitHeadSizeNeedsNoDivisibility() {
    ModelConfig config =
        ConfigJson.minimal()
            .with("hidden_size", "36")
            .with("num_attention_heads", "5")
            .with("attention_head_size", "36")
            .read();
    assertThat(config.attentionSize()).isEqualTo(180);
  }

  @Test
  void noEncoderLayersAreLegal() {
    assertThat(ConfigJson.minimal().with("num_hidden_layers", "0").read().numHiddenLayers())
        .isZero();
  }

  @Test
  void tabularWithoutLayersConcatenatesTheValues() {
    ModelConfig config =
        ConfigJson.minimal()
            .with(
                "tabular",
                "{\"features\":[{\"name\":\"age\",\"mean\":1,\"std\":2}],\"hidden_sizes\":[]}")
            .read();
    assertThat(config.tabular().activation()).isNull();
    assertThat(config.tabular().outputSize()).isEqualTo(1);
    assertThat(config.classifierInputSize()).isEqualTo(65);
  }

  @Test
  void normalisation() {
    Tabular.Feature feature = new Tabular.Feature("age", 60, 4);
    assertThat(feature.normalise(70.0)).isEqualTo(2.5);
    assertThat(feature.normalise(null)).isZero();
  }

  /** What Hugging Face writes for a BERT classifier, beside the keys that matter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"architectures\":[\"BertForSequenceClassification\"]",
        "\"model_type\":\"bert\"",
        "\"attention_probs_dropout_prob\":0.1",
        "\"hidden_dropout_prob\":0.1",
        "\"classifier_dropout\":null",
        "\"initializer_range\":0.02",
        "\"type_vocab_size\":2",
        "\"use_cache\":true",
        "\"torch_dtype\":\"float32\"",
        "\"dtype\":\"float32\"",
        "\"transformers_version\":\"4.40.0\"",
        "\"_name_or_path\":\"x\"",
        "\"id2label\":{\"0\":\"LABEL_0\"}",
        "\"label2id\":{\"LABEL_0\":0}",
        "\"gradient_checkpointing\":false",
        "\"position_embedding_type\":\"absolute\"",
        "\"is_decoder\":false",
        "\"is_encoder_decoder\":false",
        "\"add_cross_attention\":false",
        "\"problem_type\":\"single_label_classification\"",
        "\"bos_token_id\":5",
        "\"eos_token_id\":6",
        "\"decoder_start_token_id\":null",
        "\"output_attentions\":false",
        "\"output_hidden_states\":false",
        "\"return_dict\":true",
        "\"pruned_heads\":{}",
        "\"directionality\":\"bidi\"",
        "\"pooler_fc_size\":768",
        "\"pooler_num_attention_heads\":12",
        "\"pooler_num_fc_layers\":3",
        "\"pooler_size_per_head\":128",
        "\"pooler_type\":\"first_token_transform\"",
        "\"chunk_size_feed_forward\":0",
        "\"max_length\":20",
        "\"tie_word_embeddings\":true",
        "\"tokenizer_class\":null",
        "\"num_beams\":1",
        "\"finetuning_task\":null",
        "\"num_labels\":1",
        "\"anything else\":[]"
      })
  void otherKeysAreIgnored(String entry) {
    assertThat(ConfigJson.minimal().withEntry(entry).read()).isEqualTo(ConfigJson.minimal().read());
  }

  @Test
  void readsAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), ConfigJson.minimal().text());
    assertThat(ModelConfig.read(file)).isEqualTo(ConfigJson.minimal().read());

    Path missing = folder.resolve("missing.json");
    assertThatThrownBy(() -> ModelConfig.read(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(missing + ": cannot be read: no such file; check the path");
    Files.writeString(file, "{\n\"hidden_size\": 64,\n}");
    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": malformed JSON at line 3, column 1: ");
  }

  @Test
  void makesTheTokenizerThatTheModelNeeds() {
    Vocabulary vocabulary = Vocabulary.of(Map.of("[PAD]", 0, "[CLS]", 1, "[SEP]", 2, "a", 5));
    Trajectory plain = new Trajectory("p", List.of(Visit.of("a")), Map.of(), null);
    ConfigJson json =
        ConfigJson.minimal().with("sep_token_id", "2").with("max_position_embeddings", "5");

    assertThat(json.read().tokenizer(vocabulary).tokenize(plain).inputIds())
        .containsExactly(1, 5, 2, 0, 0);

    ModelConfig aged =
        json.with("embedding_inputs", "{\"age\":\"learned\"}")
            .with("visit_index", "\"at_sep\"")
            .read();
    Trajectory patient =
        new Trajectory("p", List.of(new Visit(null, List.of("a"), 7.5, null)), Map.of(), null);
    assertThat(aged.tokenizer(vocabulary).tokenize(patient).age()).containsOnly(7);
    assertThat(aged.tokenizer(vocabulary).tokenize(patient).tokenType()).isNull();
    assertThat(aged.tokenizer(vocabulary).tokenize(patient).visitIndex())
        .containsExactly(0, 0, 1, 1, 1);
    assertThatThrownBy(() -> aged.tokenizer(vocabulary).tokenize(plain))
        .hasMessageContaining("the model reads ages");

    ModelConfig small = json.with("vocab_size", "5").read();
    assertThatThrownBy(() -> small.tokenizer(vocabulary))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the id 5 of \"a\" is not below the model's vocab_size 5");
  }

  private static ModelConfig read(String key, String text) {
    return ConfigJson.minimal().with(key, "\"" + text + "\"").read();
  }
}
