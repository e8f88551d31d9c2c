package dev.gsig.importer;

import dev.gsig.importer.internal.family.Derived;
import dev.gsig.importer.internal.family.Draft;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Special tokens of causal models. Their configurations name a first and a last token, {@code
 * bos_token_id} and {@code eos_token_id}, but whether sequences have them is the tokenizer's; and
 * often they name no PAD.
 */
final class DecoderTokens {
  private static final String PAD = "pad_token_id";
  private static final String FIRST = "cls_token_id";
  private static final String END = "sep_token_id";

  private DecoderTokens() {}

  /**
   * Tells them, as far as the tokenizer does, and asks for the rest. Nothing is done for other
   * models.
   *
   * @param codes the vocabulary; null for none
   * @param special ids by their names in the vocabulary; what the tokenizer contradicts is removed
   * @param folder of the vocabulary; null for none
   */
  static void tell(
      Draft draft, Map<String, Integer> codes, Map<String, Object> special, Path folder) {
    if (!Boolean.TRUE.equals(draft.facts().get("causal"))) {
      return;
    }
    if (!draft.options().gives(FIRST)) {
      first(draft, special, folder);
    }
    if (!draft.options().gives(END)) {
      end(draft, special, folder);
    }
    boolean told =
        draft.options().gives(PAD) || draft.facts().containsKey(PAD) || special.containsKey(PAD);
    if (!told && codes != null && "last".equals(draft.facts().get("pooling"))) {
      pad(draft, codes, special);
    }
  }

  /** The token in front of every sequence, if there is one. */
  private static void first(Draft draft, Map<String, Object> special, Path folder) {
    Integer id = token(draft, "bos_token_id");
    Boolean added = TokenizerFiles.adds(folder, "bos");
    if (Boolean.FALSE.equals(added)) {
      special.remove(FIRST);
      draft.note(FIRST, "none (the tokenizer's add_bos_token is false)");
    } else if (id != null && Boolean.TRUE.equals(added)) {
      draft.settle(FIRST, (long) id);
      draft.note(FIRST, id + " (the tokenizer's add_bos_token is true)");
    } else if (id != null && !special.containsKey(FIRST)) {
      draft.askUnlessChecked(
          FIRST, null, "bos_token_id, " + id + ", if every sequence begins with it; else null");
    }
  }

  /** The token behind a sequence; SEP stands behind every visit, which is not the same. */
  private static void end(Draft draft, Map<String, Object> special, Path folder) {
    Integer id = token(draft, "eos_token_id");
    Boolean added = TokenizerFiles.adds(folder, "eos");
    if (Boolean.FALSE.equals(added)) {
      special.remove(END, id);
    } else if (id != null && (Boolean.TRUE.equals(added) || id.equals(special.get(END)))) {
      draft.askUnlessChecked(
          END, null, "eos_token_id, " + id + ", if every visit ends with it; else null");
    }
  }

  /**
   * PAD where none is told. It stands behind the last row that is read, which a causal model sees
   * no further than: any id will do that no code of a patient has, that of the last token or one
   * without a code.
   */
  private static void pad(Draft draft, Map<String, Integer> codes, Map<String, Object> special) {
    Set<Integer> taken = new HashSet<>(codes.values());
    Integer last = token(draft, "eos_token_id");
    Set<Object> used = new HashSet<>(special.values());
    for (String kind : List.of("cls", "sep", "mask", "unk")) {
      used.add(token(draft, kind + "_token_id"));
    }
    Integer free = last == null || used.contains(last) ? null : last;
    for (int id = rows(draft) - 1; id >= 0 && free == null; id--) {
      free = taken.contains(id) || used.contains(id) ? null : (Integer) id;
    }
    if (free == null) {
      draft.ask(PAD, "the id of PAD, which changes nothing here: any that no patient's code has");
    } else {
      draft.assume(PAD, (long) free, "it changes nothing behind the last row that is read");
    }
  }

  /** The id of a token that the model has a row for, or null. */
  private static Integer token(Draft draft, String key) {
    return draft.given().get(key) instanceof Long id && id >= 0 && id < rows(draft)
        ? id.intValue()
        : null;
  }

  private static int rows(Draft draft) {
    Derived words = draft.targets().get("embeddings.word_embeddings.weight");
    return words == null || words.shape().isEmpty()
        ? 0
        : (int) Math.min(words.shape().get(0), Integer.MAX_VALUE);
  }
}
