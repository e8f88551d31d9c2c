package dev.gsig.train;

import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.internal.WeightLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Parameters before training: layer norms 1 and 0; embedding tables uniform with deviation 0.05,
 * the row of PAD 0; everything else uniform within {@code 1 / sqrt(inputs)}, as PyTorch starts its
 * linear layers and, with the width of the state for inputs, its GRU. The vector of a value starts
 * as small as the row of the code that it stands beside. So waves of a time begin with
 * frequencies and phases from -1 to 1, a head of its own and the score of an attention pooling as
 * linear layers, and a tied head as the table that it is.
 */
final class Initializer {
  private static final String CODES = "embeddings.word_embeddings.weight";
  private static final double TABLE_LIMIT = 0.05 * Math.sqrt(3);

  private Initializer() {}

  static void fill(Parameters parameters, int padId, int gruHiddenSize, long seed) {
    for (Parameters.Entry e : parameters.entries()) {
      SplittableRandom random = new SplittableRandom(Seeds.of(seed, e.name().hashCode()));
      double[] values = parameters.values();
      int end = e.offset() + e.size();
      if (e.name().contains("LayerNorm")) {
        fill(values, e.offset(), end, e.name().endsWith(".weight") ? 1 : 0);
      } else if (e.name().equals("cls.predictions.bias")) {
        fill(values, e.offset(), end, 0);
      } else if (isTable(e.name())) {
        draw(values, e.offset(), end, TABLE_LIMIT, random);
        if (e.name().equals(CODES)) {
          int d = e.size() / Math.toIntExact(e.shape().get(0));
          fill(values, e.offset() + padId * d, e.offset() + (padId + 1) * d, 0);
        }
      } else {
        draw(
            values,
            e.offset(),
            end,
            1 / Math.sqrt((double) inputs(e, parameters, gruHiddenSize)),
            random);
      }
    }
  }

  /** Whether its rows are embeddings, and it is no layer behind them. */
  private static boolean isTable(String name) {
    return name.equals(CODES)
        || Arrays.stream(EmbeddingInput.values())
            .filter(input -> input != EmbeddingInput.TIME) // a number, which goes through a layer
            .anyMatch(input -> name.equals(WeightLayout.tableName(input)))
        || name.equals(WeightLayout.layerName(EmbeddingInput.VALUE) + ".bias");
  }

  private static long inputs(Parameters.Entry e, Parameters parameters, int gruHiddenSize) {
    if (e.name().startsWith("gru.")) {
      return gruHiddenSize;
    }
    String weight = e.name().replaceAll("\\.bias$", ".weight");
    var shape = parameters.entry(weight).shape();
    return shape.size() > 1 ? shape.get(1) : 1;
  }

  private static void fill(double[] values, int from, int to, double value) {
    Arrays.fill(values, from, to, value);
  }

  private static void draw(
      double[] values, int from, int to, double limit, SplittableRandom random) {
    for (int i = from; i < to; i++) {
      values[i] = (2 * random.nextDouble() - 1) * limit;
    }
  }
}
