package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Activate;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Scale;
import dev.gsig.autodiff.op.Slice;
import dev.gsig.autodiff.op.Subtract;
import dev.gsig.ehr.ValueInput.Missing;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.ValueEmbedding;
import java.util.Arrays;

/**
 * The vectors of the values beside the codes, for {@link EmbeddingBlock} to add or to join. Of a
 * value v with the vector g(v)
 *
 * <pre>V = g(v) + (m - 1) (g(s) - z),   z the vector where there is none: 0, or g(0)</pre>
 *
 * so that {@code V = g(v)} where it is there, m = 1, and {@code V = z} at the start of a path,
 * where it is not, m = 0, and v = s. What a value says by being there is {@code g(s) - z}, whose
 * factor m goes along with the code, and what it says by being v is {@code g(v) - g(s)}. The value
 * input is {@code [B, rows, 3]}: v, m, s; where a sequence has no value it is 0, and not read.
 */
final class ValueVectors {
  private static final String NAME = WeightLayout.layerName(EmbeddingInput.VALUE);
  private static final int COLUMNS = 3;

  private final ValueEmbedding embedding;
  private final Tensor codeVectors;
  private final LinearWeights hidden;
  private final LinearWeights layer;

  ValueVectors(ModelConfig config, Weights weights, Backend backend) {
    EmbeddingKind kind = config.embeddingInputs().get(EmbeddingInput.VALUE);
    boolean ofCodes = kind == EmbeddingKind.CODE_VECTOR;
    String table = NAME + ".weight";
    embedding = config.valueEmbedding();
    codeVectors = ofCodes ? weights.table(backend, table, weights.columns(table), 1) : null;
    hidden = kind == EmbeddingKind.MLP ? weights.linear(backend, NAME + ".dense") : null;
    layer = ofCodes ? null : weights.linear(backend, NAME);
  }

  /** Whether the vector of a number is another one beside another code. */
  boolean readsCodes() {
    return codeVectors != null;
  }

  /** The value input at the patient: of each position the number, 1, and the number again. */
  static Tensor atPatient(Backend backend, TokenBatch batch) {
    double[] numbers = batch.values();
    double[] values = new double[numbers.length * COLUMNS];
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isNaN(numbers[i])) {
        values[i * COLUMNS] = numbers[i];
        values[i * COLUMNS + 1] = 1;
        values[i * COLUMNS + 2] = numbers[i];
      }
    }
    return backend.upload(new Shape(batch.size(), batch.rows(), COLUMNS), values);
  }

  /**
   * V at each position.
   *
   * @param values the value input
   * @param ids of the tokens; null unless {@link #readsCodes}
   * @return {@code [B, rows, width]}
   */
  Variable apply(Tape tape, Variable values, TokenBatch batch, int[] ids) {
    Variable rows =
        readsCodes() ? tape.weight(codeVectors).then(new Gather(ids, batch.size())) : null;
    Variable v = values.then(new Slice(Axis.COLUMNS, 0, 1));
    Variable absent =
        tape.apply(
            new Subtract(),
            values.then(new Slice(Axis.COLUMNS, 1, 2)),
            tape.constant(new Shape(1, 1, 1), 1));
    Variable start = vectors(tape, values.then(new Slice(Axis.COLUMNS, 2, 3)), rows);
    Variable none =
        embedding.input().missing() == Missing.ZERO
            ? vectors(tape, tape.apply(new Scale(0), v), rows)
            : null;
    Variable presence = none == null ? start : tape.apply(new Subtract(), start, none);
    Variable there =
        tape.apply(new Add(), vectors(tape, v, rows), tape.apply(new Multiply(), presence, absent));
    Variable given = tape.apply(new Multiply(), there, where(tape, batch, true));
    return none == null
        ? given
        : tape.apply(new Add(), given, tape.apply(new Multiply(), none, where(tape, batch, false)));
  }

  /**
   * g of a number at each position.
   *
   * @param numbers {@code [B, rows, 1]}
   * @param rows vectors of the codes; null unless {@link #readsCodes}
   */
  private Variable vectors(Tape tape, Variable numbers, Variable rows) {
    if (rows != null) {
      return tape.apply(new Multiply(), rows, numbers);
    }
    return hidden == null
        ? numbers.then(new Linear(layer))
        : numbers
            .then(new Linear(hidden))
            .then(new Activate(embedding.activation()))
            .then(new Linear(layer));
  }

  /** 1 at the positions that have a value, or at those that have none; 0 at the others. */
  private static Variable where(Tape tape, TokenBatch batch, boolean there) {
    double[] present = batch.values();
    Arrays.setAll(present, i -> Double.isNaN(present[i]) == there ? 0 : 1);
    return tape.constant(new Shape(batch.size(), batch.rows(), 1), present);
  }
}
