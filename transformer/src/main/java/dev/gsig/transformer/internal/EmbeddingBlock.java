package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.ModelConfig;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Code embedding, what is added to it, and the layer norm after it. Shared by threads.
 *
 * <p>The code embedding is a row of its table times {@code embedding_scale}: the table is held
 * multiplied, so that the attribution point, baselines and the path all have the scale in them. An
 * attribution {@code (E - E0) * dF/dE} is the same on either side of the factor.
 */
final class EmbeddingBlock {
  private final ModelConfig config;
  private final Tensor codeTable;
  private final Map<EmbeddingInput, Tensor> tables = new EnumMap<>(EmbeddingInput.class);
  private final LinearWeights time;
  private final NormWeights norm;

  EmbeddingBlock(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    int d = config.hiddenSize();
    codeTable =
        weights.table(backend, "embeddings.word_embeddings.weight", d, config.embeddingScale());
    config
        .embeddingInputs()
        .forEach(
            (input, kind) -> {
              if (kind == EmbeddingKind.LEARNED) {
                tables.put(input, weights.table(backend, WeightLayout.tableName(input), d, 1));
              }
            });
    time =
        config.embeddingInputs().containsKey(EmbeddingInput.TIME)
            ? weights.linear(backend, WeightLayout.layerName(EmbeddingInput.TIME))
            : null;
    norm = weights.optionalNorm(backend, "embeddings.LayerNorm", config.layerNormEps());
  }

  /** The code embedding of each position, scaled, {@code [B, rows, d]}. */
  Tensor codes(Backend backend, TokenBatch batch) {
    Tensor e = backend.allocate(new Shape(batch.size(), batch.rows(), config.hiddenSize()));
    backend.gather(codeTable, ids(batch), e, false);
    return e;
  }

  /** The code embedding of each token id, scaled, {@code [vocabulary, d]} row-major. */
  double[] codeRows(Backend backend) {
    return backend.download(codeTable);
  }

  /** What is added to the code embedding, {@code [B, rows, d]}, or null for nothing. */
  Tensor addend(Backend backend, TokenBatch batch) {
    if (config.embeddingInputs().isEmpty()) {
      return null;
    }
    Tensor sum = backend.allocate(new Shape(batch.size(), batch.rows(), config.hiddenSize()));
    backend.fill(sum, 0);
    for (EmbeddingInput input : EmbeddingInput.values()) {
      EmbeddingKind kind = config.embeddingInputs().get(input);
      if (kind == EmbeddingKind.LEARNED) {
        int[] index = indices(batch, input);
        Tensor table = tables.get(input);
        requireRows(batch, input, index, table.shape().rows());
        backend.gather(table, index, sum, true);
      } else if (kind == EmbeddingKind.SINUSOIDAL) {
        Tensor waves = backend.upload(sum.shape(), sinusoids(indices(batch, input)));
        backend.add(sum, waves, sum);
        backend.release(waves);
      } else if (kind == EmbeddingKind.LINEAR) {
        Tensor times = times(backend, batch);
        Tensor layer = new Linear(time).forward(backend, new Tensor[] {times});
        backend.add(sum, layer, sum);
        backend.release(times);
        backend.release(layer);
      }
    }
    return sum;
  }

  /** The time of each position, {@code [B, rows, 1]}. */
  private static Tensor times(Backend backend, TokenBatch batch) {
    return backend.upload(new Shape(batch.size(), batch.rows(), 1), batch.times());
  }

  /** The sum of the embeddings on a tape, whose tables are weights, {@code [B, rows, d]}. */
  Variable sum(Tape tape, TokenBatch batch) {
    Variable sum = tape.weight(codeTable).then(new Gather(ids(batch), batch.size()));
    for (EmbeddingInput input : EmbeddingInput.values()) {
      EmbeddingKind kind = config.embeddingInputs().get(input);
      if (kind != null) {
        sum = tape.apply(new Add(), sum, addend(tape, batch, input, kind));
      }
    }
    return sum;
  }

  private Variable addend(Tape tape, TokenBatch batch, EmbeddingInput input, EmbeddingKind kind) {
    Shape shape = new Shape(batch.size(), batch.rows(), config.hiddenSize());
    if (kind == EmbeddingKind.LINEAR) {
      Variable times = tape.constant(shape.withCols(1), batch.times());
      return times.then(new Linear(time));
    }
    int[] index = indices(batch, input);
    if (kind == EmbeddingKind.LEARNED) {
      Tensor table = tables.get(input);
      requireRows(batch, input, index, table.shape().rows());
      return tape.weight(table).then(new Gather(index, batch.size()));
    }
    return tape.constant(shape, sinusoids(index));
  }

  /** Ids of a tokenizer are rows of the table; those of a sequence made elsewhere may not be. */
  private int[] ids(TokenBatch batch) {
    int[] ids = batch.flatten(TokenSequence::inputIds);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] >= config.vocabSize()) {
        throw new InvalidInputException(
            "position "
                + i % batch.rows()
                + " of the sequence has the id "
                + ids[i]
                + ", but the model has only "
                + config.vocabSize()
                + "; is it a sequence of another vocabulary?");
      }
    }
    return ids;
  }

  private static int[] indices(TokenBatch batch, EmbeddingInput input) {
    return switch (input) {
      case POSITION -> batch.flatten(s -> IntStream.range(0, s.maxLength()).toArray());
      case VISIT -> batch.flatten(TokenSequence::visitIndex);
      case AGE -> batch.flatten(TokenSequence::age);
      case TOKEN_TYPE -> batch.flatten(TokenSequence::tokenType);
      case TIME -> throw new IllegalStateException("times are no rows of a table");
    };
  }

  private static void requireRows(TokenBatch batch, EmbeddingInput input, int[] index, int rows) {
    for (int i = 0; i < index.length; i++) {
      if (index[i] >= rows) {
        throw new InvalidInputException(
            "position "
                + i % batch.rows()
                + " of the sequence has the "
                + input.configName()
                + " input "
                + index[i]
                + ", but '"
                + WeightLayout.tableName(input)
                + "' has only "
                + rows
                + " rows; leave out older visits, or use a model with a larger table");
      }
    }
  }

  /** Column 2i: sin(p / 10000^(2i/d)), column 2i+1: cos of the same. */
  private double[] sinusoids(int[] index) {
    int d = config.hiddenSize();
    double[] rows = new double[index.length * d];
    for (int r = 0; r < index.length; r++) {
      for (int c = 0; c < d; c++) {
        double angle = index[r] / StrictMath.pow(10000, (double) (c - c % 2) / d);
        rows[r * d + c] = c % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
      }
    }
    return rows;
  }

  /** The block's output from the sum of the embeddings: its layer norm where there is one. */
  Variable norm(Tape tape, Variable sum) {
    return norm == null ? sum : tape.apply(new Norm(norm), sum);
  }
}
