package dev.gsig.importer;

import dev.gsig.ehr.internal.Json;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What to import and what the user says about it. Everything but the input may be null or empty.
 *
 * @param input a file of weights, or a folder
 * @param config a JSON file with keys of {@code config.json}, not necessarily all, and {@code
 *     import} for keys that only tell how to import
 * @param sets further keys, by their path with dots, over those of the file; a special token's may
 *     be null, for a model without it
 * @param vocabulary {@code {"code": id}} as JSON or as a pickle of plain data, or a text of one
 *     code a line
 * @param map a mapping file of names
 * @param head the weights of a head, where they are in a file of its own
 * @param key where in a checkpoint the state dict is
 * @param family the name of a family, where it is not to be recognised
 * @param ignoreLeftOver whether weights that belong to no part of the model are passed over
 * @param checked whether the model will be compared with PyTorch's logits: then what these would
 *     show is assumed rather than asked for
 */
public record ImportSettings(
    Path input,
    Path config,
    Map<String, Object> sets,
    Path vocabulary,
    Path map,
    Path head,
    String key,
    String family,
    boolean ignoreLeftOver,
    boolean checked) {
  /** Copies the map. */
  public ImportSettings {
    sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
  }

  /**
   * These settings with more keys over theirs.
   *
   * @param more by their path with dots
   */
  public ImportSettings with(Map<String, ?> more) {
    Map<String, Object> all = new LinkedHashMap<>(sets);
    all.putAll(more);
    return new ImportSettings(
        input, config, all, vocabulary, map, head, key, family, ignoreLeftOver, checked);
  }

  /**
   * Whether the user gives a key of the configuration, in the file or by itself.
   *
   * @param key of the top level
   */
  boolean tells(String key) {
    return sets.get(key) != null || (config != null && Json.read(config).has(key));
  }

  /** A file or folder that explains itself. */
  public static ImportSettings of(Path input) {
    return new ImportSettings(input, null, Map.of(), null, null, null, null, null, false, false);
  }
}
