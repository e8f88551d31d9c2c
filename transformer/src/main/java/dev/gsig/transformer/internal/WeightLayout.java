package dev.gsig.transformer.internal;

import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingJoin;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.config.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;

/**
 * The names and shapes of the weights that a configuration calls for: Hugging Face BERT's names
 * where BERT has them. {@code Linear} weights are {@code [out, in]}.
 */
public final class WeightLayout {
  /** Any number of rows, as in a visit or age table. */
  public static final int ANY = -1;

  /**
   * One weight.
   *
   * @param name without a {@code bert.} prefix
   * @param shape dimensions; {@link #ANY} where the file decides
   * @param optional whether the model does without it
   */
  public record Entry(String name, List<Integer> shape, boolean optional) {
    /** True if a tensor of this shape can be used. */
    public boolean fits(List<Long> found) {
      if (found.size() != shape.size()) {
        return false;
      }
      for (int i = 0; i < shape.size(); i++) {
        boolean any = shape.get(i) == ANY;
        if (any ? found.get(i) < 1 : found.get(i) != shape.get(i).longValue()) {
          return false;
        }
      }
      return true;
    }

    /** The shape for people, for example {@code [any, 64]}. */
    public String shapeText() {
      return shape.toString().replace("-1", "any");
    }
  }

  /** The head of a model that predicts tokens. */
  static final String HEAD = "lm_head";

  /** The layer that joins the embedding inputs. */
  static final String JOIN = "embeddings.join";

  /** The layer from the width of the embeddings to d. */
  static final String PROJECTION = "embeddings.projection";

  /** The code embedding's table. */
  static final String CODES = "embeddings.word_embeddings.weight";

  private final List<Entry> entries = new ArrayList<>();

  private WeightLayout() {}

  /** All weights of a model, in the order of its forward pass. */
  public static List<Entry> of(ModelConfig config) {
    WeightLayout layout = new WeightLayout();
    layout.embeddings(config);
    for (int n = 0; n < config.numHiddenLayers(); n++) {
      layout.layer(config, n);
    }
    layout.norm(config, "encoder.LayerNorm", config.hiddenSize(), true);
    layout.pooling(config);
    if (config.tabular() != null) {
      int features = config.tabular().features().size();
      List<Integer> sizes = config.tabular().hiddenSizes();
      layout.dense(config, "tabular.layers.", features, sizes, sizes.size(), n -> 0);
    }
    layout.head(config);
    return List.copyOf(layout.entries);
  }

  /**
   * The weights of a model that is made anew: all, but for the norm behind the encoder where layers
   * end with a norm of their own, those behind the pooling, in the tabular branch and in the head,
   * and the bias of a head that predicts tokens.
   */
  public static List<Entry> ofNew(ModelConfig config) {
    return of(config).stream()
        .filter(e -> config.normFirst() || !e.name().startsWith("encoder.LayerNorm"))
        .filter(e -> !e.name().startsWith("pooled.LayerNorm"))
        .filter(e -> !e.name().matches("(tabular|classifier)\\..*LayerNorm.*"))
        .filter(e -> !e.name().equals(HEAD + ".bias"))
        .toList();
  }

  private void embeddings(ModelConfig config) {
    int width = config.embeddingSize();
    EmbeddingJoin join = config.embeddingJoin();
    add(CODES, false, config.vocabSize(), width);
    for (EmbeddingInput input : EmbeddingInput.values()) {
      EmbeddingKind kind = config.embeddingInputs().get(input);
      boolean added = join == null || join.added().contains(input);
      if (input == EmbeddingInput.VALUE && kind != null) {
        values(config, kind, added ? width : ANY);
      } else if (kind == EmbeddingKind.LEARNED) {
        int rows = input == EmbeddingInput.POSITION ? config.maxPositionEmbeddings() : ANY;
        add(tableName(input), false, rows, added ? width : ANY);
      } else if (kind != null && kind.isLayer()) {
        int out = added ? width : ANY;
        add(tableName(input), false, out, kind == EmbeddingKind.SINUSOIDAL_LINEAR ? out : 1);
        add(layerName(input) + ".bias", false, out);
      }
    }
    if (join != null) {
      add(JOIN + ".weight", false, width, ANY);
      add(JOIN + ".bias", false, width);
    }
    norm(config, "embeddings.LayerNorm", width, true);
    if (width != config.hiddenSize()) {
      linear(PROJECTION, config.hiddenSize(), width);
    }
  }

  private void values(ModelConfig config, EmbeddingKind kind, int out) {
    String name = layerName(EmbeddingInput.VALUE);
    if (kind == EmbeddingKind.CODE_VECTOR) {
      add(name + ".weight", false, config.vocabSize(), out);
      return;
    }
    int in = 1;
    if (kind == EmbeddingKind.MLP) {
      in = config.valueEmbedding().hiddenSize();
      linear(name + ".dense", in, 1);
    }
    linear(name, out, in);
  }

  /** Name of the learned table of an embedding input. */
  public static String tableName(EmbeddingInput input) {
    return layerName(input) + ".weight";
  }

  /** Name of the linear layer of an embedding input, without {@code .weight} or {@code .bias}. */
  public static String layerName(EmbeddingInput input) {
    return "embeddings." + input.name().toLowerCase(Locale.ROOT) + "_embeddings";
  }

  private void layer(ModelConfig config, int n) {
    String prefix = "encoder.layer." + n + ".";
    int d = config.hiddenSize();
    linear(prefix + "attention.self.query", config.attentionSize(), d);
    linear(prefix + "attention.self.key", config.keyValueSize(), d);
    linear(prefix + "attention.self.value", config.keyValueSize(), d);
    linear(prefix + "attention.output.dense", d, config.attentionSize());
    if (config.layers().hasAttentionNorm(n)) {
      norm(config, prefix + "attention.output.LayerNorm", d, false);
    }
    linear(prefix + "intermediate.dense", config.intermediateSize(), d);
    if (config.layers().gated()) {
      linear(prefix + "intermediate.up", config.intermediateSize(), d);
    }
    linear(prefix + "output.dense", d, config.intermediateSize());
    if (!config.layers().sharedNorm()) {
      norm(config, prefix + "output.LayerNorm", d, false);
    }
  }

  private void pooling(ModelConfig config) {
    int d = config.hiddenSize();
    if (config.pooling() == Pooling.ATTENTION) {
      int hidden = config.scoreHiddenSize();
      if (hidden > 0) {
        linear("pooling.dense", hidden, d);
      }
      add("pooling.score.weight", false, 1, hidden > 0 ? hidden : d);
    }
    if (config.pooler() != null) {
      linear("pooler.dense", d, d);
    }
    if (config.pooling() == Pooling.BIGRU) {
      int hidden = config.gru().hiddenSize();
      for (String direction : List.of("", "_reverse")) {
        add("gru.weight_ih_l0" + direction, false, 3 * hidden, d);
        add("gru.weight_hh_l0" + direction, false, 3 * hidden, hidden);
        add("gru.bias_ih_l0" + direction, false, 3 * hidden);
        add("gru.bias_hh_l0" + direction, false, 3 * hidden);
      }
    }
    norm(config, "pooled.LayerNorm", config.pooledSize(), true);
  }

  private void head(ModelConfig config) {
    if (config.nextToken() == null) {
      List<Integer> sizes = new ArrayList<>(config.classifier().hiddenSizes());
      sizes.add(config.classifier().numLabels());
      dense(
          config,
          "classifier.layers.",
          config.pooledSize(),
          sizes,
          sizes.size() - 1,
          config::joining);
      return;
    }
    if (!config.nextToken().tied()) {
      add(HEAD + ".weight", false, config.vocabSize(), config.pooledSize());
    }
    add(HEAD + ".bias", true, config.vocabSize());
  }

  /** Linear layers; those with an activation may have a norm before it. */
  private void dense(
      ModelConfig config,
      String prefix,
      int inputs,
      List<Integer> sizes,
      int activated,
      IntUnaryOperator joining) {
    int in = inputs;
    for (int n = 0; n < sizes.size(); n++) {
      linear(prefix + n, sizes.get(n), in + joining.applyAsInt(n));
      in = sizes.get(n);
      if (n < activated) {
        norm(config, prefix + n + ".LayerNorm", in, true);
      }
    }
  }

  private void linear(String name, int out, int in) {
    add(name + ".weight", false, out, in);
    add(name + ".bias", false, out);
  }

  private void norm(ModelConfig config, String name, int size, boolean optional) {
    add(name + ".weight", optional, size);
    if (config.layers().norm() == NormKind.LAYER_NORM) {
      add(name + ".bias", optional, size);
    }
  }

  private void add(String name, boolean optional, Integer... shape) {
    entries.add(new Entry(name, List.of(shape), optional));
  }
}
