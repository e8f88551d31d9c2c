package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.ModelFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a report needs to know of the model.
 *
 * @param labels what it tells apart; null if not known
 * @param descriptions names for codes
 * @param display risk of what, units, and how good the model is, in words
 * @param trainedOn how many patients it was trained on; null if not known
 */
record ReportModel(Labels labels, Descriptions descriptions, Display display, Integer trainedOn) {
  /** Nothing is known: every code stands for itself. */
  static final ReportModel NONE = new ReportModel(null, Descriptions.NONE, Display.NONE, null);

  /** What a report needs to know of a model in memory. */
  static ReportModel of(Model model) {
    return new ReportModel(
        model.labels(),
        model.descriptions(),
        Display.in(model.folder()),
        trainedOn(model.folder()));
  }

  /**
   * Of a model folder, or one of Hugging Face; the values of the weights are not read.
   *
   * @throws InvalidInputException if the folder has no usable configuration or descriptions
   */
  static ReportModel read(Path folder) {
    Path texts = folder.resolve(Descriptions.FILE_NAME);
    return new ReportModel(
        GraphModel.isIn(folder)
            ? GraphModel.open(folder).labels()
            : config(folder).classifier().labels(),
        Files.exists(texts) ? Descriptions.read(texts) : Descriptions.NONE,
        Display.in(folder),
        trainedOn(folder));
  }

  /** As {@code gsig train} wrote it beside the weights. */
  private static Integer trainedOn(Path folder) {
    Path training = folder.resolve(ModelFiles.TRAINING);
    return Files.exists(training) ? Json.read(training).integerOrNull("training_patients") : null;
  }

  private static ModelConfig config(Path folder) {
    if (!ModelImport.isForeign(folder)) {
      return ModelConfig.read(folder.resolve("config.json"));
    }
    try (ImportedModel model = ModelImport.open(ImportSettings.of(folder))) {
      return model.config();
    }
  }
}
