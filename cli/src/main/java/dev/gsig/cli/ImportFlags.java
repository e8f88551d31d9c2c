package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.GraphImportSettings;
import dev.gsig.importer.ImportSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say of a model what its weights do not tell. */
final class ImportFlags {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "JSON with keys of config.json that the weights do not tell")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "one such key, for example num_attention_heads=12; may be repeated")
  private List<String> sets = List.of();

  @Option(
      names = "--vocab",
      paramLabel = "FILE",
      description = "vocabulary: .json {\"code\": id}, .txt one code a line, .pkl a dictionary")
  private Path vocabulary;

  @Option(
      names = "--map",
      paramLabel = "FILE",
      description = "mapping file {\"name in the model folder\": \"name in the checkpoint\"}")
  private Path map;

  @Option(
      names = "--head",
      paramLabel = "FILE",
      description = "weights of the head, where they are in a file of their own")
  private Path head;

  @Option(
      names = "--key",
      paramLabel = "NAME",
      description = "where in a checkpoint the state dict is, for example model.state_dict")
  private String key;

  @Option(
      names = "--family",
      paramLabel = "NAME",
      description =
          "bert, behrt, exmed-bert, too-bert, torch or gsig; default: recognised by its names")
  private String family;

  @Option(
      names = "--ignore-left-over",
      description = "pass over weights that belong to no part of the model")
  private boolean ignoreLeftOver;

  /** Options that are for weights, and not for graphs. */
  static final String[] OF_WEIGHTS = {
    "--config", "--map", "--head", "--key", "--family", "--ignore-left-over"
  };

  /** What was said about a graph. */
  GraphImportSettings settings(Path input, Path inputs, String tables) {
    return new GraphImportSettings(input, inputs, sets(), vocabulary, tables);
  }

  /** True if anything was said. */
  boolean any() {
    return config != null
        || !sets.isEmpty()
        || vocabulary != null
        || map != null
        || head != null
        || key != null
        || family != null
        || ignoreLeftOver;
  }

  /**
   * What was said about a model.
   *
   * @param checked whether its logits will be compared with PyTorch's
   */
  ImportSettings settings(Path input, boolean checked) {
    return new ImportSettings(
        input, config, sets(), vocabulary, map, head, key, family, ignoreLeftOver, checked);
  }

  private Map<String, Object> sets() {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String set : sets) {
      int equals = set.indexOf('=');
      if (equals < 1) {
        throw new InvalidInputException(
            "--set " + Json.quote(set) + " must be KEY=VALUE, for example hidden_act=gelu");
      }
      values.put(set.substring(0, equals), value(set.substring(equals + 1)));
    }
    return values;
  }

  /** JSON where it is JSON, else a text: true, 12, [1,2], null, gelu. */
  private static Object value(String text) {
    try {
      return Json.parse(text, "--set");
    } catch (InvalidInputException e) {
      if (text.startsWith("[") || text.startsWith("{") || text.startsWith("\"")) {
        throw e;
      }
      return text;
    }
  }
}
