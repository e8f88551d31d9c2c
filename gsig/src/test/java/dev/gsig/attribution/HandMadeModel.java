package dev.gsig.attribution;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes model folders without an encoder layer, so that everything can be worked out by hand: two
 * features, sequences of 8, mean pooling, {@code logit = W [mean over real tokens of (code row +
 * visit row), tabular] + b}. All numbers are exact in float32.
 *
 * <pre>
 *   PAD (0.5, -0.5)   CLS (1, 0)   SEP (0, 1)   MASK (-1, -1)   UNK (0.25, 0.75)
 *   a (2, 1)   b (-1, 3)   c (4, -2)
 *   visit 0 (0.125, 0)   visit 1 (0, 0.25)   visit 2 (0.5, 0.5)
 * </pre>
 */
public final class HandMadeModel {
  public static final int LENGTH = 8;
  static final double[] PAD = {0.5, -0.5};
  static final double[] CLS = {1, 0};
  static final double[] SEP = {0, 1};
  static final double[] MASK = {-1, -1};
  static final double[] UNK = {0.25, 0.75};
  static final double[] A = {2, 1};
  static final double[] B = {-1, 3};
  static final double[] C = {4, -2};

  private final Map<String, Object> config = new LinkedHashMap<>();
  private final Map<String, NamedTensor> weights = new LinkedHashMap<>();

  private HandMadeModel() {
    config.put("hidden_size", 2);
    config.put("num_hidden_layers", 0);
    config.put("num_attention_heads", 1);
    config.put("intermediate_size", 1);
    config.put("hidden_act", "relu");
    config.put("layer_norm_eps", 1e-12);
    config.put("vocab_size", 8);
    config.put("max_position_embeddings", LENGTH);
    config.put("pad_token_id", 0);
    config.put("cls_token_id", 1);
    config.put("sep_token_id", 2);
    config.put("mask_token_id", 3);
    config.put("unk_token_id", 4);
    config.put("embedding_inputs", Map.of());
    config.put("pooling", "mean");
    double[] table = concatenate(PAD, CLS, SEP, MASK, UNK, A, B, C);
    weight("embeddings.word_embeddings.weight", table, 8, 2);
  }

  /** One label: {@code logit = w . pooled + b}. */
  public static HandMadeModel binary(double w0, double w1, double b) {
    return new HandMadeModel().classifier(1, new double[] {w0, w1}, b);
  }

  /** A decoder that predicts tokens: {@code logit_v = row of v . row of the last token}. */
  public static HandMadeModel nextToken() {
    return new HandMadeModel()
        .config("head", "next_token")
        .config("tie_word_embeddings", true)
        .config("causal", true)
        .config("pooling", "last")
        .config("sep_token_id", null);
  }

  /** Sets the head; {@code w} is {@code [labels, 2 or 2 + features]}. */
  public HandMadeModel classifier(int labels, double[] w, double... b) {
    config.put("classifier", Map.of("num_labels", labels));
    weight("classifier.layers.0.weight", w, labels, w.length / labels);
    return weight("classifier.layers.0.bias", b, labels);
  }

  /** Adds age (mean 50, std 10) and bmi (mean 25, std 5) behind the pooled vector. */
  public HandMadeModel withTabular() {
    List<Object> features =
        List.of(
            Map.of("name", "age", "mean", 50, "std", 10),
            Map.of("name", "bmi", "mean", 25, "std", 5));
    return config("tabular", Map.of("features", features, "hidden_sizes", List.of()));
  }

  /** Adds visit rows to the codes; the path is then at {@code code} or at {@code embedding}. */
  public HandMadeModel withVisits(String attributionPoint) {
    weight("embeddings.visit_embeddings.weight", new double[] {0.125, 0, 0, 0.25, 0.5, 0.5}, 3, 2);
    config("attribution_point", attributionPoint);
    return config("embedding_inputs", Map.of("visit", "learned"));
  }

  public HandMadeModel config(String key, Object value) {
    config.put(key, value);
    return this;
  }

  public HandMadeModel weight(String name, double[] values, int... shape) {
    weights.put(name, NamedTensor.f32(values, shape));
    return this;
  }

  /** A weight that float32 may not hold. */
  public HandMadeModel wideWeight(String name, double[] values, int... shape) {
    weights.put(name, NamedTensor.f64(values, shape));
    return this;
  }

  /** Writes the folder. */
  public Path write(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), Json.write(config));
      Files.writeString(folder.resolve("vocab.json"), "{\"a\":5,\"b\":6,\"c\":7}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), weights);
    return folder;
  }

  /** Writes the folder and loads it on the float64 backend. */
  public Model load(Path folder) {
    return Model.load(write(folder), "ejml");
  }

  /** CLS a b SEP c SEP PAD PAD. */
  public static Trajectory abThenC(Map<String, Double> tabular) {
    return patient("abc", tabular, Visit.of("a", "b"), Visit.of("c"));
  }

  public static Trajectory patient(String id, Map<String, Double> tabular, Visit... visits) {
    return new Trajectory(id, List.of(visits), tabular, null);
  }

  /** The embedding of a token, by its name above. A copy. */
  public static double[] row(String token) {
    return Map.of(
            "PAD", PAD, "CLS", CLS, "SEP", SEP, "MASK", MASK, "UNK", UNK, "a", A, "b", B, "c", C)
        .get(token)
        .clone();
  }

  public static double[] concatenate(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  public static double[] sum(double[] x, double... y) {
    double[] sum = x.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += y[i];
    }
    return sum;
  }
}
