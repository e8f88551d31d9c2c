package dev.gsig.importer;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Ids of special tokens, found in the vocabulary under their usual names. */
final class SpecialIds {
  private static final List<String> KINDS = List.of("pad", "cls", "sep", "mask", "unk");
  private static final List<String> FILES =
      List.of("special_tokens_map.json", "tokenizer_config.json");

  private SpecialIds() {}

  /**
   * The keys of the configuration that the vocabulary answers.
   *
   * @param folder holds Hugging Face's tokenizer files, perhaps; null for none
   */
  static Map<String, Object> of(Map<String, Integer> vocabulary, Path folder) {
    Map<String, Object> ids = new LinkedHashMap<>();
    for (String kind : KINDS) {
      String upper = kind.toUpperCase(Locale.ROOT);
      for (String name :
          List.of(
              named(folder, kind), "[" + upper + "]", upper, "<" + kind + ">", "[" + kind + "]")) {
        Integer id = vocabulary.get(name);
        if (id != null) {
          ids.putIfAbsent(kind + "_token_id", id);
        }
      }
    }
    return ids;
  }

  /** What the tokenizer calls a token; a name that no vocabulary has if it does not say. */
  private static String named(Path folder, String kind) {
    for (String file : FILES) {
      if (folder != null && Files.exists(folder.resolve(file))) {
        JsonObject json = Json.read(folder.resolve(file));
        Object value = json.raw(kind + "_token");
        if (value instanceof Map<?, ?> token) {
          value = token.get("content");
        }
        if (value instanceof String name) {
          return name;
        }
      }
    }
    return "";
  }
}
