package dev.gsig.transformer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Visits, ages and token types that a learned table has no row for. */
class TableIndexTest {
  private static final String CONFIG =
      """
      {"hidden_size":4,"num_hidden_layers":0,"num_attention_heads":2,"intermediate_size":3,
       "hidden_act":"gelu","layer_norm_eps":1e-5,"vocab_size":6,"max_position_embeddings":8,
       "pad_token_id":0,"cls_token_id":1,"sep_token_id":2,"pooling":"mean",
       "embedding_inputs":{"%s":"learned"}}
      """;

  @TempDir Path folder;

  private static Visit visit(double age, int type) {
    return new Visit(null, List.of("a"), age, type);
  }

  private static TokenSequence tokens(WeightsFile weights, Visit... visits) {
    return weights
        .config()
        .tokenizer(Vocabulary.of(Map.of("a", 5)))
        .tokenize(new Trajectory("p", List.of(visits), Map.of(), null));
  }

  /** Reads one patient through a model whose table has three rows. */
  private void read(String input, int rows, Visit... visits) {
    WeightsFile weights = new WeightsFile(CONFIG.formatted(input));
    TokenSequence sequence = tokens(weights, visits);
    Backend backend = Backends.open("ejml");
    Transformer model = Transformer.load(weights.write(folder), weights.config(), backend);
    TokenBatch batch = new TokenBatch(List.of(sequence), rows == 0 ? sequence.length() : rows);
    backend.release(model.addend(backend, batch));
  }

  private void assertRefused(String input, int position, int index, int rows, Visit... visits) {
    assertThatThrownBy(() -> read(input, rows, visits))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "position %d of the sequence has the %s input %d, but"
                + " 'embeddings.%s_embeddings.weight' has only 3 rows; leave out older visits, or"
                + " use a model with a larger table",
            position, input, index, input);
  }

  @Test
  void visits() {
    Visit v = visit(1, 1);
    read("visit", 0, v, v, v);
    // padded, the eighth position is of a fourth visit
    assertRefused("visit", 7, 3, 8, v, v, v);
    // seven of eight tokens are kept, the oldest being a SEP
    assertRefused("visit", 6, 3, 0, v, v, v, v);
  }

  @Test
  void ages() {
    read("age", 0, visit(2.99, 0), visit(0, 0));
    assertRefused("age", 3, 3, 0, visit(2, 0), visit(3.01, 0));
    assertRefused("age", 0, 61, 0, visit(61, 0));
  }

  @Test
  void tokenTypes() {
    read("token_type", 0, visit(99, 2), visit(99, 0));
    assertRefused("token_type", 0, 3, 0, visit(99, 3));
  }

  @Test
  void aBatchNamesThePositionWithinItsSequence() {
    WeightsFile weights = new WeightsFile(CONFIG.formatted("age"));
    List<TokenSequence> two =
        List.of(tokens(weights, visit(1, 0)), tokens(weights, visit(1, 0), visit(7, 0)));
    Backend backend = Backends.open("ejml");
    Transformer model = Transformer.load(weights.write(folder), weights.config(), backend);
    assertThatThrownBy(() -> model.addend(backend, new TokenBatch(two, 8)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("position 3 of the sequence has the age input 7,");
  }

  @Test
  void aBatchTooShortForItsTokensIsAProgrammingError() {
    WeightsFile weights = new WeightsFile(CONFIG.formatted("visit"));
    TokenSequence sequence = tokens(weights, visit(1, 0));
    assertThat(sequence.length()).isEqualTo(3);
    for (int rows : new int[] {0, 2, 9}) {
      assertThatThrownBy(() -> new TokenBatch(List.of(sequence), rows))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(rows + " rows for 3 tokens");
    }
  }
}
