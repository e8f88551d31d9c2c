package dev.gsig.attribution;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.StraightPath;
import dev.gsig.transformer.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link PathGradient} of a Transformer for one patient: several steps go through one batched
 * forward and backward pass, which yields the gradients of both inputs.
 */
final class ModelPath implements PathGradient, AutoCloseable {
  /** Steps are summed in the backend's precision within blocks of this size, blocks in float64. */
  private static final int BLOCK = 8;

  private final Transformer transformer;
  private final Workspace workspace;
  private final Backend backend;
  private final List<double[]> arrays = new ArrayList<>();
  private final String patient;
  private final StraightPath path;
  private final Shape shape;
  private final int length;
  private final double[] tabularStart;
  private final double[] tabularEnd;
  private int stepsPerBatch;
  private final double[] difference;
  private final double[] startLogits;
  private final double[] endLogits;
  private ScoreFunction score;
  private int gradients;

  /**
   * A path; takes over the tensors.
   *
   * @param start baseline at the attribution point, {@code [1, rows, d]}
   * @param end input at the attribution point, same shape
   * @param addend of {@link Transformer#addend}, or null
   * @param length real tokens
   * @param tabularStart baseline of the normalised tabular values; empty without a tabular branch
   * @param tabularEnd normalised tabular values
   * @param stepsPerBatch steps in one pass; 0 to choose
   */
  ModelPath(
      Transformer transformer,
      Workspace workspace,
      String patient,
      Tensor start,
      Tensor end,
      Tensor addend,
      int length,
      double[] tabularStart,
      double[] tabularEnd,
      int stepsPerBatch) {
    this.transformer = transformer;
    this.workspace = workspace;
    this.backend = workspace.backend();
    this.patient = patient;
    shape = start.shape();
    this.length = length;
    this.tabularStart = tabularStart;
    this.tabularEnd = tabularEnd;
    this.stepsPerBatch = stepsPerBatch > 0 ? stepsPerBatch : stepsThatFit();
    int embedded = shape.size();
    difference = new double[embedded + tabularEnd.length];
    double[] from = array();
    double[] to = array();
    download("the baseline's embedding", start, from);
    download("the embedding", end, to);
    for (int i = 0; i < embedded; i++) {
      difference[i] = to[i] - from[i];
    }
    for (int t = 0; t < tabularEnd.length; t++) {
      difference[embedded + t] = tabularEnd[t] - tabularStart[t];
    }
    giveBack(to);
    giveBack(from);
    path = transformer.path(backend, start, end, addend);
    backend.release(start);
    backend.release(end);
    if (addend != null) {
      backend.release(addend);
    }
    double[] logits = logitsAt(0, 1);
    startLogits = Arrays.copyOf(logits, logits.length / 2);
    endLogits = Arrays.copyOfRange(logits, logits.length / 2, logits.length);
  }

  private int stepsThatFit() {
    var c = transformer.config();
    long rows = shape.rows();
    long perRow = 8L * c.hiddenSize() + 3L * c.intermediateSize();
    long perLayer = rows * (perRow + 2L * c.numAttentionHeads() * rows);
    return backend.stepsPerPass(perLayer * Math.max(1, c.numHiddenLayers()));
  }

  /** Logits at the patient's own input. */
  double[] endLogits() {
    return endLogits.clone();
  }

  /** Says what is explained; to be called before anything that needs the score. */
  void explain(ScoreFunction f) {
    score = f;
  }

  /** Points at which the gradient was computed so far. */
  int gradients() {
    return gradients;
  }

  @Override
  public double[] difference() {
    return difference;
  }

  @Override
  public boolean isSmooth() {
    return transformer.isSmooth();
  }

  @Override
  public double startScore() {
    return score.score(startLogits);
  }

  @Override
  public double endScore() {
    return score.score(endLogits);
  }

  private double[] logitsAt(double... alphas) {
    try (Tape tape = new Tape(backend)) {
      StraightPath.Steps steps = path.steps(tape, alphas, false);
      Variable tabular = tabularEnd.length == 0 ? null : tape.constant(tabularAt(alphas));
      releaseOwn(tabular);
      return download("the logits", logits(tape, steps, tabular, alphas.length).value());
    }
  }

  private Tensor tabularAt(double[] alphas) {
    int features = tabularEnd.length;
    double[] rows = new double[alphas.length * features];
    for (int k = 0; k < alphas.length; k++) {
      for (int t = 0; t < features; t++) {
        double from = tabularStart[t];
        double to = tabularEnd[t];
        rows[k * features + t] = alphas[k] == 1 ? to : from + alphas[k] * (to - from);
      }
    }
    return backend.upload(Shape.matrix(alphas.length, features), rows);
  }

  /** The tape holds the tensor now. */
  private void releaseOwn(Variable v) {
    if (v != null) {
      backend.release(v.value());
    }
  }

  private Variable logits(Tape tape, StraightPath.Steps steps, Variable tabular, int count) {
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    return transformer.logits(tape, steps, lengths, tabular);
  }

  /** A few values, in an array of their own. */
  private double[] download(String what, Tensor t) {
    return Finite.require(patient, what, backend.download(t));
  }

  private void download(String what, Tensor t, double[] into) {
    backend.download(t, into);
    Finite.require(patient, what, into, t.shape().size());
  }

  @Override
  public double[] array() {
    double[] array = workspace.arrays().take(difference.length);
    arrays.add(array);
    return array;
  }

  private void giveBack(double[] array) {
    arrays.removeIf(a -> a == array);
    workspace.arrays().giveBack(array, difference.length);
  }

  /** What is done with the gradients of one batch of steps. */
  private interface Consumer {
    /**
     * Takes a batch.
     *
     * @param first number of its first step
     * @param count its steps
     * @param tape after its backward sweep
     * @param steps leaves of the tape
     * @param tabular gradient of the tabular values, {@code [count][features]} row-major
     */
    void accept(int first, int count, Tape tape, StraightPath.Steps steps, double[] tabular);
  }

  private void forEachBatch(double[] alphas, Consumer consumer) {
    for (int first = 0; first < alphas.length; ) {
      int count = Math.min(stepsPerBatch, alphas.length - first);
      if (batch(first, Arrays.copyOfRange(alphas, first, first + count), consumer)) {
        first += count;
      } else {
        stepsPerBatch = (count + 1) / 2;
      }
    }
    gradients += alphas.length;
  }

  /**
   * One pass.
   *
   * @return false if the device has no memory for so many steps at once; nothing was consumed
   * @throws DeviceMemoryException if it has none for a single step
   */
  private boolean batch(int first, double[] alphas, Consumer consumer) {
    boolean passed = false;
    try (Tape tape = new Tape(backend)) {
      StraightPath.Steps steps = path.steps(tape, alphas, true);
      Variable tabular = tabularEnd.length == 0 ? null : tape.input(tabularAt(alphas));
      releaseOwn(tabular);
      Variable y = logits(tape, steps, tabular, alphas.length);
      Tensor seed = backend.upload(y.shape(), seeds(download("the logits", y.value())));
      tape.backward(y, seed);
      backend.release(seed);
      double[] tabularGradient =
          tabular == null
              ? new double[0]
              : download("the tabular gradient", tape.gradient(tabular));
      passed = true;
      consumer.accept(first, alphas.length, tape, steps, tabularGradient);
    } catch (DeviceMemoryException e) {
      if (passed || alphas.length == 1) {
        throw e;
      }
    }
    return passed;
  }

  private double[] seeds(double[] logits) {
    int labels = score.labels();
    double[] seeds = new double[logits.length];
    for (int k = 0; k < logits.length; k += labels) {
      double[] g = score.gradient(Arrays.copyOfRange(logits, k, k + labels));
      System.arraycopy(g, 0, seeds, k, labels);
    }
    return seeds;
  }

  @Override
  public double[] integrate(PathRule rule) {
    double[] total = array();
    Arrays.fill(total, 0, difference.length, 0);
    int features = tabularEnd.length;
    try (Blocks blocks = new Blocks(rule, total)) {
      forEachBatch(
          rule.alphas(),
          (first, count, tape, steps, tabular) -> {
            blocks.add(first, count, tape, steps);
            for (int k = 0; k < count; k++) {
              for (int t = 0; t < features; t++) {
                total[shape.size() + t] += rule.weights()[first + k] * tabular[k * features + t];
              }
            }
          });
    }
    return total;
  }

  /** Adds up the steps of a rule, block by block, however they are cut into batches. */
  private final class Blocks implements AutoCloseable {
    private final double[] weights;
    private final double[] total;
    private final StraightPath.GradientSum sum = path.newSum();
    private final Tensor block = backend.allocate(shape);
    private final double[] values = array();

    Blocks(PathRule rule, double[] total) {
      weights = rule.weights();
      this.total = total;
    }

    void add(int first, int count, Tape tape, StraightPath.Steps steps) {
      double[] w = Arrays.copyOfRange(weights, first, first + count);
      for (int k = 0; k < count; ) {
        int next = Math.min(count, k + BLOCK - (first + k) % BLOCK);
        sum.add(tape, steps, w, k, next);
        k = next;
        if ((first + k) % BLOCK == 0 || first + k == weights.length) {
          finishBlock();
        }
      }
    }

    private void finishBlock() {
      sum.writeTo(block);
      download("the gradient at the attribution point", block, values);
      for (int i = 0; i < shape.size(); i++) {
        total[i] += values[i];
      }
      sum.clear();
    }

    @Override
    public void close() {
      giveBack(values);
      backend.release(block);
      sum.close();
    }
  }

  @Override
  public double[][] at(double[] alphas) {
    double[][] nodes = new double[alphas.length][];
    int embedded = shape.size();
    int features = tabularEnd.length;
    int most = Math.multiplyExact(Math.min(stepsPerBatch, alphas.length), embedded);
    double[] all = workspace.arrays().take(most);
    forEachBatch(
        alphas,
        (first, count, tape, steps, tabular) -> {
          Tensor point = path.gradient(tape, steps);
          download("the gradient at the attribution point", point, all);
          backend.release(point);
          for (int k = 0; k < count; k++) {
            nodes[first + k] = array();
            System.arraycopy(all, k * embedded, nodes[first + k], 0, embedded);
            System.arraycopy(tabular, k * features, nodes[first + k], embedded, features);
          }
        });
    workspace.arrays().giveBack(all, most);
    return nodes;
  }

  @Override
  public void close() {
    arrays.forEach(a -> workspace.arrays().giveBack(a, difference.length));
    arrays.clear();
    path.close();
  }
}
