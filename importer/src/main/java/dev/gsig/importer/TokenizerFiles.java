package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What Hugging Face's tokenizers keep in files beside a vocabulary, read as they read it. */
final class TokenizerFiles {
  static final String TOKENIZER = "tokenizer.json";
  private static final String ADDED = "added_tokens.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIAL = "special_tokens_map.json";
  private static final String DECODER = "added_tokens_decoder";

  /** Models whose tokens are whole entries of one vocabulary, each with its id. */
  private static final Set<String> READABLE = Set.of("WordLevel", "WordPiece");

  private TokenizerFiles() {}

  /** The tokenizer files that are in a folder. */
  static List<Path> in(Path folder) {
    List<Path> files = new ArrayList<>();
    for (String name : List.of(ADDED, CONFIG, SPECIAL)) {
      if (Files.exists(folder.resolve(name))) {
        files.add(folder.resolve(name));
      }
    }
    return files;
  }

  /**
   * The vocabulary in a {@code tokenizer.json}: the model's, and the tokens that were added.
   *
   * @throws InvalidInputException if its model has no vocabulary of whole tokens
   */
  static Map<String, Integer> vocabulary(Path file) {
    JsonObject tokenizer = Json.read(file);
    JsonObject model = tokenizer.object("model");
    String type = model.stringOrNull("type");
    boolean readable = type == null ? !model.has("merges") : READABLE.contains(type);
    if (!readable) {
      throw new InvalidInputException(
          file
              + ": its model is "
              + (type == null ? "BPE" : Json.quote(type))
              + ", which splits codes into pieces; only WordLevel and WordPiece are read; write the"
              + " vocabulary as JSON, {\"code\": id}, and name it with --vocab");
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    JsonObject vocabulary = model.object("vocab");
    vocabulary.keys().forEach(code -> ids.put(code, vocabulary.integer(code)));
    if (tokenizer.has("added_tokens")) {
      for (JsonObject token : tokenizer.objects("added_tokens")) {
        add(ids, token.string("content"), token.integer("id"), file);
      }
    }
    return ids;
  }

  /** Adds the tokens that were added to a vocabulary after it was made. */
  static void addTo(Map<String, Integer> ids, Path folder) {
    Path added = folder.resolve(ADDED);
    if (Files.exists(added)) {
      JsonObject json = Json.read(added);
      json.keys().forEach(code -> add(ids, code, json.integer(code), added));
    }
    Path config = folder.resolve(CONFIG);
    JsonObject decoder = Files.exists(config) ? Json.read(config).objectOrNull(DECODER) : null;
    if (decoder != null) {
      for (String id : decoder.keys()) {
        if (!id.matches("\\d{1,9}")) {
          throw decoder.invalid(id, "must be an id, a whole number from 0 up");
        }
        add(ids, decoder.object(id).string("content"), Integer.parseInt(id), config);
      }
    }
  }

  private static void add(Map<String, Integer> ids, String code, int id, Path file) {
    Integer before = ids.putIfAbsent(code, id);
    if (before != null && before != id) {
      throw new InvalidInputException(
          file
              + ": adds "
              + Json.quote(code)
              + " with the id "
              + id
              + ", but the vocabulary has it with "
              + before
              + "; correct one of them");
    }
  }

  /**
   * The file that says that the tokenizer makes letters small before it looks a code up.
   *
   * @param folder where the tokenizer's files are
   * @return null if none does
   */
  static Path lowerCasing(Path folder) {
    JsonObject config = read(folder.resolve(CONFIG));
    if (config != null && Boolean.TRUE.equals(config.raw("do_lower_case"))) {
      return folder.resolve(CONFIG);
    }
    JsonObject tokenizer = read(folder.resolve(TOKENIZER));
    return tokenizer != null && isLowerCasing(tokenizer.raw("normalizer"))
        ? folder.resolve(TOKENIZER)
        : null;
  }

  private static boolean isLowerCasing(Object normalizer) {
    if (normalizer instanceof List<?> several) {
      return several.stream().anyMatch(TokenizerFiles::isLowerCasing);
    }
    return normalizer instanceof Map<?, ?> one
        && ("Lowercase".equals(one.get("type"))
            || Boolean.TRUE.equals(one.get("lowercase"))
            || isLowerCasing(one.get("normalizers")));
  }

  /**
   * What the tokenizer calls a special token.
   *
   * @param folder null for none
   * @param kind for example {@code cls}
   * @return null if it does not say
   */
  static String special(Path folder, String kind) {
    if (folder == null) {
      return null;
    }
    JsonObject config = read(folder.resolve(CONFIG));
    JsonObject map = read(folder.resolve(SPECIAL));
    // Since the configuration lists the added tokens, it is the one that counts.
    boolean configCounts = config != null && config.has(DECODER);
    String first = name(configCounts ? config : map, kind);
    return first != null ? first : name(configCounts ? map : config, kind);
  }

  /**
   * Whether the tokenizer puts a token in front of a sequence or behind it.
   *
   * @param folder null for none
   * @param kind {@code bos} or {@code eos}
   * @return null if it does not say
   */
  static Boolean adds(Path folder, String kind) {
    JsonObject config = folder == null ? null : read(folder.resolve(CONFIG));
    return (config != null && config.raw("add_" + kind + "_token") instanceof Boolean adds)
        ? adds
        : null;
  }

  private static JsonObject read(Path file) {
    return Files.exists(file) ? Json.read(file) : null;
  }

  /** A token is written as text, or as an object with its {@code content}. */
  private static String name(JsonObject json, String kind) {
    Object value = json == null ? null : json.raw(kind + "_token");
    if (value instanceof Map<?, ?> token) {
      value = token.get("content");
    }
    return value instanceof String name ? name : null;
  }
}
