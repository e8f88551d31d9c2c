package dev.gsig.train;

import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Tabular;

/**
 * One patient as the model reads him.
 *
 * @param tokens the token sequence
 * @param tabular normalised values; null without a tabular branch
 * @param label the true class
 */
record Example(TokenSequence tokens, double[] tabular, int label) {
  static Example of(Trajectory patient, ModelConfig config, Tokenizer tokenizer) {
    return new Example(
        tokenizer.tokenize(patient), normalised(patient, config.tabular()), patient.label());
  }

  private static double[] normalised(Trajectory patient, Tabular branch) {
    return branch == null
        ? null
        : branch.features().stream()
            .mapToDouble(f -> f.normalise(patient.tabular().get(f.name())))
            .toArray();
  }
}
