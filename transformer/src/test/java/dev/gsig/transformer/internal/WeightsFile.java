package dev.gsig.transformer.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** The weights that a configuration calls for, with seeded values, to be spoilt and written. */
final class WeightsFile {
  /** Rows of tables whose size the file decides. */
  static final int ANY_ROWS = 3;

  /** d = 4, two heads, one layer, visits, six codes, sequences of 8, two tabular values. */
  static final String CONFIG =
      """
      {"hidden_size":4,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":3,
       "hidden_act":"gelu","layer_norm_eps":1e-5,"vocab_size":6,"max_position_embeddings":8,
       "pad_token_id":0,"cls_token_id":1,"sep_token_id":2,
       "embedding_inputs":{"position":"learned","visit":"learned"},
       "tabular":{"features":[{"name":"age","mean":0,"std":1},{"name":"sex","mean":0,"std":1}],
                  "hidden_sizes":[5],"activation":"relu"}}
      """;

  private final ModelConfig config;
  private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();

  WeightsFile(String configText) {
    config = ModelConfig.parse(configText, "config.json");
    Random random = new Random(1);
    for (WeightLayout.Entry e : WeightLayout.of(config)) {
      if (!e.optional()) {
        int[] shape = e.shape().stream().mapToInt(n -> n == WeightLayout.ANY ? 3 : n).toArray();
        int size = 1;
        for (int n : shape) {
          size *= n;
        }
        tensors.put(e.name(), NamedTensor.f32(random.doubles(size, -1, 1).toArray(), shape));
      }
    }
  }

  ModelConfig config() {
    return config;
  }

  WeightsFile without(String name) {
    if (tensors.remove(name) == null) {
      throw new IllegalArgumentException(name);
    }
    return this;
  }

  /** Adds or replaces a weight; all its values are 0.5. */
  WeightsFile with(String name, int... shape) {
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    double[] values = new double[size];
    java.util.Arrays.fill(values, 0.5);
    tensors.put(name, NamedTensor.f32(values, shape));
    return this;
  }

  /** Gives every weight another name. */
  WeightsFile renamed(UnaryOperator<String> newName) {
    Map<String, NamedTensor> old = new LinkedHashMap<>(tensors);
    tensors.clear();
    old.forEach((name, tensor) -> tensors.put(newName.apply(name), tensor));
    return this;
  }

  Path write(Path folder) {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(file, Map.of(), tensors);
    return file;
  }

  Transformer load(Path folder) {
    return load(write(folder), config);
  }

  static Transformer load(Path file, ModelConfig config) {
    Backend backend = Backends.open("ejml");
    return Transformer.load(file, config, backend);
  }
}
