package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyTest {
  @TempDir Path folder;

  @Test
  void looksUpInBothDirections() throws Exception {
    Vocabulary vocabulary = read("{\"[PAD]\":0,\"d_I10\":7,\"m_C03C\":3}");

    assertThat(vocabulary.size()).isEqualTo(3);
    assertThat(vocabulary.idOf("d_I10")).hasValue(7);
    assertThat(vocabulary.idOf("nope")).isEmpty();
    assertThat(vocabulary.codeOf(3)).hasValue("m_C03C");
    assertThat(vocabulary.codeOf(1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | the vocabulary has no code",
        "{\"a\":1,\"b\":1} | \"a\" and \"b\" have the same id 1; give each code its own",
        "{\"a\":-1} | the id of \"a\" must not be negative: -1",
        "{\"a\":1.5} | \"a\" must be a whole number, but is 1.5",
        "{\"a\":\"1\"} | \"a\" must be a whole number, but is the text \"1\"",
        "{\"a\":null} | \"a\" is null; it must be a whole number",
        "{\"a\":1,\"a\":2} | the key \"a\" occurs twice in one object; remove one",
        "[\"a\"] | must hold a JSON object, { ... }, but holds a list"
      })
  void refusals(String json, String message) throws Exception {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder.resolve("vocab.json") + ": " + message);
  }

  @Test
  void idsMustHaveARow() {
    Vocabulary vocabulary = Vocabulary.of(Map.of("a", 0, "b", 9));

    assertThat(vocabulary.requireWithin(10)).isSameAs(vocabulary);
    assertThatThrownBy(() -> vocabulary.requireWithin(9))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "vocabulary: the id 9 of \"b\" is not below the model's vocab_size 9; is it another"
                + " model's vocabulary?");
  }

  private Vocabulary read(String json) throws Exception {
    return Vocabulary.read(Files.writeString(folder.resolve("vocab.json"), json));
  }
}
