package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import dev.gsig.transformer.safetensors.TensorSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A model of other origin, complete and under the names of a model folder. */
public final class ImportedModel implements AutoCloseable {
  private final Survey survey;
  private final ModelConfig config;
  private final ImportReport report;
  private final TensorSource tensors;
  private final Map<String, Integer> vocabulary;

  ImportedModel(
      Survey survey,
      ModelConfig config,
      ImportReport report,
      TensorSource in,
      Map<String, Integer> vocabulary) {
    this.survey = survey;
    this.config = config;
    this.report = report;
    this.tensors = new DerivedTensors(in, survey.targets());
    this.vocabulary = vocabulary;
    vocabulary().requireWithin(config.vocabSize());
  }

  /** The configuration. */
  public ModelConfig config() {
    return config;
  }

  /** The weights, under the names of a model folder; closed with this. */
  public TensorSource tensors() {
    return tensors;
  }

  /** The codes that the model knows. */
  public Vocabulary vocabulary() {
    return Vocabulary.of(vocabulary);
  }

  /** What became of the names. */
  public ImportReport report() {
    return report;
  }

  /** What is known beside. */
  public Survey survey() {
    return survey;
  }

  /**
   * Writes a model folder. The weights come first: if one is NaN or infinite, nothing is written.
   *
   * @param folder created if it is not there; not the folder of the input
   * @throws InvalidInputException if a file cannot be written or a weight cannot be read
   */
  public void write(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw InvalidInputException.writing(folder, e);
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
    writeJson(folder.resolve("vocab.json"), vocabulary);
    writeJson(folder.resolve("config.json"), survey.config());
  }

  /** One key a line. */
  private static void writeJson(Path file, Map<String, ?> object) {
    Map<String, Object> lines = new LinkedHashMap<>(object);
    String text =
        lines.entrySet().stream()
            .map(e -> "  " + Json.write(e.getKey()) + ": " + Json.write(e.getValue()))
            .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    survey.close();
  }
}
