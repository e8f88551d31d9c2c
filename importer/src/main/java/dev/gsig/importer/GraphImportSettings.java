package dev.gsig.importer;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A graph to import and what the user says about it. Everything but the graph may be null or empty.
 *
 * @param input a file in the ONNX format, or a folder that holds model.onnx
 * @param inputs a file with keys of {@code inputs.json}, not necessarily all
 * @param sets further keys, by their path with dots, over those of the file
 * @param vocabulary as {@link ImportSettings} takes it
 * @param tables names of the tables that paths start at: with + between them if their rows are one,
 *     with commas if apart
 */
public record GraphImportSettings(
    Path input, Path inputs, Map<String, Object> sets, Path vocabulary, String tables) {
  /** Copies the map. */
  public GraphImportSettings {
    sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
  }
}
