package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.AttributionPoint;
import dev.gsig.transformer.config.Classifier;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.config.Positions;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.internal.Sight.Rows;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Path;

/**
 * The multimodal Transformer: embedding block, encoder, pooling, tabular branch, classifier. Holds
 * weights only; immutable and shared by threads, each with its own fork of the backend that loaded
 * it.
 */
public final class Transformer {
  private final ModelConfig config;
  private final long parameterCount;
  private final WeightOrigins origins;
  private final EmbeddingBlock embedding;
  private final LayerStack layers;
  private final SequencePooling pooling;
  private final DenseLayers tabular;
  private final DenseLayers classifier;

  private Transformer(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    parameterCount = weights.parameterCount();
    embedding = new EmbeddingBlock(config, weights, backend);
    layers = EncoderLayer.all(config, weights, backend);
    pooling = new SequencePooling(config, weights, backend);
    tabular = config.tabular() == null ? null : branch(config.tabular(), weights, backend);
    Classifier head = config.classifier();
    int hidden = head.hiddenSizes().size();
    classifier =
        new DenseLayers(
            weights, backend, "classifier.layers.", hidden + 1, head.activation(), hidden);
    origins = weights.origins();
  }

  private static DenseLayers branch(Tabular tabular, Weights weights, Backend backend) {
    int count = tabular.hiddenSizes().size();
    return new DenseLayers(weights, backend, "tabular.layers.", count, tabular.activation(), count);
  }

  /**
   * Loads weights.
   *
   * @param file a safetensors file
   * @param backend decides the precision; used again by every fork
   * @throws dev.gsig.ehr.InvalidInputException if the file is not sound or does not fit the config
   */
  public static Transformer load(Path file, ModelConfig config, Backend backend) {
    return load(Safetensors.open(file), config, backend);
  }

  /**
   * Loads weights.
   *
   * @param tensors the weights by name; closed when they are read
   * @param backend decides the precision; used again by every fork
   * @throws dev.gsig.ehr.InvalidInputException if the tensors cannot be read or do not fit
   */
  public static Transformer load(TensorSource tensors, ModelConfig config, Backend backend) {
    try (Weights weights = Weights.of(tensors, config)) {
      return new Transformer(config, weights, backend);
    }
  }

  /** The configuration. */
  public ModelConfig config() {
    return config;
  }

  /** Number of weights. */
  public long parameterCount() {
    return parameterCount;
  }

  /** Which named tensors the weights were made of. */
  public WeightOrigins origins() {
    return origins;
  }

  /**
   * True when PAD positions provably have no influence on the logits, so that they may be left out:
   * masked keys are removed altogether, every other step works row by row, and the pooling reads
   * real positions only.
   */
  public boolean paddingIsInert() {
    Positions read =
        switch (config.pooling()) {
          case CLS -> Positions.REAL;
          case MEAN -> config.meanOver();
          case BIGRU -> config.gru().over();
        };
    return config.attentionMaskValue() == Double.NEGATIVE_INFINITY && read == Positions.REAL;
  }

  /** True when the gradient of the logits has no jumps: no activation is ReLU. */
  public boolean isSmooth() {
    Tabular branch = config.tabular();
    return config.hiddenAct() != Activation.RELU
        && config.classifier().activation() != Activation.RELU
        && (branch == null || branch.activation() != Activation.RELU);
  }

  /** Positions that a sequence of {@code length} real tokens needs. */
  public int rowsFor(int length) {
    return paddingIsInert() ? length : config.maxPositionEmbeddings();
  }

  /**
   * The tensor at the attribution point, {@code [B, rows, d]}: the code embedding, or the embedding
   * block's output. The caller releases it.
   */
  public Tensor attributionPoint(Backend backend, TokenBatch batch) {
    Tensor codes = embedding.codes(backend, batch);
    if (config.attributionPoint() == AttributionPoint.CODE) {
      return codes;
    }
    Tensor addend = embedding.addend(backend, batch);
    Tensor sum = plus(backend, codes, addend);
    try (Tape tape = new Tape(backend)) {
      return embedding.norm(tape, tape.constant(sum)).value().retain();
    } finally {
      backend.release(codes);
      backend.release(sum);
      if (addend != null) {
        backend.release(addend);
      }
    }
  }

  /** The code embedding of each token id, {@code [vocabulary, d]} row-major, scaled. */
  public double[] codeRows(Backend backend) {
    return embedding.codeRows(backend);
  }

  /**
   * What the model adds behind the attribution point: position, visit, age and token type
   * embeddings, {@code [B, rows, d]}; null where nothing is. The caller releases it.
   */
  public Tensor addend(Backend backend, TokenBatch batch) {
    return config.attributionPoint() == AttributionPoint.CODE
        ? embedding.addend(backend, batch)
        : null;
  }

  /**
   * The encoder's output, {@code [B, rows, d]}; with CLS pooling, which reads no other, the first
   * rows alone, {@code [1, B, d]}. The caller releases it.
   */
  public Tensor hiddenStates(Backend backend, TokenBatch batch) {
    Tensor point = attributionPoint(backend, batch);
    Tensor addend = addend(backend, batch);
    Tensor sum = plus(backend, point, addend);
    try (Tape tape = new Tape(backend)) {
      return encode(tape, tape.constant(sum), batch.lengths()).value().retain();
    } finally {
      backend.release(point);
      backend.release(sum);
      if (addend != null) {
        backend.release(addend);
      }
    }
  }

  private static Tensor plus(Backend backend, Tensor x, Tensor addend) {
    if (addend == null) {
      return x.retain();
    }
    Tensor sum = backend.allocate(x.shape());
    backend.add(x, addend, sum);
    return sum;
  }

  /**
   * The model from the attribution point on.
   *
   * @param point {@code [B, rows, d]}
   * @param addend of {@link #addend}, for B items or for one that serves all; may be null
   * @param lengths real tokens of each item; keys behind them are masked
   * @param tabularInput normalised values {@code [B, 1, features]} or {@code [1, B, features]};
   *     null without a tabular branch
   * @return logits {@code [1, B, labels]}
   */
  public Variable logits(
      Tape tape, Variable point, Tensor addend, int[] lengths, Variable tabularInput) {
    Variable sum = addend == null ? point : tape.apply(new Add(), point, tape.constant(addend));
    return classify(tape, encode(tape, sum, lengths), lengths, tabularInput);
  }

  private Variable classify(Tape tape, Variable encoded, int[] lengths, Variable tabularInput) {
    Variable pooled = Dropout.on(tape, pooling.apply(tape, encoded, lengths));
    if (tabular == null) {
      return classifier.apply(tape, pooled);
    }
    Variable side = tabular.apply(tape, tabularInput);
    if (side.shape().batch() > 1) {
      side = tape.apply(Gather.ofItems(side.shape(), new int[side.shape().batch()]), side);
    }
    return classifier.apply(
        tape, pooled, Dropout.on(tape, side), config.tabular().classifierLayer());
  }

  /**
   * The whole model from token ids on, so that a tape that trains sees every weight.
   *
   * @param tabularInput normalised values {@code [1, B, features]}; null without a tabular branch
   * @return logits {@code [1, B, labels]}
   */
  public Variable logits(Tape tape, TokenBatch batch, Variable tabularInput) {
    int[] lengths = batch.lengths();
    Variable encoded = layers(tape, embedded(tape, batch), lengths, false);
    return classify(tape, encoded, lengths, tabularInput);
  }

  /** The encoder's output at every position, {@code [B, rows, d]}, from token ids on. */
  public Variable hiddenStates(Tape tape, TokenBatch batch) {
    return layers(tape, embedded(tape, batch), batch.lengths(), true);
  }

  private Variable embedded(Tape tape, TokenBatch batch) {
    return Dropout.on(tape, embedding.norm(tape, embedding.sum(tape, batch)));
  }

  /**
   * The encoder's output: {@code [B, L, d]}, or {@code [1, B, d]} if the first row is all that is
   * read of it.
   */
  private Variable encode(Tape tape, Variable point, int[] lengths) {
    Variable input =
        config.attributionPoint() == AttributionPoint.CODE ? embedding.norm(tape, point) : point;
    return layers(tape, input, lengths, false);
  }

  /**
   * The encoder behind the embedding block.
   *
   * @param everyRow whether all rows are wanted, also where the pooling reads the first alone
   */
  private Variable layers(Tape tape, Variable input, int[] lengths, boolean everyRow) {
    boolean firstOnly = !everyRow && config.pooling() == Pooling.CLS;
    Rows batch = new Rows(lengths, input.shape().rows(), null);
    return layers.apply(tape, input, batch, firstOnly ? new int[lengths.length] : null);
  }
}
