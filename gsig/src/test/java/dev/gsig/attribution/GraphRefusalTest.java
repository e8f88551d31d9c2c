package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code inputs.json} may not say of a graph: one line that names the key. */
class GraphRefusalTest {
  private static final Path ROOT = Path.of("src/test/resources/graphs");

  @TempDir Path folder;

  /** A model folder whose inputs.json has other values for some keys; null takes a key away. */
  private Path changed(String name, String key, String value) throws IOException {
    for (String file : List.of("model.onnx", "vocab.json")) {
      Files.copy(ROOT.resolve(name).resolve(file), folder.resolve(file));
    }
    Map<String, Object> all = new LinkedHashMap<>(Json.read(inputs(name)).toMap());
    if (key.startsWith("inputs.")) {
      Map<String, Object> inner =
          new LinkedHashMap<>(Json.read(inputs(name)).object("inputs").toMap());
      put(inner, key.substring("inputs.".length()), value);
      all.put("inputs", inner);
    } else {
      put(all, key, value);
    }
    Files.writeString(folder.resolve("inputs.json"), Json.write(all));
    return folder;
  }

  private static Path inputs(String name) {
    return ROOT.resolve(name).resolve("inputs.json");
  }

  private static void put(Map<String, Object> all, String key, String value) {
    if (value == null) {
      all.remove(key);
    } else {
      all.put(key, Json.parse(value, "test"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "multimodal | readuot | 1 | \"readuot\" is not a known key",
        "multimodal | inputs | [] | must be an object",
        "multimodal | inputs.sex | | \"inputs.sex\" is missing",
        "multimodal | inputs.age2 | \"age\" | is no input of the graph",
        "multimodal | inputs.age | \"ages\" | must be one of tokens, mask",
        "multimodal | inputs.age | {\"source\":\"age\",\"first\":1} | inputs.age.first\" is not a"
            + " known key",
        "multimodal | inputs.age | \"tokens\" | must name one input as tokens, but names 2",
        "multimodal | inputs.sex | \"tabular\" | say which tabular value it is",
        "multimodal | inputs.attention_mask | {\"source\":\"mask\",\"real\":2} | must be 1 or 0",
        "multimodal | output | \"logits\" | the graph gives probabilities",
        "multimodal | activation | | comes from a Softmax",
        "multimodal | activation | \"sigmoid\" | but the output comes from Softmax",
        "multimodal | activation | \"tanh\" | must be none, sigmoid or softmax",
        "multimodal | num_labels | 3 | but the model has 2 logits",
        "multimodal | age_transform | | \"age_transform\" is missing",
        "multimodal | value_scale | | \"value_scale\" is missing",
        "multimodal | time_span | \"since_birth\" | is given",
        "multimodal | pad_token_id | 12 | below vocab_size",
        "multimodal | max_position_embeddings | 2 | must be at least 3",
        "multimodal | tabular | | names 0 values, but the graph reads 2",
        "multimodal | inputs.tabular | {\"source\":\"tabular\",\"feature\":\"bmi\"} | is one value,"
            + " but takes 2",
        "../graph-variants/V19 | inputs.age | {\"source\":\"tabular\",\"feature\":\"t9\"} | does"
            + " not name \"t9\", which age takes",
        "../graph-variants/V19 | inputs.tabular | {\"source\":\"constant\",\"value\":0} | names 5"
            + " values, but the graph reads 1",
        "multimodal | padding | \"none\" | can only be in_graph",
        "multimodal | tables | [\"head.weight\"] | must name each of these at most once:"
            + " code.weight",
        "multimodal | tables | [] | is empty",
        "fixed | max_position_embeddings | 16 | was exported for 8 positions",
        "decoder | readout | | say first or last",
        "decoder | readout | \"middle\" | say first or last",
        "two-tables | tables | | the tokens read several tables: weight.weight, code.weight",
        "two-tables | tables_joined | | \"tables_joined\" is missing",
      })
  void namesTheKey(String name, String key, String value, String said) throws IOException {
    Path model = changed(name, key, value);
    assertThatThrownBy(() -> Model.load(model, "ejml"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{\"inputs\": 1}", "{\"inputs\": {}}"})
  void hostileFiles(String text) throws IOException {
    Path model = changed("decoder", "readout", "\"last\"");
    Files.writeString(model.resolve("inputs.json"), text);
    assertThatThrownBy(() -> Model.load(model, "ejml")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void tablesApartAreInputsOfTheirOwn() throws IOException {
    try (Model model = Model.load(changed("two-tables", "tables_joined", "false"), "ejml")) {
      assertThat(model.inputNames()).containsExactly("sequence", "weight.weight");
      assertThat(model.graph().tables()).hasSize(2);
    }
  }

  /** A table that is not named does not move, and the logits are the same. */
  @Test
  void aTableThatIsNotNamedIsInert() throws IOException {
    Path one = changed("two-tables", "tables", "[\"code.weight\"]");
    var patient = CohortReader.readAll(ROOT.resolve("two-tables").resolve("cohort.jsonl")).get(0);
    try (Model few = Model.load(one, "ejml");
        Model both = Model.load(ROOT.resolve("two-tables"), "ejml")) {
      assertThat(few.logits(patient)).containsExactly(both.logits(patient));
    }
  }
}
