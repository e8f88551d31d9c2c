package dev.gsig.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Ids of special tokens, found in the vocabulary under their usual names. */
final class SpecialIds {
  private static final List<String> KINDS = List.of("pad", "cls", "sep", "mask", "unk");

  /** What encoders that begin and end a sequence as a sentence call the two. */
  private static final Map<String, String> SENTENCE = Map.of("cls", "<s>", "sep", "</s>");

  private SpecialIds() {}

  /**
   * The keys of the configuration that the vocabulary answers.
   *
   * @param folder holds Hugging Face's tokenizer files, perhaps; null for none
   */
  static Map<String, Object> of(Map<String, Integer> vocabulary, Path folder) {
    Map<String, Object> ids = new LinkedHashMap<>();
    for (String kind : KINDS) {
      for (String name : names(kind, folder)) {
        Integer id = vocabulary.get(name);
        if (id != null) {
          ids.putIfAbsent(kind + "_token_id", id);
        }
      }
    }
    return ids;
  }

  /** The names that a token may have, the likeliest first. */
  private static List<String> names(String kind, Path folder) {
    String upper = kind.toUpperCase(Locale.ROOT);
    List<String> names = new ArrayList<>();
    names.add(TokenizerFiles.special(folder, kind));
    names.addAll(List.of("[" + upper + "]", upper, "<" + kind + ">", "[" + kind + "]"));
    names.add(SENTENCE.get(kind));
    names.removeIf(name -> name == null);
    return names;
  }
}
