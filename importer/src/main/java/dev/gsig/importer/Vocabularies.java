package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LfsPointer;
import dev.gsig.ehr.internal.Utf8;
import dev.gsig.importer.internal.pickle.PickleException;
import dev.gsig.importer.internal.pickle.PickleReader;
import dev.gsig.importer.internal.pickle.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Vocabularies: {@code vocab.json}, Hugging Face's {@code vocab.txt} (one code a line), and pickles
 * of a dictionary (BEHRT's {@code {"token2idx": {...}}}, or {@code {"code": id}}).
 */
final class Vocabularies {
  private static final int LARGEST = 64 << 20;
  private static final List<String> INNER = List.of("token2idx", "token_to_id", "stoi", "vocab");

  private Vocabularies() {}

  /** The vocabulary in a folder, or null. */
  static Path find(Path folder) {
    for (String name : List.of("vocab.json", "vocab.txt", "vocab.pkl")) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    return null;
  }

  /** Reads a vocabulary; every id is given once. */
  static Map<String, Integer> read(Path file) {
    LfsPointer.refuse(file);
    String name = file.toString();
    Map<String, Integer> ids =
        name.matches(".*\\.(pkl|pickle|p)")
            ? pickle(file)
            : name.endsWith(".txt") ? lines(file) : json(Json.read(file));
    Vocabulary.of(ids);
    return ids;
  }

  private static Map<String, Integer> json(JsonObject json) {
    JsonObject inner = json;
    for (String key : INNER) {
      if (json.keys().contains(key) && json.raw(key) instanceof Map) {
        inner = json.object(key);
      }
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String code : inner.keys()) {
      ids.put(code, inner.integer(code));
    }
    return ids;
  }

  private static Map<String, Integer> lines(Path file) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String line : Utf8.read(file, LARGEST).split("\r?\n")) {
      if (ids.put(line, ids.size()) != null) {
        throw new InvalidInputException(
            file + ": line " + (ids.size() + 1) + ": " + Json.quote(line) + " is there twice");
      }
    }
    return ids;
  }

  private static Map<String, Integer> pickle(Path file) {
    try {
      Object value = PickleReader.read(bytes(file), Rules.PLAIN);
      for (String key : INNER) {
        if (value instanceof Map<?, ?> map && map.get(key) instanceof Map<?, ?> inner) {
          value = inner;
        }
      }
      Map<String, Integer> ids = new LinkedHashMap<>();
      if (value instanceof Map<?, ?> map) {
        map.forEach(
            (code, id) -> {
              if (code instanceof String || code instanceof Long) {
                ids.put(code.toString(), id instanceof Long n ? Math.toIntExact(n) : -1);
              }
            });
      }
      if (ids.isEmpty() || ids.containsValue(-1)) {
        throw new PickleException("it holds no dictionary of codes to whole numbers");
      }
      return ids;
    } catch (PickleException | ArithmeticException e) {
      throw new InvalidInputException(
          file
              + ": refused, and nothing was executed: "
              + e.getMessage()
              + "; write the vocabulary as JSON, {\"code\": id}",
          e);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new InvalidInputException(file + ": is larger than 64 MiB; is it a vocabulary?");
    }
    return Files.readAllBytes(file);
  }
}
