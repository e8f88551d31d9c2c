package dev.gsig.transformer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that must be refused, with the line that the user sees. */
class ModelConfigRefusalTest {
  private static final String ONE_FEATURE = "[{\"name\":\"age\",\"mean\":1,\"std\":2}]";
  private static final String ACTIVATIONS = "relu, gelu, gelu_new, tanh, sigmoid, silu";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
        "max_position_embeddings",
        "pad_token_id"
      })
  void requiredWholeNumbers(String key) {
    refused(
        ConfigJson.minimal().without(key), "\"" + key + "\" is missing; it must be a whole number");
    refused(
        ConfigJson.minimal().with(key, "null"),
        "\"" + key + "\" is null; it must be a whole number");
    refused(
        ConfigJson.minimal().with(key, "\"8\""),
        "\"" + key + "\" must be a whole number, but is the text \"8\"");
    refused(
        ConfigJson.minimal().with(key, "8.5"),
        "\"" + key + "\" must be a whole number, but is 8.5");
    refused(
        ConfigJson.minimal().with(key, "[8]"),
        "\"" + key + "\" must be a whole number, but is a list");
    refused(
        ConfigJson.minimal().with(key, "99999999999"),
        "\"" + key + "\" must be a whole number below 2^31 in size, but is 99999999999");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
        "attention_head_size"
      })
  void sizes(String key) {
    for (String value : List.of("0", "-4", "16777217")) {
      refused(
          ConfigJson.minimal().with(key, value),
          "\"" + key + "\" must be from 1 to 16777216, but is " + value);
    }
  }

  @Test
  void layersAndEpsilonAndActivation() {
    for (String value : List.of("-1", "4097", "2147483647")) {
      refused(
          ConfigJson.minimal().with("num_hidden_layers", value),
          "\"num_hidden_layers\" must be from 0 to 4096, but is " + value);
    }
    for (String value : List.of("0", "65537", "2147483647")) {
      refused(
          ConfigJson.minimal().with("max_position_embeddings", value),
          "\"max_position_embeddings\" must be from 1 to 65536, but is " + value);
    }
    refused(
        ConfigJson.minimal().with("layer_norm_eps", "0"),
        "\"layer_norm_eps\" must be above 0, but is 0.0");
    refused(
        ConfigJson.minimal().with("layer_norm_eps", "-1e-5"),
        "\"layer_norm_eps\" must be above 0, but is -1.0E-5");
    refused(
        ConfigJson.minimal().with("layer_norm_eps", "\"1e-12\""),
        "\"layer_norm_eps\" must be a number, but is the text \"1e-12\"");
    refused(
        ConfigJson.minimal().without("layer_norm_eps"),
        "\"layer_norm_eps\" is missing; it must be a number");
    refused(
        ConfigJson.minimal().without("hidden_act"), "\"hidden_act\" is missing; it must be a text");
    refused(
        ConfigJson.minimal().with("hidden_act", "\"quick_gelu\""),
        "\"hidden_act\" must be one of " + ACTIVATIONS + ", but is \"quick_gelu\"");
    refused(
        ConfigJson.minimal().with("hidden_act", "{}"),
        "\"hidden_act\" must be a text, but is an object");
  }

  @Test
  void heads() {
    refused(
        ConfigJson.minimal().with("num_attention_heads", "5"),
        "\"hidden_size\" 64 is not divisible by num_attention_heads 5; change one of them or give"
            + " attention_head_size");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pad_token_id", "cls_token_id", "sep_token_id", "mask_token_id", "unk_token_id"})
  void specialTokens(String key) {
    for (String value : List.of("-1", "100")) {
      refused(
          ConfigJson.minimal().with(key, value),
          "\"" + key + "\" must be from 0 to 99, below vocab_size, but is " + value);
    }
    refused(
        ConfigJson.minimal().with(key, "true"),
        "\"" + key + "\" must be a whole number, but is true");
  }

  @ParameterizedTest
  @CsvSource({
    "cls_token_id, 0, pad_token_id",
    "sep_token_id, 0, pad_token_id",
    "sep_token_id, 1, cls_token_id",
    "mask_token_id, 1, cls_token_id",
    "unk_token_id, 0, pad_token_id"
  })
  void collidingSpecialTokens(String key, int id, String other) {
    refused(
        ConfigJson.minimal().with(key, Integer.toString(id)),
        "\"" + key + "\" is " + id + ", the same as " + other + "; each needs its own id");
  }

  @Test
  void lengthMustHoldACode() {
    refused(
        ConfigJson.minimal().with("sep_token_id", "2").with("max_position_embeddings", "2"),
        "\"max_position_embeddings\" must be at least 3 to hold a code beside CLS and SEP, but is"
            + " 2");
    assertThat(
            ConfigJson.minimal()
                .with("sep_token_id", "2")
                .with("max_position_embeddings", "3")
                .read()
                .maxPositionEmbeddings())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "visit_index | before_sep, at_sep",
        "attribution_point | code, embedding",
        "attention_scale | head_size, sequence_length",
        "pooling | cls, mean, max, last, attention, bigru"
      })
  void unknownNamesListTheAllowedOnes(String key, String allowed) {
    refused(
        ConfigJson.minimal().with(key, "\"other\""),
        "\"" + key + "\" must be one of " + allowed + ", but is \"other\"");
    refused(ConfigJson.minimal().with(key, "1"), "\"" + key + "\" must be a text, but is 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"norm_first", "residual", "pooler", "is_decoder"})
  void truthValues(String key) {
    refused(ConfigJson.minimal().with(key, "1"), "\"" + key + "\" must be true or false, but is 1");
    refused(
        ConfigJson.minimal().with(key, "\"true\""),
        "\"" + key + "\" must be true or false, but is the text \"true\"");
  }

  @Test
  void embeddingInputs() {
    refused(
        ConfigJson.minimal().with("embedding_inputs", "{\"segment\":\"learned\"}"),
        "\"embedding_inputs.segment\" is not a known key; allowed are position, visit, age,"
            + " token_type, time, value");
    refused(
        ConfigJson.minimal().with("embedding_inputs", "{\"age\":\"linear\"}"),
        "\"age_transform\" is missing; the model reads ages as numbers: none if they are exact, floor"
            + " if they are whole");
    refused(
        ConfigJson.minimal().with("age_transform", "\"none\""),
        "\"age_transform\" is given, but the model reads no ages, or rows of a table; remove it");
    refused(
        ConfigJson.minimal().with("cls_token_type", "1"),
        "\"cls_token_type\" is given, but the model has no cls_token_id or reads no token_type");
    refused(
        ConfigJson.minimal().with("embedding_inputs", "{\"time\":\"learned\"}"),
        "\"embedding_inputs.time\" must be one of linear, sinusoidal_linear, sine, time2vec,"
            + " time2vec_cos, but is \"learned\"");
    refused(
        ConfigJson.minimal().with("embedding_inputs", "{\"age\":\"rotary\"}"),
        "\"embedding_inputs.age\" must be one of learned, sinusoidal, linear, sinusoidal_linear,"
            + " sine, time2vec, time2vec_cos, but is \"rotary\"");
    refused(
        ConfigJson.minimal().with("embedding_inputs", "{\"age\":null}"),
        "\"embedding_inputs.age\" is null; it must be a text");
    refused(
        ConfigJson.minimal().with("embedding_inputs", "[\"position\"]"),
        "\"embedding_inputs\" must be an object, but is a list");
  }

  @ParameterizedTest
  @ValueSource(strings = {"time_span", "time_unit", "time_transform", "time_special_tokens"})
  void whatATimeIsHasNoDefault(String key) {
    refused(
        ModelConfigTest.timed("\"days\"").without(key),
        "\"" + key + "\" is missing; the model reads times, and there is no usual meaning of them");
    refused(
        ConfigJson.minimal().with(key, "\"days\""),
        "\""
            + key
            + "\" is given, but embedding_inputs has no \"time\"; remove it or add the input");
  }

  @Test
  void time() {
    refused(
        ModelConfigTest.timed("\"fortnights\""),
        "\"time_unit\" must be one of seconds, minutes, hours, days, weeks, months, years, or a"
            + " number of days, but is \"fortnights\"");
    refused(ModelConfigTest.timed("0"), "\"time_unit\" must be above 0, but is 0.0");
    refused(ModelConfigTest.timed("1e308"), "\"time_unit\" is out of range; give a number of days");
    refused(
        ModelConfigTest.timed("1").with("time_span", "\"since_last_visit\""),
        "\"time_span\" must be one of since_previous_visit, since_first_visit, until_last_visit,"
            + " since_birth, since_date, but is \"since_last_visit\"");
    refused(
        ModelConfigTest.timed("1").with("time_transform", "\"log\""),
        "\"time_transform\" must be one of none, floor, log1p, floor_log1p, but is \"log\"");
    refused(
        ModelConfigTest.timed("1").with("time_origin", "\"1970-01-01\""),
        "\"time_origin\" is given, but time_span is not since_date; remove it");
    ConfigJson absolute = ModelConfigTest.timed("1").with("time_span", "\"since_date\"");
    refused(
        absolute,
        "\"time_origin\" is missing; time_span since_date needs the day, such as 1970-01-01");
    refused(
        absolute.with("time_origin", "\"1970\""),
        "\"time_origin\" must be a date of ISO 8601, such as 1970-01-01, but is \"1970\"");
    refused(
        absolute.with("time_origin", "\"1970-01-01\""),
        "\"time_transform\" is log1p, but times since a date may be negative; set none or floor");
    refused(
        ModelConfigTest.timed("1").with("time_special_tokens", "0"),
        "\"time_special_tokens\" must be a text, but is 0");
  }

  @Test
  void values() {
    assertThat(ModelConfigTest.valued(EmbeddingKind.LINEAR).read().valueEmbedding().activation())
        .isNull();
    assertThat(
            ModelConfigTest.valued(EmbeddingKind.CODE_VECTOR).read().valueEmbedding().hiddenSize())
        .isZero();
    for (String key : List.of("value_scale", "value_missing")) {
      refused(
          ModelConfigTest.valued(EmbeddingKind.LINEAR).without(key),
          "\""
              + key
              + "\" is missing; the model reads values, and there is no usual way to read them");
      refused(
          ConfigJson.minimal().with(key, "\"raw\""),
          "\""
              + key
              + "\" is given, but embedding_inputs has no \"value\"; remove it or change"
              + " embedding_inputs");
    }
    refused(
        ModelConfigTest.valued(EmbeddingKind.MLP).without("value_hidden_size"),
        "\"value_hidden_size\" is missing; the model reads values, and there is no usual way to read"
            + " them");
    refused(
        ModelConfigTest.valued(EmbeddingKind.LINEAR).with("value_activation", "\"gelu\""),
        "\"value_activation\" is given, but the value input is not of the kind \"mlp\"; remove it or"
            + " change embedding_inputs");
    refused(
        ModelConfigTest.valued(EmbeddingKind.SINE),
        "\"embedding_inputs.value\" must be one of linear, mlp, code_vector, but is \"sine\"");
    refused(
        ModelConfigTest.valued(EmbeddingKind.LINEAR).with("value_scale", "\"log\""),
        "\"value_scale\" must be one of raw, standardised, but is \"log\"");
    refused(
        ModelConfigTest.valued(EmbeddingKind.LINEAR).with("value_missing", "\"mean\""),
        "\"value_missing\" must be one of nothing, zero, but is \"mean\"");
  }

  @Test
  void maskValue() {
    refused(
        ConfigJson.minimal().with("attention_mask_value", "1e4"),
        "\"attention_mask_value\" must not be above 0, it is added to the scores of padding, but is"
            + " 10000.0");
    refused(
        ConfigJson.minimal().with("attention_mask_value", "\"-infinity\""),
        "\"attention_mask_value\" must be a number, but is the text \"-infinity\"");
    refused(
        ConfigJson.minimal().with("attention_mask_value", "-1e999"),
        "the number -1e999 is too large for a double");
  }

  @Test
  void poolings() {
    refused(
        ConfigJson.minimal().without("cls_token_id"),
        "\"pooling\" is cls (the default), which needs cls_token_id; give it or another pooling");
    refused(
        ConfigJson.minimal().with("pooling", "\"mean\"").with("pooler", "true"),
        "\"pooler_activation\" is missing; tanh, BERT's, is taken with cls pooling alone");
    refused(
        gru("4", "\"final_states\"", "\"all\"").with("pooler", "true"),
        "\"pooler\" is true, but pooling is bigru; it needs another pooling");
  }

  @Test
  void gruKeys() {
    for (String entry :
        List.of("gru_hidden_size:4", "gru_read:\"last_position\"", "gru_over:\"all\"")) {
      String key = entry.substring(0, entry.indexOf(':'));
      String value = entry.substring(entry.indexOf(':') + 1);
      refused(
          ConfigJson.minimal().with(key, value),
          "\"" + key + "\" is given, but pooling is not bigru; remove it or set pooling");
      ConfigJson without = gru("4", "\"final_states\"", "\"all\"").without(key);
      assertThatThrownBy(without::read)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("config.json: \"" + key + "\" is missing; it must be ");
    }
    refused(
        gru("0", "\"final_states\"", "\"all\""),
        "\"gru_hidden_size\" must be from 1 to 16777216, but is 0");
    refused(
        gru("4", "\"first\"", "\"all\""),
        "\"gru_read\" must be one of last_position, final_states, but is \"first\"");
    refused(
        gru("4", "\"final_states\"", "\"some\""),
        "\"gru_over\" must be one of all, real, but is \"some\"");
  }

  @Test
  void tabular() {
    tabularRefused("[]", "\"tabular\" must be an object, but is a list");
    tabularRefused("{}", "\"tabular.features\" is missing; it must be a list");
    tabularRefused(
        "{\"features\":[],\"hidden_sizes\":[]}",
        "\"tabular.features\" must name at least one feature; leave tabular out if there is none");
    tabularRefused(
        "{\"features\":[{\"name\":\"a\",\"mean\":0,\"std\":1},{\"name\":\"a\",\"mean\":1,"
            + "\"std\":1}],\"hidden_sizes\":[]}",
        "\"tabular.features\" names \"a\" twice; remove one");
    tabularRefused(
        "{\"features\":[{\"name\":\" \",\"mean\":0,\"std\":1}],\"hidden_sizes\":[]}",
        "\"tabular.features[0].name\" must not be empty");
    for (String std : List.of("0", "-1")) {
      tabularRefused(
          "{\"features\":[{\"name\":\"a\",\"mean\":0,\"std\":" + std + "}],\"hidden_sizes\":[]}",
          "\"tabular.features[0].std\" must be above 0, but is " + Double.parseDouble(std));
    }
    tabularRefused(
        "{\"features\":[{\"name\":\"a\",\"mean\":0}],\"hidden_sizes\":[]}",
        "\"tabular.features[0].std\" is missing; it must be a number");
    tabularRefused(
        "{\"features\":[{\"name\":\"a\",\"std\":1}],\"hidden_sizes\":[]}",
        "\"tabular.features[0].mean\" is missing; it must be a number");
    tabularRefused(
        "{\"features\":[{\"name\":\"a\",\"mean\":0,\"std\":1,\"min\":0}],\"hidden_sizes\":[]}",
        "\"tabular.features[0].min\" is not a known key; allowed are name, mean, std");
    tabularRefused(
        "{\"features\":" + ONE_FEATURE + "}",
        "\"tabular.hidden_sizes\" is missing; it must be a list");
    tabularRefused(
        "{\"features\":" + ONE_FEATURE + ",\"hidden_sizes\":[4,0],\"activation\":\"relu\"}",
        "\"tabular.hidden_sizes[1]\" must be from 1 to 16777216, but is 0");
    tabularRefused(
        "{\"features\":" + ONE_FEATURE + ",\"hidden_sizes\":[4]}",
        "\"tabular.activation\" is missing; it must say which activation follows the hidden layers,"
            + " one of "
            + ACTIVATIONS);
    tabularRefused(
        "{\"features\":" + ONE_FEATURE + ",\"hidden_sizes\":[],\"activation\":\"elu\"}",
        "\"tabular.activation\" must be one of " + ACTIVATIONS + ", but is \"elu\"");
    tabularRefused(
        "{\"features\":" + ONE_FEATURE + ",\"hidden_size\":[4]}",
        "\"tabular.hidden_size\" is not a known key; allowed are features, hidden_sizes,"
            + " activation, classifier_layer");
    for (int layer : new int[] {-1, 1}) {
      boolean negative = layer < 0;
      tabularRefused(
          "{\"features\":"
              + ONE_FEATURE
              + ",\"hidden_sizes\":[],\"classifier_layer\":"
              + layer
              + "}",
          "\"tabular.classifier_layer\" must be from 0 to "
              + (negative ? "16777216" : "0, the classifier's last layer")
              + ", but is "
              + layer);
    }
  }

  @Test
  void meanAndAges() {
    refused(
        ConfigJson.minimal().with("mean_over", "\"all\""),
        "\"mean_over\" is given, but pooling is not mean; remove it or set pooling");
    refused(
        ConfigJson.minimal().with("age_rows_per_year", "0"),
        "\"age_rows_per_year\" must be from 1 to 16777216, but is 0");
  }

  @Test
  void classifier() {
    classifierRefused(
        "{\"num_labels\":0}", "\"classifier.num_labels\" must be from 1 to 16777216, but is 0");
    classifierRefused(
        "{\"num_labels\":\"two\"}",
        "\"classifier.num_labels\" must be a whole number, but is the text \"two\"");
    classifierRefused(
        "{\"hidden_sizes\":[8]}",
        "\"classifier.activation\" is missing; it must say which activation follows the hidden"
            + " layers, one of "
            + ACTIVATIONS);
    classifierRefused(
        "{\"hidden_sizes\":[\"8\"]}",
        "\"classifier.hidden_sizes[0]\" must be a whole number, but is the text \"8\"");
    classifierRefused(
        "{\"labels\":2}",
        "\"classifier.labels\" is not a known key; allowed are hidden_sizes, activation,"
            + " num_labels");
    refused(
        ConfigJson.minimal().with("num_labels", "2"),
        "\"num_labels\" is 2, but classifier.num_labels is 1; set the latter");
    refused(
        ConfigJson.minimal().with("num_labels", "2").with("classifier", "{\"num_labels\":3}"),
        "\"num_labels\" is 2, but classifier.num_labels is 3; set the latter");
  }

  @Test
  void namesOfClassesMustFitTheLabels() {
    refusedNames(
        "{\"0\":\"a\",\"1\":\"b\",\"2\":\"c\"}", 2, "labels 0 to 1, but has the keys 0, 1, 2");
    refusedNames("{\"0\":\"a\",\"2\":\"b\"}", 2, "labels 0 to 1, but has the keys 0, 2");
    refusedNames("{\"1\":\"a\"}", 1, "labels 0 to 0, or the classes 0 and 1, but has the keys 1");
    refused(named("{\"0\":\"\"}", 1), "\"id2label.0\" must not be empty");
    refused(named("{\"0\":[]}", 1), "\"id2label.0\" must be a text, but is a list");
  }

  private static ConfigJson named(String names, int labels) {
    return ConfigJson.minimal()
        .with("id2label", names)
        .with("classifier", "{\"num_labels\":" + labels + "}");
  }

  private static void refusedNames(String names, int labels, String problem) {
    refused(
        named(names, labels),
        "\"id2label\" must name the " + problem + "; correct it, or leave it out");
  }

  @Test
  void unsupportedOptions() {
    refused(
        ConfigJson.minimal().with("problem_type", "\"regression\""),
        "\"problem_type\" is regression, which is not supported: only models that predict classes"
            + " or labels can be explained");
    refused(
        ConfigJson.minimal().with("problem_type", "\"multilabel\""),
        "\"problem_type\" must be one of single_label_classification, multi_label_classification,"
            + " but is \"multilabel\"");
    for (String type : List.of("relative_key", "relative_key_query", "rotary")) {
      refused(
          ConfigJson.minimal().with("position_embedding_type", "\"" + type + "\""),
          "\"position_embedding_type\" \""
              + type
              + "\" is not supported; only absolute positions are");
    }
    for (String key : List.of("is_encoder_decoder", "add_cross_attention")) {
      refused(
          ConfigJson.minimal().with(key, "true"),
          "\""
              + key
              + "\" is true, which is not supported; encoders and decoders are, one at a time");
    }
    refused(
        ConfigJson.minimal().with("model_type", "\"roberta\""),
        "\"model_type\" \"roberta\" is not supported: its first position is row pad_token_id + 1"
            + " of the table; import it with --set model_type=bert --set"
            + " import.position_first_row=2, or whatever that is");
  }

  @ParameterizedTest
  @CsvSource({
    "atention_scale, attention_scale",
    "attention_scales, attention_scale",
    "attribution_pont, attribution_point",
    "norm_frist, norm_first",
    "poolin, pooling",
    "poling, pooling",
    "residuals, residual",
    "tabluar, tabular",
    "clasifier, classifier",
    "embeding_inputs, embedding_inputs",
    "embedding_input, embedding_inputs",
    "visit_indx, visit_index",
    "gru_reads, gru_read",
    "Pooler, pooler",
    "attention_mask_values, attention_mask_value",
    "sep_tokens_id, sep_token_id",
    "hidden_sizes, hidden_size",
    "hiden_size, hidden_size"
  })
  void misspeltKeysAreRefusedWithTheLikelyOne(String key, String meant) {
    String message = "\"" + key + "\" is not a known key; did you mean \"" + meant + "\"?";
    refused(ConfigJson.minimal().with(key, "null"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "a, '', 1",
    "'', ab, 2",
    "kitten, kitten, 0",
    "abc, abd, 1",
    "abc, acb, 2",
    "abc, abcd, 1",
    "abc, bc, 1",
    "abc, xaby, 2",
    "flaw, lawn, 2",
    "abc, abcdef, 3"
  })
  void editDistances(String a, String b, int distance) {
    assertThat(ConfigKeys.editDistance(a, b)).isEqualTo(distance);
    assertThat(ConfigKeys.editDistance(b, a)).isEqualTo(distance);
  }

  @Test
  void notAnObject() {
    for (String text : List.of("[]", "3", "\"x\"", "null")) {
      assertThatThrownBy(() -> ModelConfig.parse(text, "config.json"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("config.json: must hold a JSON object, { ... }, but holds ");
    }
  }

  private static ConfigJson gru(String size, String read, String over) {
    return ConfigJson.minimal()
        .with("pooling", "\"bigru\"")
        .with("gru_hidden_size", size)
        .with("gru_read", read)
        .with("gru_over", over);
  }

  private static void tabularRefused(String json, String message) {
    refused(ConfigJson.minimal().with("tabular", json), message);
  }

  private static void classifierRefused(String json, String message) {
    refused(ConfigJson.minimal().with("classifier", json), message);
  }

  private static void refused(ConfigJson config, String message) {
    assertThatThrownBy(config::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("config.json: " + message);
  }
}
