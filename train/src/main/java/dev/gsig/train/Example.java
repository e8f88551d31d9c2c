package dev.gsig.train;

import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Tabular;

/**
 * One patient as the model reads them.
 *
 * @param tokens the token sequence
 * @param tabular normalised values; null without a tabular branch
 * @param truth the true class alone; for a multi-label model 1 or 0 for each label; empty for a
 *     model that predicts tokens
 */
record Example(TokenSequence tokens, double[] tabular, int[] truth) {
  static Example of(Trajectory patient, ModelConfig config, Tokenizer tokenizer) {
    return new Example(
        tokenizer.tokenize(patient), normalised(patient, config.tabular()), truth(patient, config));
  }

  private static int[] truth(Trajectory patient, ModelConfig config) {
    if (config.nextToken() != null) {
      return new int[0];
    }
    return config.classifier().labels().multiLabel()
        ? patient.labels().stream().mapToInt(Integer::intValue).toArray()
        : new int[] {patient.label()};
  }

  /** The true class, where there is one. */
  int label() {
    return truth[0];
  }

  private static double[] normalised(Trajectory patient, Tabular branch) {
    return branch == null
        ? null
        : branch.features().stream()
            .mapToDouble(f -> f.normalise(patient.tabular().get(f.name())))
            .toArray();
  }
}
