package dev.gsig.train;

import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.MaskedCodeHead;
import dev.gsig.transformer.internal.WeightLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shapes of what is trained, where the layout leaves a choice. */
final class ParameterShapes {
  private static final int OLDEST = 120;

  private ParameterShapes() {}

  /**
   * The weights of the model; those that its pretraining alone has come behind them. Decoders have
   * no norm behind the embedding, as GPT-2 and Llama have none.
   *
   * @param pretraining null for none
   */
  static Map<String, List<Integer>> of(
      ModelConfig config, List<Example> examples, PretrainingTask pretraining) {
    List<WeightLayout.Entry> layout = new ArrayList<>(WeightLayout.ofNew(config));
    if (pretraining == PretrainingTask.MASKED_CODES) {
      layout.addAll(MaskedCodeHead.layout(config));
    } else if (pretraining == PretrainingTask.NEXT_CODES) {
      layout.addAll(WeightLayout.ofNew(NextCodes.headed(config)));
    }
    if (config.layers().causal()) {
      layout.removeIf(e -> e.name().startsWith("embeddings.LayerNorm"));
    }
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    layout.forEach(e -> shapes.computeIfAbsent(e.name(), n -> resolved(e, config, examples)));
    return shapes;
  }

  private static List<Integer> resolved(
      WeightLayout.Entry e, ModelConfig config, List<Example> examples) {
    List<Integer> shape = new ArrayList<>(e.shape());
    if (shape.get(0) == WeightLayout.ANY) {
      shape.set(0, rows(e.name(), config, examples));
    }
    if (shape.size() > 1 && shape.get(1) == WeightLayout.ANY) {
      shape.set(1, columns(e.name(), config));
    }
    return shape;
  }

  /** What is joined is as wide as the code embedding, each input alike. */
  private static int columns(String name, ModelConfig config) {
    boolean table =
        Arrays.stream(EmbeddingInput.values())
            .anyMatch(input -> name.equals(WeightLayout.tableName(input)));
    return config.embeddingSize() * (table ? 1 : 1 + config.embeddingInputs().size());
  }

  private static int rows(String name, ModelConfig config, List<Example> examples) {
    return Arrays.stream(EmbeddingInput.values())
        .filter(i -> config.embeddingInputs().get(i) == EmbeddingKind.LEARNED)
        .filter(i -> name.equals(WeightLayout.tableName(i)))
        .findFirst()
        .map(i -> rows(i, config, examples))
        .orElse(config.embeddingSize()); // of a layer, whose bias has no rows of a table
  }

  private static int rows(EmbeddingInput input, ModelConfig config, List<Example> examples) {
    return switch (input) {
      case POSITION -> config.maxPositionEmbeddings();
      case VISIT -> config.maxPositionEmbeddings() + 1;
      case AGE -> {
        int oldest = examples.stream().mapToInt(e -> largest(e.tokens().age())).max().orElse(0);
        yield Math.max(OLDEST * config.ageRowsPerYear(), oldest) + 1;
      }
      case TOKEN_TYPE ->
          Math.max(
                  1,
                  examples.stream().mapToInt(e -> largest(e.tokens().tokenType())).max().orElse(1))
              + 1;
      case TIME, VALUE -> throw new IllegalStateException(input + " is no row of a table");
    };
  }

  private static int largest(int[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
