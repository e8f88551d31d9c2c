package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.config.Classifier;
import dev.gsig.transformer.config.ModelConfig;
import java.util.List;

/**
 * What makes logits of the pooled vector: the dense layers of a classifier, or one for each token
 * that may come next. Shared by threads.
 *
 * @param joinedAt number of the layer that reads the tabular branch, too
 */
record Head(DenseLayers layers, int joinedAt) {
  static Head of(ModelConfig config, Weights weights, Backend backend) {
    if (config.nextToken() != null) {
      return new Head(nextToken(config, weights, backend), 0);
    }
    Classifier head = config.classifier();
    int hidden = head.hiddenSizes().size();
    DenseLayers layers =
        new DenseLayers(
            config, weights, backend, "classifier.layers.", hidden + 1, head.activation(), hidden);
    return new Head(layers, config.tabular() == null ? 0 : config.tabular().classifierLayer());
  }

  private static DenseLayers nextToken(ModelConfig config, Weights weights, Backend backend) {
    String matrix = config.nextToken().tied() ? WeightLayout.CODES : WeightLayout.HEAD + ".weight";
    String bias = WeightLayout.HEAD + ".bias";
    List<String> biases = weights.has(bias) ? List.of(bias) : List.of();
    return new DenseLayers(weights.linear(backend, List.of(matrix), biases));
  }

  /**
   * Logits.
   *
   * @param pooled {@code [1, B, pooled]}
   * @param side of the tabular branch, {@code [1, B, width]}; null without one
   * @return {@code [1, B, labels]}
   */
  Variable apply(Tape tape, Variable pooled, Variable side) {
    return layers.apply(tape, pooled, side, joinedAt);
  }
}
