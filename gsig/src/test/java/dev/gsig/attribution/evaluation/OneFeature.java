package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.PathInput;
import dev.gsig.attribution.Subject;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One feature a row, {@code logit_c = w_c s} or {@code w_c s^2} with the sum s of all rows: CLS
 * 0.5, a 1, b -2, c 4, PAD 0. Its weights are replaced by multiples of them.
 */
final class OneFeature extends ExplainableModel {
  static final double[] ROWS = {0, 0.5, 1, -2, 4};
  private static final Tokenizer TOKENIZER =
      new Tokenizer(
          Vocabulary.of(Map.of("[PAD]", 0, "[CLS]", 1, "a", 2, "b", 3, "c", 4)),
          new SpecialTokens(0, 1, null, null, null),
          8);

  private final boolean squared;
  private final double[] factors;
  private final double[] weights;

  /**
   * A model.
   *
   * @param factors what the weights are multiplied by when one more part is replaced
   */
  OneFeature(boolean squared, double[] factors, double... weights) {
    super("one feature", "ejml");
    this.squared = squared;
    this.factors = factors;
    this.weights = weights;
  }

  static Trajectory patient(String id, String... codes) {
    return new Trajectory(id, List.of(Visit.of(codes)), Map.of(), null);
  }

  @Override
  public Labels labels() {
    return new Labels(weights.length);
  }

  @Override
  public Tokenizer tokenizer() {
    return TOKENIZER;
  }

  @Override
  public String version() {
    return "one feature";
  }

  @Override
  public List<String> weightParts() {
    return Arrays.stream(factors).mapToObj(factor -> "times " + factor).toList();
  }

  @Override
  public ExplainableModel randomised(int parts, long seed) {
    double[] w = Arrays.stream(weights).map(x -> x * factors[parts - 1]).toArray();
    return new OneFeature(squared, factors, w);
  }

  @Override
  public List<PathInput> inputs(Backend backend, Subject subject) {
    double[] rows = Arrays.stream(subject.ids()).mapToDouble(id -> ROWS[id]).toArray();
    return List.of(PathInput.rows("codes", backend.upload(Shape.matrix(rows.length, 1), rows)));
  }

  @Override
  public Variable logits(Tape tape, List<Variable> inputs, List<Subject> subjects) {
    Variable s = inputs.get(0).then(new Sum(Axis.ROWS));
    Variable x = squared ? s.then(new Multiply(), s) : s;
    return x.then(new MatMul(), tape.constant(Shape.matrix(1, weights.length), weights));
  }
}
