package dev.gsig.train;

import dev.gsig.transformer.config.EmbeddingInput;
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

  /** The weights of the model; those of the head that pretraining needs come behind them. */
  static Map<String, List<Integer>> of(
      ModelConfig config, List<Example> examples, boolean pretrained) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (WeightLayout.Entry e : WeightLayout.ofNew(config)) {
      shapes.put(e.name(), resolved(e, config, examples));
    }
    if (pretrained) {
      MaskedCodeHead.layout(config).forEach(e -> shapes.put(e.name(), e.shape()));
    }
    return shapes;
  }

  private static List<Integer> resolved(
      WeightLayout.Entry e, ModelConfig config, List<Example> examples) {
    List<Integer> shape = new ArrayList<>(e.shape());
    if (shape.contains(WeightLayout.ANY)) {
      shape.set(0, rows(input(e.name()), config, examples));
    }
    return shape;
  }

  private static EmbeddingInput input(String table) {
    return Arrays.stream(EmbeddingInput.values())
        .filter(i -> table.equals(WeightLayout.tableName(i)))
        .findFirst()
        .orElseThrow();
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
