package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.transformer.config.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a report needs to know of the model.
 *
 * @param labels 1 for one logit, more for several classes; null if not known
 * @param descriptions names for codes
 */
record ReportModel(Integer labels, Descriptions descriptions) {
  /** Nothing is known: every code stands for itself. */
  static final ReportModel NONE = new ReportModel(null, Descriptions.NONE);

  /** What a report needs to know of a model in memory. */
  static ReportModel of(Model model) {
    return new ReportModel(model.labels().count(), model.descriptions());
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
            ? GraphModel.open(folder).logits()
            : config(folder).classifier().numLabels(),
        Files.exists(texts) ? Descriptions.read(texts) : Descriptions.NONE);
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
