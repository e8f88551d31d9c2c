package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfoCommandTest {
  @TempDir Path temp;

  @Test
  void showsWhatTheFolderHolds() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Cli.Outcome info = Cli.run("info", "--model", fixture.model);

    assertThat(info.code()).isZero();
    assertThat(info.err()).isEmpty();
    assertThat(info.out())
        .contains("3 layers, width 21, 7 heads of 3, feed-forward 17 silu, pre-norm")
        .contains("code + position (sinusoidal)")
        .contains("9 tokens")
        .contains("at the code embedding")
        .contains("2 values (age, sex)")
        .contains("23 -> 5 relu -> 1 logit")
        .contains("26 codes")
        .contains("PAD 0, CLS 1, SEP 2, MASK 3, UNK 4")
        .contains("inert")
        .contains(FileHash.sha256(fixture.weights()))
        .contains("simd: float32")
        .contains("means of 3 validation patients");
  }

  @Test
  void speaksJson() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Cli.Outcome info = Cli.run("info", "--json", "--model", fixture.model, "--backend", "ejml");

    assertThat(info.outLines()).hasSize(1);
    JsonObject json = Json.object(info.out(), "info");
    assertThat(json.integer("num_hidden_layers")).isEqualTo(3);
    assertThat(json.integer("vocabulary_size")).isEqualTo(26);
    assertThat(json.string("attribution_point")).isEqualTo("code");
    assertThat(json.strings("tabular_features")).containsExactly("age", "sex");
    assertThat(json.object("special_tokens").integer("unk")).isEqualTo(4);
    assertThat(json.string("weights_sha256")).isEqualTo(FileHash.sha256(fixture.weights()));
    assertThat(json.string("backend")).startsWith("ejml");
    assertThat(json.object("baseline").integer("patients")).isEqualTo(3);
    assertThat(json.object("baseline").has("problem")).isFalse();
    assertThat(json.integer("parameters")).isPositive();
  }

  @Test
  void aMissingOrUnusableBaselineIsShown() throws Exception {
    Fixture fixture = Fixture.copy(Fixture.SEQUENCE_ONLY, temp);
    assertThat(Cli.run("info", "--model", fixture.model).out()).contains("none; make it with");
    assertThat(Cli.run("info", "--json", "--model", fixture.model).out())
        .contains("\"baseline\":null");

    Files.write(fixture.baseline(), new byte[20]);
    Cli.Outcome info = Cli.run("info", "--model", fixture.model);
    assertThat(info.code()).isZero();
    assertThat(info.out()).contains("unusable: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert-pooler",
        "bigru-final-real",
        "bigru-last-all",
        "defaults-only",
        "multi-class-named",
        "multi-label",
        "no-cls-no-unk",
        "no-sep-no-mask",
        "pre-norm-no-residual",
        "time-since-birth",
        "visit-age-type"
      })
  void describesEveryKindOfModel(String name) {
    Fixture fixture = Fixture.copy(name, temp);

    Cli.Outcome text = Cli.run("info", "--model", fixture.model);
    assertThat(text.code()).as(text.err()).isZero();
    assertThat(text.out()).doesNotContain("null", "@");
    JsonObject json = Json.object(Cli.run("info", "--json", "--model", fixture.model).out(), name);
    assertThat(json.keys()).contains("pooling", "padding_is_inert");
  }
}
