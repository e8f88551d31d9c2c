package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Activate;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Concatenate;
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
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Code embedding, what is added to it or joined with it, the norm behind them and the projection
 * behind that. Shared by threads.
 *
 * <p>The code embedding is a row of its table times {@code embedding_scale}: the table is held
 * multiplied, so that the attribution point, baselines and the path all have the scale in them. An
 * attribution {@code (E - E0) * dF/dE} is the same on either side of the factor.
 */
final class EmbeddingBlock {
  private final ModelConfig config;
  private final Tensor codeTable;
  private final Map<EmbeddingInput, Tensor> tables = new EnumMap<>(EmbeddingInput.class);
  private final Map<EmbeddingInput, LinearWeights> layers = new EnumMap<>(EmbeddingInput.class);
  private final ValueVectors valueVectors;
  private final LinearWeights join;
  private final NormWeights norm;
  private final LinearWeights projection;

  EmbeddingBlock(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    codeTable =
        weights.table(backend, WeightLayout.CODES, config.embeddingSize(), config.embeddingScale());
    config
        .embeddingInputs()
        .forEach(
            (input, kind) -> {
              String name = WeightLayout.tableName(input);
              if (kind == EmbeddingKind.LEARNED) {
                tables.put(input, weights.table(backend, name, weights.columns(name), 1));
              } else if (kind.isLayer() && input != EmbeddingInput.VALUE) {
                layers.put(input, weights.linear(backend, WeightLayout.layerName(input)));
              }
            });
    valueVectors =
        config.valueEmbedding() == null ? null : new ValueVectors(config, weights, backend);
    join = config.embeddingJoin() == null ? null : weights.linear(backend, WeightLayout.JOIN);
    if (joins()) {
      requireJoined(weights);
    }
    norm = weights.optionalNorm(backend, config, "embeddings.LayerNorm");
    projection =
        config.embeddingSize() == config.hiddenSize()
            ? null
            : weights.linear(backend, WeightLayout.PROJECTION);
  }

  /** The widths of what stands side by side are known only here, where all tables are. */
  private void requireJoined(Weights weights) {
    int width = config.embeddingSize();
    for (Map.Entry<EmbeddingInput, EmbeddingKind> input : config.embeddingInputs().entrySet()) {
      String name = WeightLayout.tableName(input.getKey());
      boolean ofRows =
          input.getValue() == EmbeddingKind.LEARNED
              || input.getValue() == EmbeddingKind.CODE_VECTOR;
      if (!config.embeddingJoin().added().contains(input.getKey())) {
        width +=
            input.getValue() == EmbeddingKind.SINUSOIDAL
                ? config.embeddingSize()
                : ofRows ? weights.columns(name) : weights.rows(name);
      }
    }
    if (join.inputs() != width) {
      throw new InvalidInputException(
          "'"
              + WeightLayout.JOIN
              + ".weight' reads "
              + join.inputs()
              + " columns, but the code and the inputs that stand beside it have "
              + width
              + "; \"embedding_join_added\" names those that are added behind it");
    }
  }

  /** The code embedding of each position, scaled, {@code [B, rows, embedding size]}. */
  Tensor codes(Backend backend, TokenBatch batch) {
    Tensor e = backend.allocate(new Shape(batch.size(), batch.rows(), config.embeddingSize()));
    backend.gather(codeTable, ids(batch), e, false);
    return e;
  }

  /**
   * The code embedding of each token id, scaled, {@code [vocabulary, embedding size]} row-major.
   */
  double[] codeRows(Backend backend) {
    return backend.download(codeTable);
  }

  /** Whether the other inputs are joined with the code embedding, and not added to it. */
  boolean joins() {
    return join != null;
  }

  /**
   * The embedding inputs that a path leaves alone and that meet the code embedding: all but the
   * values, and what is added behind a join.
   */
  private List<EmbeddingInput> fixedInputs() {
    return Arrays.stream(EmbeddingInput.values())
        .filter(i -> i != EmbeddingInput.VALUE && config.embeddingInputs().containsKey(i))
        .filter(i -> !joins() || !config.embeddingJoin().added().contains(i))
        .toList();
  }

  /** Whether there is another embedding input beside codes and values. */
  boolean hasOthers() {
    return !fixedInputs().isEmpty();
  }

  /**
   * What is added to the code embedding, or joined with it, but for the values: {@code [B, rows,
   * width]}, null for nothing.
   */
  Tensor others(Backend backend, TokenBatch batch) {
    try (Tape tape = new Tape(backend)) {
      Variable others = null;
      for (EmbeddingInput input : fixedInputs()) {
        Variable next = embedded(tape, batch, input);
        others = others == null ? next : meet(tape, others, next);
      }
      return others == null ? null : others.value().retain();
    }
  }

  private Variable meet(Tape tape, Variable x, Variable next) {
    return tape.apply(joins() ? new Concatenate() : new Add(), x, next);
  }

  /** The embeddings on a tape, whose tables are weights, added or joined: {@link #behindJoin}. */
  Variable embedded(Tape tape, TokenBatch batch) {
    Variable x = tape.weight(codeTable).then(new Gather(ids(batch), batch.size()));
    for (EmbeddingInput input : fixedInputs()) {
      x = meet(tape, x, embedded(tape, batch, input));
    }
    if (config.valueEmbedding() != null) {
      Tensor values = values(tape.backend(), batch);
      x = withValues(tape, x, tape.constant(values), batch);
      tape.backend().release(values);
    }
    return behindJoin(tape, x, batch);
  }

  /** The value input at the patient, {@link ValueVectors#atPatient}. */
  Tensor values(Backend backend, TokenBatch batch) {
    return ValueVectors.atPatient(backend, batch);
  }

  /**
   * Codes with the vectors of their values added, or beside them.
   *
   * @param values {@code [B, rows, 3]}, see {@link ValueVectors}
   */
  Variable withValues(Tape tape, Variable x, Variable values, TokenBatch batch) {
    int[] ids = valueVectors.readsCodes() ? ids(batch) : null;
    return meet(tape, x, valueVectors.apply(tape, values, batch, ids));
  }

  private Variable embedded(Tape tape, TokenBatch batch, EmbeddingInput input) {
    EmbeddingKind kind = config.embeddingInputs().get(input);
    if (kind.isLayer()) {
      double[] numbers = input == EmbeddingInput.AGE ? batch.ages() : batch.times();
      return ofNumbers(tape, batch, numbers, kind, layers.get(input));
    }
    int[] index = indices(batch, input);
    if (kind == EmbeddingKind.LEARNED) {
      Tensor table = tables.get(input);
      requireRows(batch, input, index, table.shape().rows());
      return tape.weight(table).then(new Gather(index, batch.size()));
    }
    Shape shape = new Shape(batch.size(), batch.rows(), config.embeddingSize());
    double[] numbers = IntStream.of(index).asDoubleStream().toArray();
    return tape.constant(shape, sinusoids(numbers, shape.cols()));
  }

  /** An embedding of numbers that need not be whole. */
  private static Variable ofNumbers(
      Tape tape, TokenBatch batch, double[] numbers, EmbeddingKind kind, LinearWeights layer) {
    Shape shape = new Shape(batch.size(), batch.rows(), layer.inputs());
    if (kind == EmbeddingKind.SINUSOIDAL_LINEAR) {
      return tape.constant(shape, sinusoids(numbers, layer.inputs())).then(new Linear(layer));
    }
    Variable line = tape.constant(shape, numbers).then(new Linear(layer));
    return switch (kind) {
      case SINE -> line.then(new Wave(0, false));
      case TIME2VEC -> line.then(new Wave(1, false));
      case TIME2VEC_COS -> line.then(new Wave(1, true));
      default -> line;
    };
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

  private int[] indices(TokenBatch batch, EmbeddingInput input) {
    return switch (input) {
      case POSITION -> batch.flatten(s -> IntStream.range(0, s.maxLength()).toArray());
      case VISIT -> batch.flatten(TokenSequence::visitIndex);
      case AGE -> batch.flatten(TokenSequence::age);
      case TOKEN_TYPE -> batch.flatten(this::tokenTypes);
      case TIME, VALUE -> throw new IllegalStateException(input + " is no row of a table");
    };
  }

  private int[] tokenTypes(TokenSequence sequence) {
    int[] types = sequence.tokenType();
    Integer cls = config.specialTokens().cls();
    if (config.clsTokenType() != null && sequence.inputIds()[0] == cls) {
      types[0] = config.clsTokenType();
    }
    return types;
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
  private static double[] sinusoids(double[] numbers, int d) {
    double[] rows = new double[numbers.length * d];
    for (int r = 0; r < numbers.length; r++) {
      for (int c = 0; c < d; c++) {
        double angle = numbers[r] / StrictMath.pow(10000, (double) (c - c % 2) / d);
        rows[r * d + c] = c % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
      }
    }
    return rows;
  }

  /** From embeddings side by side to one; of added ones themselves. */
  Variable behindJoin(Tape tape, Variable x, TokenBatch batch) {
    if (!joins()) {
      return x;
    }
    Variable joined = tape.apply(new Linear(join), x);
    if (config.embeddingJoin().activation() != null) {
      joined = tape.apply(new Activate(config.embeddingJoin().activation()), joined);
    }
    for (EmbeddingInput input : config.embeddingJoin().added()) {
      joined = tape.apply(new Add(), joined, embedded(tape, batch, input));
    }
    return joined;
  }

  /** From joined or added embeddings on: norm and projection, where there are such. */
  Variable output(Tape tape, Variable sum) {
    Variable normed = norm == null ? sum : tape.apply(new Norm(norm), sum);
    return projection == null ? normed : tape.apply(new Linear(projection), normed);
  }
}
