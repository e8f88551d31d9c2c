package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.AttributionPoint;
import dev.gsig.transformer.config.EmbeddingJoin;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.config.Rotary;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.config.ValueEmbedding;
import dev.gsig.transformer.internal.Sight.Rows;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.stream.IntStream;

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
  private final Head head;

  private Transformer(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    parameterCount = weights.parameterCount();
    embedding = new EmbeddingBlock(config, weights, backend);
    layers = Layers.of(config, weights, backend);
    pooling = new SequencePooling(config, weights, backend);
    tabular = config.tabular() == null ? null : branch(config, weights, backend);
    head = Head.of(config, weights, backend);
    origins = weights.origins();
  }

  private static DenseLayers branch(ModelConfig config, Weights weights, Backend backend) {
    Tabular tabular = config.tabular();
    int count = tabular.hiddenSizes().size();
    return new DenseLayers(
        config, weights, backend, "tabular.layers.", count, tabular.activation(), count);
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
    return config.attentionMaskValue() == Double.NEGATIVE_INFINITY && config.poolsRealRows();
  }

  /** True when the gradient of the logits has no jumps: no activation is ReLU, no pooling a max. */
  public boolean isSmooth() {
    Tabular branch = config.tabular();
    EmbeddingJoin join = config.embeddingJoin();
    ValueEmbedding values = config.valueEmbedding();
    return config.hiddenAct() != Activation.RELU
        && config.classifier().activation() != Activation.RELU
        && config.pooler() != Activation.RELU
        && config.pooling() != Pooling.MAX
        && (values == null || values.activation() != Activation.RELU)
        && (join == null || join.activation() != Activation.RELU)
        && (branch == null || branch.activation() != Activation.RELU);
  }

  /** Positions that a sequence of {@code length} real tokens needs. */
  public int rowsFor(int length) {
    return paddingIsInert() ? length : config.maxPositionEmbeddings();
  }

  /**
   * The tensor at the attribution point, {@code [B, rows, width]}: the code embedding, or the
   * embedding block's output, values included. The caller releases it.
   */
  public Tensor attributionPoint(Backend backend, TokenBatch batch) {
    if (config.attributionPoint() == AttributionPoint.CODE) {
      return embedding.codes(backend, batch);
    }
    try (Tape tape = new Tape(backend)) {
      return embedding.output(tape, embedding.embedded(tape, batch)).value().retain();
    }
  }

  /** The code embedding of each token id, {@code [vocabulary, d]} row-major, scaled. */
  public double[] codeRows(Backend backend) {
    return embedding.codeRows(backend);
  }

  /**
   * The value input at each position, {@code [B, rows, 3]}: the number, that it is there (1), and
   * the number that its path starts at, here the same; 0 where there is no value. The caller
   * releases it.
   */
  public Tensor values(Backend backend, TokenBatch batch) {
    return embedding.values(backend, batch);
  }

  /**
   * Whether the values of the codes enter behind the attribution point, as an input of their own.
   */
  public boolean readsValues() {
    return config.valueEmbedding() != null && config.attributionPoint() == AttributionPoint.CODE;
  }

  /**
   * What the model adds behind the attribution point: position, visit, age and token type
   * embeddings, {@code [B, rows, width]}; null where nothing is, or where they are joined in
   * another way. The caller releases it.
   */
  public Tensor addend(Backend backend, TokenBatch batch) {
    return config.attributionPoint() == AttributionPoint.CODE && !embedding.joins()
        ? embedding.others(backend, batch)
        : null;
  }

  /**
   * The encoder's output, {@code [B, rows, d]}; with a pooling that reads one row, those rows
   * alone, {@code [1, B, d]}. The caller releases it.
   */
  public Tensor hiddenStates(Backend backend, TokenBatch batch) {
    Tensor point = attributionPoint(backend, batch);
    Tensor addend = addend(backend, batch);
    Tensor sum = plus(backend, point, addend);
    try (Tape tape = new Tape(backend)) {
      Variable values = null;
      if (readsValues()) {
        Tensor numbers = values(backend, batch);
        values = tape.constant(numbers);
        backend.release(numbers);
      }
      return encode(tape, tape.constant(sum), values, batch).value().retain();
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
   * @param point {@code [B, rows, width]}
   * @param addend of {@link #addend}, for B items or for one that serves all; may be null
   * @param values of {@link #values}, {@code [B, rows, 3]}; null unless {@link #readsValues}
   * @param batch the sequences of the B items, several times the same where they are points of one
   *     path
   * @param tabularInput normalised values {@code [B, 1, features]} or {@code [1, B, features]};
   *     null without a tabular branch
   * @return logits {@code [1, B, labels]}
   */
  public Variable logits(
      Tape tape,
      Variable point,
      Tensor addend,
      Variable values,
      TokenBatch batch,
      Variable tabularInput) {
    Variable sum = addend == null ? point : tape.apply(new Add(), point, tape.constant(addend));
    return classify(tape, encode(tape, sum, values, batch), batch.lengths(), tabularInput);
  }

  private Variable classify(Tape tape, Variable encoded, int[] lengths, Variable tabularInput) {
    Variable pooled = Dropout.on(tape, pooling.apply(tape, encoded, lengths));
    if (tabular == null) {
      return head.apply(tape, pooled, null);
    }
    Variable side = tabular.apply(tape, tabularInput);
    if (side.shape().batch() > 1) {
      side = tape.apply(Gather.ofItems(side.shape(), new int[side.shape().batch()]), side);
    }
    return head.apply(tape, pooled, Dropout.on(tape, side));
  }

  /**
   * The whole model from token ids on, so that a tape that trains sees every weight.
   *
   * @param tabularInput normalised values {@code [1, B, features]}; null without a tabular branch
   * @return logits {@code [1, B, labels]}
   */
  public Variable logits(Tape tape, TokenBatch batch, Variable tabularInput) {
    Variable encoded = layers(tape, embedded(tape, batch), batch, false);
    return classify(tape, encoded, batch.lengths(), tabularInput);
  }

  /**
   * The logits of several rows of an item, each as if the pooling read that row: what a model says
   * behind every token, where its pooling reads one.
   *
   * @param rows M numbers {@code b * rows + r}, item by item
   * @return logits {@code [1, M, labels]}
   */
  public Variable logitsOfRows(Tape tape, TokenBatch batch, int[] rows) {
    Variable picked = tape.apply(new Gather(rows), hiddenStates(tape, batch));
    return classify(tape, picked, new int[rows.length], null);
  }

  /** The encoder's output at every position, {@code [B, rows, d]}, from token ids on. */
  public Variable hiddenStates(Tape tape, TokenBatch batch) {
    return layers(tape, embedded(tape, batch), batch, true);
  }

  private Variable embedded(Tape tape, TokenBatch batch) {
    return Dropout.on(tape, embedding.output(tape, embedding.embedded(tape, batch)));
  }

  /**
   * The encoder's output: {@code [B, L, d]}, or {@code [1, B, d]} if one row of each item is all
   * that is read of it.
   */
  private Variable encode(Tape tape, Variable point, Variable values, TokenBatch batch) {
    if (config.attributionPoint() != AttributionPoint.CODE) {
      return layers(tape, point, batch, false);
    }
    Variable all = embedding.joins() ? joined(tape, point, batch) : point;
    Variable sum = values == null ? all : embedding.withValues(tape, all, values, batch);
    return layers(
        tape, embedding.output(tape, embedding.behindJoin(tape, sum, batch)), batch, false);
  }

  /** The code embeddings beside the other inputs, which are computed once for each sequence. */
  private Variable joined(Tape tape, Variable point, TokenBatch batch) {
    if (!embedding.hasOthers()) {
      return point;
    }
    TokenBatch distinct = batch.distinct();
    Tensor others = embedding.others(tape.backend(), distinct);
    Variable constant = tape.constant(others);
    tape.backend().release(others);
    Variable each =
        distinct.size() == batch.size()
            ? constant
            : tape.apply(new Gather(batch.rowsIn(distinct), batch.size()), constant);
    return tape.apply(new Concatenate(), point, each);
  }

  /**
   * The encoder behind the embedding block.
   *
   * @param everyRow whether all rows are wanted, also where the pooling reads one alone
   */
  private Variable layers(Tape tape, Variable input, TokenBatch batch, boolean everyRow) {
    int[] lengths = batch.lengths();
    double[] times = config.layers().readsTimes() ? batch.times() : null;
    Rotary rotary = config.layers().rotary();
    boolean byAge = rotary != null && rotary.over() == Rotary.Over.AGE;
    Rows rows = new Rows(lengths, input.shape().rows(), times, byAge ? batch.ages() : null);
    int[] only = everyRow || !config.pooling().isOneRow() ? null : readRows(lengths);
    return layers.apply(tape, input, rows, only);
  }

  private int[] readRows(int[] lengths) {
    boolean last = config.pooling() == Pooling.LAST;
    return IntStream.of(lengths).map(length -> last ? length - 1 : 0).toArray();
  }
}
