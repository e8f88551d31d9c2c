package dev.gsig.attribution;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.WeightLayout;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model folder whose configuration and weights chance chooses, and patients for it. */
public final class RandomModel {
  private static final int CODES = 12;
  private static final int FIRST_CODE = 5;
  private static final int TABLE_ROWS = 120;
  private static final List<String> SMOOTH = List.of("gelu", "gelu_new", "tanh", "sigmoid", "silu");

  private final Random random;
  private final Map<String, Object> config = new LinkedHashMap<>();
  private final Map<String, Double> constants = new LinkedHashMap<>();
  private double scale = 1;

  public RandomModel(long seed) {
    random = new Random(seed);
    int heads = 1 + random.nextInt(4);
    int headSize = 1 + random.nextInt(12);
    config.put("hidden_size", Math.max(4, heads * headSize));
    config.put("num_hidden_layers", random.nextInt(4));
    config.put("num_attention_heads", heads);
    config.put("attention_head_size", headSize);
    config.put("intermediate_size", 1 + random.nextInt(50));
    config.put("hidden_act", choice(SMOOTH));
    config.put("layer_norm_eps", choice(List.of(1e-12, 1e-5, 1e-3)));
    config.put("vocab_size", FIRST_CODE + CODES);
    config.put("max_position_embeddings", 3 + random.nextInt(40));
    config.put("pad_token_id", 0);
    config.put("cls_token_id", 1);
    config.put("sep_token_id", 2);
    config.put("mask_token_id", 3);
    config.put("unk_token_id", 4);
    config.put("norm_first", random.nextBoolean());
    config.put("residual", random.nextInt(5) != 0);
    config.put("visit_index", choice(List.of("before_sep", "at_sep")));
    config.put("attribution_point", choice(List.of("code", "embedding")));
    config.put("attention_scale", choice(List.of("head_size", "sequence_length")));
    if (random.nextInt(3) == 0) {
      config.put("attention_mask_value", choice(List.of(-10000, -1.5)));
    }
    Map<String, Object> inputs = new LinkedHashMap<>();
    for (String input : List.of("position", "visit", "age", "token_type")) {
      if (random.nextBoolean()) {
        inputs.put(input, choice(List.of("learned", "sinusoidal")));
      }
    }
    inputs.computeIfPresent("token_type", (key, kind) -> "learned");
    config.put("embedding_inputs", inputs);
    pooling(choice(List.of("cls", "mean", "bigru")));
    head();
  }

  /** Chooses one key; null for its default. */
  public RandomModel config(String key, Object value) {
    config.put(key, value);
    return this;
  }

  /** Puts a ReLU in the place of every activation: the gradient jumps along a path. */
  @SuppressWarnings("unchecked")
  public RandomModel relu() {
    config.put("hidden_act", "relu");
    for (String part : List.of("tabular", "classifier")) {
      config.computeIfPresent(
          part,
          (key, value) -> {
            Map<String, Object> changed = new LinkedHashMap<>((Map<String, Object>) value);
            changed.put("activation", "relu");
            return changed;
          });
    }
    return this;
  }

  /** Fills a weight with one number. */
  public RandomModel weight(String name, double value) {
    constants.put(name, value);
    return this;
  }

  /** Multiplies all weights. */
  public RandomModel scale(double factor) {
    scale = factor;
    return this;
  }

  /** Chooses the pooling, and chance the keys that go with it. */
  public RandomModel pooling(String pooling) {
    List.of("pooler", "mean_over", "gru_hidden_size", "gru_read", "gru_over")
        .forEach(config::remove);
    config.put("pooling", pooling);
    switch (pooling) {
      case "cls" -> config.put("pooler", random.nextBoolean());
      case "mean" -> config.put("mean_over", choice(List.of("all", "real")));
      default -> {
        config.put("gru_hidden_size", 1 + random.nextInt(20));
        config.put("gru_read", choice(List.of("last_position", "final_states")));
        config.put("gru_over", choice(List.of("all", "real")));
      }
    }
    return this;
  }

  private void head() {
    boolean hidden = random.nextBoolean();
    if (random.nextBoolean()) {
      Map<String, Object> age = Map.of("name", "age", "mean", 50, "std", 10);
      Map<String, Object> sex = Map.of("name", "sex", "mean", 0.5, "std", 0.5);
      Map<String, Object> tabular = new LinkedHashMap<>();
      tabular.put("features", random.nextBoolean() ? List.of(age) : List.of(age, sex));
      tabular.put(
          "hidden_sizes", random.nextBoolean() ? List.of() : List.of(random.nextInt(9) + 1));
      tabular.put("activation", choice(SMOOTH));
      tabular.put("classifier_layer", hidden && random.nextBoolean() ? 1 : 0);
      config.put("tabular", tabular);
    }
    Map<String, Object> classifier = new LinkedHashMap<>();
    classifier.put("hidden_sizes", hidden ? List.of(1 + random.nextInt(20)) : List.of());
    classifier.put("activation", choice(SMOOTH));
    classifier.put("num_labels", 1 + random.nextInt(4));
    config.put("classifier", classifier);
  }

  private <T> T choice(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** Writes the folder: weights of the size that training gives them. */
  public Path write(Path folder) {
    String json = Json.write(config);
    Map<String, Object> vocabulary = new LinkedHashMap<>();
    for (int c = 0; c < CODES; c++) {
      vocabulary.put("c" + c, FIRST_CODE + c);
    }
    Map<String, NamedTensor> weights = new LinkedHashMap<>();
    boolean norms = random.nextBoolean();
    for (WeightLayout.Entry entry : WeightLayout.of(ModelConfig.parse(json, "config.json"))) {
      // a norm of one number, as heads may have, tells nothing but its bias
      boolean ofHead = entry.name().matches("(tabular|classifier)\\..*LayerNorm.*");
      if (!entry.optional() || (norms && !ofHead)) {
        weights.put(entry.name(), weight(entry));
      }
    }
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), json);
      Files.writeString(folder.resolve("vocab.json"), Json.write(vocabulary));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), weights);
    return folder;
  }

  private NamedTensor weight(WeightLayout.Entry entry) {
    int[] shape =
        entry.shape().stream().mapToInt(n -> n == WeightLayout.ANY ? TABLE_ROWS : n).toArray();
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    boolean table = entry.name().startsWith("embeddings.");
    boolean norm = entry.name().endsWith("LayerNorm.weight");
    double spread = norm || shape.length == 1 || table ? 0.3 : 1 / Math.sqrt(shape[1]);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) ((norm ? 1 : 0) + spread * random.nextGaussian()) * scale;
    }
    if (constants.containsKey(entry.name())) {
      Arrays.fill(values, constants.get(entry.name()));
    }
    return scale > 1 ? NamedTensor.f64(values, shape) : NamedTensor.f32(values, shape);
  }

  /** Someone with at least one code. */
  public Trajectory patient() {
    List<Visit> visits = new ArrayList<>();
    double age = 20 + random.nextInt(60);
    for (int v = 0; v < 1 + random.nextInt(5); v++) {
      List<String> codes = new ArrayList<>();
      for (int c = 0; c < random.nextInt(6) + (v == 0 ? 1 : 0); c++) {
        codes.add(random.nextInt(10) == 0 ? "unknown" : "c" + random.nextInt(CODES));
      }
      visits.add(new Visit(null, codes, age + v, random.nextInt(2)));
    }
    Map<String, Double> tabular = new LinkedHashMap<>();
    tabular.put("age", age);
    tabular.put("sex", random.nextInt(3) == 0 ? null : (double) random.nextInt(2));
    return new Trajectory("p", visits, tabular, null);
  }

  @Override
  public String toString() {
    return Json.write(config);
  }
}
