package dev.gsig.own;

import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.PathInput;
import dev.gsig.attribution.Subject;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Two embedding tables and two tabular values: {@code logit = (P . sum of codes' rows) (Q . sum of
 * visits' rows) + R . values}, with sums over all positions. PAD's rows are zero.
 */
class TwoTables extends ExplainableModel {
  static final int LENGTH = 8;
  static final double[][] CODES = {{0, 0}, {0.5, -1}, {1, 2}, {-2, 0.5}, {0.25, 1.5}};
  static final double[][] VISITS = {{1, 0, 0.5}, {-1, 2, 1}, {0.5, 0.5, -2}, {1, 1, 1}};
  static final double[] P = {0.75, -0.5};
  static final double[] Q = {0.25, 1, -0.5};
  static final double[] R = {2, -3};
  static final List<String> FEATURES = List.of("age", "bmi");
  private static final Tokenizer TOKENIZER =
      new Tokenizer(
          Vocabulary.of(Map.of("[PAD]", 0, "[SEP]", 1, "a", 2, "b", 3, "c", 4)),
          new SpecialTokens(0, null, 1, null, null),
          LENGTH);

  private final String version;

  TwoTables(String backend, String version) {
    super("two tables", backend);
    this.version = version;
  }

  @Override
  public Labels labels() {
    return new Labels(1, false, List.of("no", "yes"));
  }

  @Override
  public Tokenizer tokenizer() {
    return TOKENIZER;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public boolean isSmooth() {
    return true;
  }

  @Override
  public List<PathInput> inputs(Backend backend, Subject subject) {
    return List.of(
        PathInput.rows("codes", upload(backend, codes(subject.sequence(), subject.rows()))),
        PathInput.rows("visits", upload(backend, visits(subject.sequence(), subject.rows()))),
        PathInput.entries("values", FEATURES, values(subject.trajectory())));
  }

  /** A row for each of the first positions. */
  static double[][] codes(TokenSequence sequence, int rows) {
    return Arrays.stream(sequence.inputIds())
        .limit(rows)
        .mapToObj(id -> CODES[id])
        .toArray(double[][]::new);
  }

  /** A row for each of the first positions; of PAD zero. */
  static double[][] visits(TokenSequence sequence, int rows) {
    int[] visit = sequence.visitIndex();
    double[][] table = new double[rows][];
    Arrays.setAll(table, j -> j < sequence.length() ? VISITS[visit[j]] : new double[3]);
    return table;
  }

  static double[] values(Trajectory patient) {
    if (!patient.tabular().keySet().containsAll(FEATURES)) {
      throw new InvalidInputException("age and bmi are needed");
    }
    return FEATURES.stream().mapToDouble(name -> patient.tabular().get(name) / 10).toArray();
  }

  private static Tensor upload(Backend backend, double[][] rows) {
    double[] all = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return backend.upload(Shape.matrix(rows.length, rows[0].length), all);
  }

  @Override
  public Variable logits(Tape tape, List<Variable> inputs, List<Subject> subjects) {
    Variable codes = inputs.get(0).then(new Sum(Axis.ROWS)).then(new MatMul(), column(tape, P));
    Variable visits = inputs.get(1).then(new Sum(Axis.ROWS)).then(new MatMul(), column(tape, Q));
    Variable values = inputs.get(2).then(new MatMul(), column(tape, R));
    return codes.then(new Multiply(), visits).then(new Add(), values);
  }

  static Variable column(Tape tape, double[] weights) {
    return tape.constant(Shape.matrix(weights.length, 1), weights);
  }
}
