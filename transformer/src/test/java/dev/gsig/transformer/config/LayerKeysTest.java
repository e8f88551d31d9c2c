package dev.gsig.transformer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.AgeInput;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TimeInput.Transform;
import dev.gsig.tensor.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The keys of decoders and modern encoders. */
class LayerKeysTest {
  private static ConfigJson decoder() {
    return ConfigJson.minimal()
        .with("causal", "true")
        .with("pooling", "\"last\"")
        .with("norm_first", "true");
  }

  private static LayerTraits layers(ConfigJson config) {
    return config.read().layers();
  }

  @Test
  void decoders() {
    LayerTraits layers =
        layers(
            decoder()
                .with("num_key_value_heads", "2")
                .with("attention_window", "5")
                .with("layer_types", "[\"sliding_attention\", \"full_attention\"]")
                .with("rotary", "{\"theta\": 500000, \"sliding_theta\": 10000, \"size\": 8}")
                .with("norm", "\"rms_norm\"")
                .with("feed_forward", "\"gated\"")
                .with("parallel_residual", "true")
                .with("shared_parallel_norm", "true")
                .with("first_attention_norm", "false")
                .with("alibi", "true"));
    assertThat(layers)
        .isEqualTo(
            new LayerTraits(
                true,
                2,
                5,
                List.of(true, false),
                new Rotary(500000, 10000, 8, false, Rotary.Over.POSITION),
                true,
                false,
                NormKind.RMS_NORM,
                true,
                true,
                true,
                false));
    assertThat(layers(decoder().with("attention_window", "5")).sliding())
        .containsExactly(true, true);
    assertThat(layers(decoder().with("rotary", "{\"theta\": 1e4}")).rotary())
        .isEqualTo(new Rotary(10000, 10000, 16, false, Rotary.Over.POSITION));
  }

  @Test
  void huggingFacesWordForCausal() {
    ConfigJson config = ConfigJson.minimal().with("is_decoder", "true").with("pooling", "\"mean\"");
    assertThat(layers(config).causal()).isTrue();
    refused(
        config.with("causal", "false"),
        "\"causal\" is false, but is_decoder is true; leave one out");
    refused(
        ConfigJson.minimal().with("is_decoder", "true"),
        "\"pooling\" is cls (the default), whose row sees no other in causal layers; set last");
  }

  @Test
  void whatTimesAreNeededFor() {
    for (ConfigJson config :
        List.of(
            decoder().with("hide_same_time", "true"),
            decoder().with("rotary", "{\"theta\": 10000, \"over\": \"time\"}"))) {
      refused(
          config,
          "\"time_span\" is missing; the model reads times, and there is no usual meaning of them");
      ModelConfig told =
          config
              .with("time_span", "\"since_birth\"")
              .with("time_unit", "\"days\"")
              .with("time_transform", "\"none\"")
              .with("time_special_tokens", "\"visit\"")
              .read();
      assertThat(told.layers().readsTimes()).isTrue();
      assertThat(told.timeInput()).isNotNull();
    }
  }

  @Test
  void rowsMayTurnByAges() {
    ConfigJson turned = decoder().with("rotary", "{\"theta\": 10000, \"over\": \"age\"}");
    refused(
        turned,
        "\"age_transform\" is missing; the model reads ages as numbers: none if they are exact, floor"
            + " if they are whole");
    ModelConfig config = turned.with("age_transform", "\"none\"").read();
    assertThat(config.layers().rotary().over()).isEqualTo(Rotary.Over.AGE);
    assertThat(config.ageInput()).isEqualTo(new AgeInput(1, Transform.NONE));
    assertThat(config.timeInput()).isNull();
  }

  @Test
  void refusals() {
    ConfigJson m = ConfigJson.minimal();
    refused(
        m.with("num_key_value_heads", "3"),
        "\"num_key_value_heads\" is 3, which does not divide num_attention_heads 4");
    m = ConfigJson.minimal();
    refused(
        m.with("layer_types", "[\"sliding_attention\", \"full_attention\"]"),
        "\"layer_types\" names others than full_attention, which needs attention_window");
    m = ConfigJson.minimal().with("attention_window", "4");
    refused(
        m.with("layer_types", "[\"full_attention\"]"),
        "\"layer_types\" has 1 entries, but num_hidden_layers is 2");
    refused(
        m.with("layer_types", "[\"near\", \"far\"]"),
        "\"layer_types\" must hold full_attention and sliding_attention, but has near");
    m = ConfigJson.minimal();
    refused(
        m.with("parallel_residual", "true"),
        "\"parallel_residual\" is true, which needs norm_first true");
    refused(
        ConfigJson.minimal().with("first_attention_norm", "false"),
        "\"first_attention_norm\" is false, which needs norm_first true");
    refused(
        ConfigJson.minimal().with("hide_same_time", "true"),
        "\"hide_same_time\" is true, which needs causal true");
    refused(
        decoder().with("shared_parallel_norm", "true"),
        "\"shared_parallel_norm\" is true, which needs parallel_residual true");
    refused(
        decoder().with("attention_mask_value", "-10000"),
        "\"attention_mask_value\" is -10000.0, but what causal layers and windows hide has no part"
            + " at all; leave it out");
    refused(
        ConfigJson.minimal().with("rotary", "{\"theta\": 1e4, \"size\": 3}"),
        "\"rotary.size\" must be even, features turn in pairs, but is 3");
    refused(
        ConfigJson.minimal().with("rotary", "{\"theta\": 1e4, \"size\": 18}"),
        "\"rotary.size\" must be from 2 to 16, but is 18");
    refused(
        ConfigJson.minimal().with("rotary", "{\"theta\": 1e4, \"over\": \"visit\"}"),
        "\"rotary.over\" must be one of position, time, age, but is \"visit\"");
    refused(
        ConfigJson.minimal().with("feed_forward", "\"double\""),
        "\"feed_forward\" must be plain or gated, but is double");
  }

  @Test
  void readoutsAndHeads() {
    ModelConfig config = decoder().with("head", "\"next_token\"").read();
    assertThat(config.nextToken()).isEqualTo(new NextToken(false));
    assertThat(config.classifier().numLabels()).isEqualTo(config.vocabSize());
    assertThat(
            decoder()
                .with("head", "\"next_token\"")
                .with("tie_word_embeddings", "true")
                .read()
                .nextToken())
        .isEqualTo(new NextToken(true));
    refused(
        decoder().with("head", "\"next_token\"").with("id2label", "{}"),
        "\"id2label\" is given, but head is next_token; leave one out");
    refused(
        decoder().with("head", "\"regression\""),
        "\"head\" must be classifier or next_token, but is \"regression\"");
    ConfigJson pooled = decoder().with("pooler", "true").with("pooler_activation", "\"gelu\"");
    assertThat(pooled.read().pooler()).isEqualTo(Activation.GELU);
    refused(
        decoder().with("pooler_activation", "\"gelu\""),
        "\"pooler_activation\" is given, but pooler is not true");
    refused(
        decoder().with("pooling_hidden_size", "4"),
        "\"pooling_hidden_size\" is given, but pooling is not attention; remove it or set pooling");
  }

  @Test
  void embeddings() {
    ConfigJson joined = ConfigJson.minimal().with("embedding_join", "\"concatenate\"");
    assertThat(joined.read().embeddingJoin()).isEqualTo(new EmbeddingJoin(null, List.of()));
    assertThat(joined.with("embedding_join_activation", "\"gelu\"").read().embeddingJoin())
        .isEqualTo(new EmbeddingJoin(Activation.GELU, List.of()));
    ConfigJson added =
        joined
            .with("embedding_inputs", "{\"visit\": \"learned\", \"token_type\": \"learned\"}")
            .with("embedding_join_added", "[\"token_type\"]");
    assertThat(added.read().embeddingJoin().added()).containsExactly(EmbeddingInput.TOKEN_TYPE);
    refused(
        added.with("embedding_join_added", "[\"age\"]"),
        "\"embedding_join_added\" names age, which embedding_inputs has not");
    refused(
        added.with("embedding_join_added", "[\"visit\", \"token_type\"]"),
        "\"embedding_join_added\" names all inputs, so that none is joined; leave one out");
    joined = ConfigJson.minimal().with("embedding_join", "\"concatenate\"");
    refused(
        joined.with("embedding_inputs", "{}"),
        "\"embedding_join\" is concatenate, but embedding_inputs has none to join");
    refused(
        ConfigJson.minimal().with("embedding_join", "\"mix\""),
        "\"embedding_join\" must be add or concatenate, but is \"mix\"");
    refused(
        ConfigJson.minimal().with("embedding_join_activation", "\"gelu\""),
        "\"embedding_join_activation\" is given, but embedding_join is not concatenate");
    assertThat(ConfigJson.minimal().with("embedding_size", "16").read().embeddingSize())
        .isEqualTo(16);
    refused(
        decoder()
            .with("embedding_size", "16")
            .with("head", "\"next_token\"")
            .with("tie_word_embeddings", "true"),
        "\"embedding_size\" is 16, but the head is tied to a table of hidden_size 64");
  }

  private static void refused(ConfigJson config, String message) {
    assertThatThrownBy(config::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("config.json: " + message);
  }
}
