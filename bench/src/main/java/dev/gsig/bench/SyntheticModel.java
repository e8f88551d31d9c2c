package dev.gsig.bench;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.internal.WeightLayout;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The models of the benchmarks: BERT encoders with seeded random weights, and patients whose
 * sequences fill the model's length. Written to folders, so that every contender reads the same
 * files.
 */
public enum SyntheticModel {
  /** d = 128, 8 heads, feed-forward 512, 4 layers, L = 128, 10 tabular inputs. */
  S(128, 8, 512, 4),
  /** d = 256, 8 heads, feed-forward 1024, 6 layers, L = 128, 10 tabular inputs. */
  M(256, 8, 1024, 6);

  /** Tokens of every patient, special ones included. */
  public static final int LENGTH = 128;

  /** File of the patients in the model's folder. */
  public static final String PATIENTS_FILE = "patients.jsonl";

  private static final int CODES = 1000;
  private static final int SPECIAL_TOKENS = 5;

  /** Size of every vocabulary. */
  static final int VOCABULARY = SPECIAL_TOKENS + CODES;

  private static final int CODES_PER_VISIT = 5;
  private static final int TABULAR = 10;
  private static final int PATIENTS = 16;

  private final int hidden;
  private final int heads;
  private final int intermediate;
  private final int layers;

  SyntheticModel(int hidden, int heads, int intermediate, int layers) {
    this.hidden = hidden;
    this.heads = heads;
    this.intermediate = intermediate;
    this.layers = layers;
  }

  /** Width d of the encoder. */
  public int hidden() {
    return hidden;
  }

  /** Attention heads of each layer. */
  public int heads() {
    return heads;
  }

  /** Width of the feed-forward layer. */
  public int intermediate() {
    return intermediate;
  }

  /** Folder name of the model below the inputs' folder. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Writes {@code <root>/<folder()>/} with config.json, vocab.json, model.safetensors,
   * patients.jsonl and baseline.safetensors, unless it is there.
   *
   * @return the folder
   */
  public Path writeTo(Path root) {
    return writeTo(root, LENGTH);
  }

  /**
   * Writes them again: what is there may be an older gsig's.
   *
   * @return the folder
   */
  Path writeAnewTo(Path root) throws IOException {
    forget(root.resolve(folder()));
    return writeTo(root);
  }

  /** Has a model written again when it is asked for. */
  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(Baseline.FILE_NAME));
  }

  /**
   * {@link #writeTo(Path)} with another L.
   *
   * @param length tokens that the model takes, and of every patient
   */
  public Path writeTo(Path root, int length) {
    return write(root.resolve(folder()), hidden, heads, intermediate, layers, length);
  }

  /** Writes a model of any size into a folder of its own, unless it holds one. */
  static Path write(Path folder, int hidden, int heads, int intermediate, int layers, int length) {
    return write(folder, config(hidden, heads, intermediate, layers, length), length);
  }

  /** Writes a model of any configuration and this vocabulary into a folder, unless there is one. */
  static Path write(Path folder, String configuration, int length) {
    Path baseline = folder.resolve(Baseline.FILE_NAME);
    if (!Files.exists(baseline)) {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      write(folder.resolve("config.json"), configuration);
      write(folder.resolve("vocab.json"), vocabulary());
      write(folder.resolve(PATIENTS_FILE), patients(length));
      ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
      SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), weights(config));
      Model model = Model.load(folder);
      Baseline.estimate(model, CohortReader.readAll(folder.resolve(PATIENTS_FILE))).save(baseline);
    }
    return folder;
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String config(int hidden, int heads, int intermediate, int layers, int length) {
    String features =
        IntStream.range(0, TABULAR)
            .mapToObj(t -> "{\"name\": \"t" + t + "\", \"mean\": 0, \"std\": 1}")
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        """
        {"vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
         "intermediate_size": %d, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
         "max_position_embeddings": %d, "pad_token_id": 0, "cls_token_id": 1, "sep_token_id": 2,
         "mask_token_id": 3, "unk_token_id": 4, "pooling": "cls",
         "embedding_inputs": {"position": "learned", "visit": "learned"},
         "tabular": {"features": [%s], "hidden_sizes": [32], "activation": "gelu"},
         "classifier": {"hidden_sizes": [32], "num_labels": 1, "activation": "gelu"}}
        """,
        VOCABULARY,
        hidden,
        layers,
        heads,
        intermediate,
        length,
        features);
  }

  private static String vocabulary() {
    String codes =
        IntStream.range(0, CODES)
            .mapToObj(c -> ", \"c" + c + "\": " + (SPECIAL_TOKENS + c))
            .collect(Collectors.joining());
    return "{\"[PAD]\": 0, \"[CLS]\": 1, \"[SEP]\": 2, \"[MASK]\": 3, \"[UNK]\": 4" + codes + "}\n";
  }

  /** CLS, then visits of codes and a SEP each, {@code length} tokens in all. */
  private static String patients(int length) {
    Random random = new Random(7);
    StringBuilder lines = new StringBuilder();
    for (int p = 0; p < PATIENTS; p++) {
      StringBuilder visits = new StringBuilder();
      for (int left = length - 1; left > 0; ) {
        int codes = left < 2 * (CODES_PER_VISIT + 1) ? left - 1 : CODES_PER_VISIT;
        visits
            .append(visits.isEmpty() ? "" : ", ")
            .append("{\"codes\": [")
            .append(
                IntStream.range(0, codes)
                    .mapToObj(c -> "\"c" + random.nextInt(CODES) + "\"")
                    .collect(Collectors.joining(", ")))
            .append("]}");
        left -= codes + 1;
      }
      String tabular =
          IntStream.range(0, TABULAR)
              .mapToObj(t -> "\"t" + t + "\": " + random.nextGaussian())
              .collect(Collectors.joining(", "));
      lines.append(
          String.format(
              Locale.ROOT,
              "{\"subject_id\": \"p%d\", \"visits\": [%s], \"tabular\": {%s}}%n",
              p,
              visits,
              tabular));
    }
    return lines.toString();
  }

  /** Normal weights of variance 1 / inputs, so that no layer dies or explodes. */
  private static Map<String, NamedTensor> weights(ModelConfig config) {
    Random random = new Random(11);
    Map<String, NamedTensor> weights = new LinkedHashMap<>();
    for (WeightLayout.Entry entry : WeightLayout.ofNew(config)) {
      if (config.layers().causal() && entry.name().startsWith("embeddings.LayerNorm")) {
        continue; // decoders have no norm there
      }
      int[] shape =
          entry.shape().stream()
              .mapToInt(n -> n == WeightLayout.ANY ? config.maxPositionEmbeddings() : n)
              .toArray();
      boolean bias = entry.name().endsWith(".bias");
      // Llama's layers have none
      double deviation = bias && config.layers().norm() == NormKind.RMS_NORM ? 0 : 0.1;
      if (shape.length > 1) {
        deviation = entry.name().startsWith("embeddings.") ? 0.5 : 1 / Math.sqrt(shape[1]);
      }
      double mean = entry.name().endsWith("LayerNorm.weight") ? 1 : 0;
      double[] values = new double[IntStream.of(shape).reduce(1, Math::multiplyExact)];
      for (int i = 0; i < values.length; i++) {
        values[i] = mean + deviation * random.nextGaussian();
      }
      weights.put(entry.name(), NamedTensor.f32(values, shape));
    }
    return weights;
  }
}
