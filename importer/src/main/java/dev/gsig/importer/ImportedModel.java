package dev.gsig.importer;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.ModelFiles;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model of other origin, complete and under the names of a model folder. */
public final class ImportedModel implements AutoCloseable {
  private final Survey survey;
  private final ModelConfig config;
  private final ImportReport report;
  private final TensorSource tensors;
  private final Map<String, Integer> vocabulary;
  private final CodeValues values;

  ImportedModel(
      Survey survey,
      ModelConfig config,
      ImportReport report,
      TensorSource in,
      Map<String, Integer> vocabulary,
      CodeValues values) {
    this.survey = survey;
    this.config = config;
    this.report = report;
    this.tensors = new DerivedTensors(in, survey.targets());
    this.vocabulary = vocabulary;
    this.values = values;
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
    Vocabulary codes = Vocabulary.of(vocabulary);
    return values == null ? codes : codes.withValues(values);
  }

  /** What became of each tensor's name. */
  public ImportReport report() {
    return report;
  }

  /** What is known of the model that was opened. */
  public Survey survey() {
    return survey;
  }

  /**
   * Writes a model folder without descriptions of codes, whole or not at all. A model that gsig
   * made there is replaced; other files in the folder stay.
   *
   * @param folder created if it is not there; not the folder of the input
   * @throws InvalidInputException if a file cannot be written, a weight cannot be read, is NaN or
   *     infinite, or the folder holds a model that gsig did not make; then nothing is changed
   */
  public void write(Path folder) {
    write(folder, null);
  }

  /**
   * Writes a model folder, whole or not at all. A model that gsig made there is replaced; other
   * files in the folder stay.
   *
   * @param folder created if it is not there; not the folder of the input
   * @param descriptions texts for codes, which are copied into the folder; null for none
   * @throws InvalidInputException if a file cannot be written, a weight cannot be read, is NaN or
   *     infinite, or the folder holds a model that gsig did not make; then nothing is changed
   */
  public void write(Path folder, Path descriptions) {
    ModelFiles.SET.write(
        folder,
        at -> {
          SafetensorsWriter.write(at.resolve(ModelFiles.WEIGHTS), ModelFiles.metadata(), tensors);
          Files.writeString(at.resolve("vocab.json"), ModelFiles.text(vocabulary));
          Files.writeString(at.resolve("config.json"), ModelFiles.text(survey.recorded()));
          if (values != null) {
            values.write(at.resolve(CodeValues.FILE_NAME));
          }
          if (descriptions != null) {
            Files.copy(descriptions, at.resolve(ModelFiles.DESCRIPTIONS));
          }
        });
  }

  @Override
  public void close() {
    survey.close();
  }
}
