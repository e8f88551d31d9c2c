package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The codes that a model knows, each with its row in the embedding table, and, where a file {@link
 * CodeValues#FILE_NAME} is beside them, the training set's statistics of their values. Immutable.
 */
public final class Vocabulary {
  private final String source;
  private final Map<String, Integer> idByCode;
  private final Map<Integer, String> codeById;
  private final int largestId;
  private final CodeValues values;

  private Vocabulary(String source, Map<String, Integer> idByCode, CodeValues values) {
    this.source = source;
    this.values = values;
    this.idByCode = Map.copyOf(idByCode);
    Map<Integer, String> inverse = new HashMap<>();
    int largest = -1;
    for (Map.Entry<String, Integer> entry : idByCode.entrySet()) {
      int id = entry.getValue();
      if (id < 0) {
        throw new InvalidInputException(
            source + ": the id of " + Json.quote(entry.getKey()) + " must not be negative: " + id);
      }
      String other = inverse.put(id, entry.getKey());
      if (other != null) {
        throw new InvalidInputException(
            source
                + ": "
                + Json.quote(other)
                + " and "
                + Json.quote(entry.getKey())
                + " have the same id "
                + id
                + "; give each code its own");
      }
      largest = Math.max(largest, id);
    }
    if (inverse.isEmpty()) {
      throw new InvalidInputException(source + ": the vocabulary has no code");
    }
    this.codeById = Map.copyOf(inverse);
    this.largestId = largest;
  }

  /**
   * Reads {@code vocab.json}: {@code {"code": id, ...}}, and {@link CodeValues#FILE_NAME} if it is
   * beside it.
   *
   * @param file the file
   * @return the vocabulary
   * @throws InvalidInputException if the file is not a JSON object of distinct ids from 0 up, or
   *     the statistics beside it are not sound
   */
  public static Vocabulary read(Path file) {
    JsonObject json = Json.read(file);
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String code : json.keys()) {
      ids.put(code, json.integer(code));
    }
    Path values = file.resolveSibling(CodeValues.FILE_NAME);
    return new Vocabulary(
        json.source(), ids, Files.exists(values) ? CodeValues.read(values) : null);
  }

  /**
   * Makes a vocabulary in memory.
   *
   * @param idByCode the id of each code. Not modified.
   * @return the vocabulary
   * @throws InvalidInputException if there is no code, or an id is negative or given twice
   */
  public static Vocabulary of(Map<String, Integer> idByCode) {
    return new Vocabulary("vocabulary", idByCode, null);
  }

  /** These codes with the training set's statistics of their values. */
  public Vocabulary withValues(CodeValues statistics) {
    return new Vocabulary(source, idByCode, statistics);
  }

  /** The training set's statistics of the codes' values; null if there are none. */
  public CodeValues values() {
    return values;
  }

  /**
   * The training set's statistics of the codes' values.
   *
   * @throws InvalidInputException if there are none
   */
  public CodeValues requireValues() {
    if (values == null) {
      throw new InvalidInputException(
          source
              + ": the model standardises values, but there is no "
              + CodeValues.FILE_NAME
              + " with their means and deviations beside it; 'gsig cohort ... --values' writes one");
    }
    return values;
  }

  /**
   * Makes sure that every id has a row in a table.
   *
   * @param vocabSize the number of rows
   * @return this
   * @throws InvalidInputException naming the code with the largest id if it has no row
   */
  public Vocabulary requireWithin(int vocabSize) {
    if (largestId >= vocabSize) {
      throw new InvalidInputException(
          source
              + ": the id "
              + largestId
              + " of "
              + Json.quote(codeById.get(largestId))
              + " is not below the model's vocab_size "
              + vocabSize
              + "; is it another model's vocabulary?");
    }
    return this;
  }

  /**
   * Looks a code up.
   *
   * @param code the code
   * @return its id, or empty if the vocabulary lacks it
   */
  public OptionalInt idOf(String code) {
    Integer id = idByCode.get(code);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Looks an id up.
   *
   * @param id the id
   * @return its code, or empty if no code has it
   */
  public Optional<String> codeOf(int id) {
    return Optional.ofNullable(codeById.get(id));
  }

  /** The codes, in ascending order of their ids. */
  public List<String> codes() {
    return codeById.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The largest id. */
  public int largestId() {
    return largestId;
  }

  /** The number of codes. */
  public int size() {
    return idByCode.size();
  }
}
