package dev.gsig.importer;

import dev.gsig.ehr.CodeValues;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Vocabularies: {@code vocab.json}, Hugging Face's {@code vocab.txt} (one code a line) and {@code
 * tokenizer.json}, and pickles of a dictionary (BEHRT's {@code {"token2idx": {...}}}, or {@code
 * {"code": id}}).
 */
final class Vocabularies {
  private static final int LARGEST = 64 << 20;
  private static final List<String> INNER = List.of("token2idx", "token_to_id", "stoi", "vocab");

  private static final List<String> NAMES =
      List.of("vocab.json", "vocab.txt", TokenizerFiles.TOKENIZER, "vocab.pkl");

  private Vocabularies() {}

  /** The vocabulary in a folder, or null. */
  static Path find(Path folder) {
    for (String name : NAMES) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    return null;
  }

  /** A vocabulary's file, and those beside it that are read with it. */
  static List<Path> files(Path file) {
    List<Path> files = new ArrayList<>(List.of(file));
    files.addAll(TokenizerFiles.in(folder(file)));
    if (values(file) != null) {
      files.add(values(file));
    }
    return files;
  }

  /** The statistics of values beside a vocabulary's file, or null. */
  static Path values(Path file) {
    Path values = folder(file).resolve(CodeValues.FILE_NAME);
    return Files.exists(values) ? values : null;
  }

  /** The folder that a vocabulary's file is in. */
  static Path folder(Path file) {
    return file.toAbsolutePath().getParent();
  }

  /** Reads a vocabulary with what was added to it; every id is given once. */
  static Map<String, Integer> read(Path file) {
    LfsPointer.refuse(file);
    String name = file.toString();
    boolean text = name.endsWith(".txt");
    Map<String, Integer> ids =
        name.matches(".*\\.(pkl|pickle|p)") ? pickle(file) : text ? lines(file) : json(file);
    TokenizerFiles.addTo(ids, folder(file));
    Vocabulary.of(ids);
    Path tokenizer = file.resolveSibling(TokenizerFiles.TOKENIZER);
    if (text && Files.exists(tokenizer)) {
      requireSame(file, ids, tokenizer);
    }
    return ids;
  }

  /** Two files of one folder that disagree cannot both be the model's. */
  private static void requireSame(Path file, Map<String, Integer> ids, Path tokenizer) {
    for (Map.Entry<String, Integer> entry : TokenizerFiles.vocabulary(tokenizer).entrySet()) {
      String code = entry.getKey();
      if (!code.isBlank() && !entry.getValue().equals(ids.get(code))) {
        throw new InvalidInputException(
            file
                + ": says that the id of "
                + Json.quote(code)
                + " is "
                + ids.get(code)
                + ", but "
                + tokenizer.getFileName()
                + " beside it says "
                + entry.getValue()
                + "; remove the one that is not the model's");
      }
    }
  }

  private static Map<String, Integer> json(Path file) {
    JsonObject json = Json.read(file);
    if (json.keys().contains("model") && json.raw("model") instanceof Map) {
      return TokenizerFiles.vocabulary(file);
    }
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
    int id = 0;
    for (String line : Utf8.read(file, LARGEST).split("\r\n|\r|\n")) {
      // A blank line counts, but no code is called so.
      if (!line.isBlank() && ids.put(line, id) != null) {
        throw new InvalidInputException(
            file + ": line " + (id + 1) + ": " + Json.quote(line) + " is there twice");
      }
      id++;
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
