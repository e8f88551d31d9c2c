package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A learned vector in front of every sequence that is a parameter of its own and no row of the code
 * table. It becomes the row of {@code cls_token_id}, which is a new one behind the table unless the
 * vocabulary or the user names another.
 */
public final class ClsVector {
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final String POSITIONS = "embeddings.position_embeddings.weight";
  private static final String ID = "cls_token_id";
  private static final String KEY = "cls_position";
  private static final List<String> PLACES = List.of("added", "none");

  private ClsVector() {}

  /**
   * Puts the vector into the table, if there is one.
   *
   * @param byName ids of special tokens that the vocabulary names
   */
  public static void find(Draft draft, Map<String, Object> byName) {
    Derived words = draft.targets().get(WORDS);
    List<String> found =
        words == null || !words.isMatrix()
            ? List.of()
            : draft.unused().stream().filter(name -> isVector(draft, name, words)).toList();
    if (found.size() != 1) {
      return;
    }
    Object given = draft.options().config().getOrDefault(ID, byName.get(ID));
    long id = given instanceof Number number ? number.longValue() : words.rows();
    if (id < 0 || id > words.rows()) {
      throw new InvalidInputException(
          draft.source()
              + ": "
              + ID
              + " is "
              + id
              + ", but the code table has "
              + words.rows()
              + " rows; give one of them, or the next for a new one");
    }
    Derived vector = draft.take(found.get(0)).flattened();
    draft.replace(WORDS, words.withRow((int) id, vector));
    draft.settle(ID, id);
    draft.settle("vocab_size", Math.max(id + 1, words.rows()));
    draft.note(ID, id + " (the row of " + found.get(0) + ")");
    position(draft, found.get(0));
  }

  /** A parameter as wide as the model whose name says what it is. */
  private static boolean isVector(Draft draft, String name, Derived words) {
    List<Long> shape = draft.shape(name);
    return name.toLowerCase(Locale.ROOT).matches(".*(^|[._])cls.*")
        && !name.endsWith(".weight")
        && !name.endsWith(".bias")
        && !shape.isEmpty()
        && shape.get(shape.size() - 1) == words.columns()
        && shape.stream().reduce(1L, (a, b) -> a * b) == words.columns();
  }

  /** Whether the vector gets the first position, or codes begin with it and the vector has none. */
  private static void position(Draft draft, String name) {
    Derived positions = draft.targets().get(POSITIONS);
    if (positions == null) {
      return;
    }
    draft.askUnlessChecked(
        "import." + KEY,
        "added",
        "added if the first position is that of "
            + name
            + ", as where it is put in front of the codes before positions are added; none if it has"
            + " no position, and the first code has the first");
    if (draft.options().word(KEY, PLACES).equals("none")) {
      draft.replace(POSITIONS, positions.behindZeros());
      draft.settle("max_position_embeddings", positions.rows() + 1L);
    }
  }
}
