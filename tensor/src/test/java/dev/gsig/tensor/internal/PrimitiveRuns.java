package dev.gsig.tensor.internal;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backend.Rotation;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * One seeded computation for each primitive, at sizes that leave every kind of remainder. Each
 * returns all that it computed, so that two runs can be compared entry by entry.
 */
public final class PrimitiveRuns {
  /** Of three items with 37 rows each. */
  private static final int[] LENGTHS = {37, 1, 20};

  /** The computations by name. Each can be run on any backend and leaves no tensor behind. */
  public static final Map<String, Function<Backend, double[]>> ALL = all();

  private PrimitiveRuns() {}

  private static Map<String, Function<Backend, double[]>> all() {
    Map<String, Function<Backend, double[]>> runs = new LinkedHashMap<>();
    runs.put("linear", b -> linear(new Run(b), new Shape(3, 37, 23), 70));
    runs.put("linear of many inputs", b -> linear(new Run(b), new Shape(1, 5, 1031), 7));
    runs.put("linear and activation", b -> dense(new Run(b), new Shape(3, 37, 23), 70));
    runs.put("linear of one row", b -> linear(new Run(b), new Shape(19, 1, 65), 3));
    for (Activation act : Activation.values()) {
      runs.put("activation " + act, b -> activation(new Run(b), act));
    }
    runs.put("multiply", b -> multiply(new Run(b)));
    runs.put("add", b -> add(new Run(b)));
    runs.put("copyColumns", b -> copyColumns(new Run(b)));
    runs.put("matmul", b -> matmul(new Run(b), 3));
    runs.put("matmul, summed over items", b -> matmul(new Run(b), 1));
    runs.put("transpose", b -> transpose(new Run(b)));
    runs.put("softmax", b -> softmax(new Run(b)));
    runs.put("logSoftmax", b -> logSoftmax(new Run(b)));
    runs.put("layerNorm", b -> layerNorm(new Run(b), true, false));
    runs.put("layerNorm with residual", b -> layerNorm(new Run(b), true, true));
    runs.put("layerNorm, not centred", b -> layerNorm(new Run(b), false, false));
    runs.put("rotate", b -> rotate(new Run(b), false));
    runs.put("rotate, interleaved", b -> rotate(new Run(b), true));
    double removed = Double.NEGATIVE_INFINITY;
    runs.put("attention", b -> attention(new Run(b), new AttentionSpec(2, 19, 0.25, removed), 37));
    runs.put("attention filled", b -> attention(new Run(b), new AttentionSpec(3, 6, 1, -2), 37));
    runs.put(
        "attention of one", b -> attention(new Run(b), new AttentionSpec(1, 9, 1, removed), 1));
    AttentionSpec grouped = new AttentionSpec(4, 2, 9, 0.3, removed, List.of(0.5, 0.25, 0.1, 0.0));
    runs.put("attention of groups, falling", b -> attention(new Run(b), grouped, 37));
    runs.put(
        "attention of windows",
        b ->
            attention(
                new Run(b),
                grouped,
                37,
                37,
                AttentionMask.window(LENGTHS, AttentionMask.everyRow(3, 37), 6, 2)));
    runs.put(
        "attention on many keys",
        b -> attention(new Run(b), grouped, 37, 530, AttentionMask.padding(530, 1, 200)));
    runs.put(
        "attention on many keys, filled",
        b ->
            attention(
                new Run(b),
                new AttentionSpec(1, 5, 1, -2),
                37,
                530,
                AttentionMask.padding(530, 1, 200)));
    runs.put("gather", b -> gather(new Run(b)));
    runs.put("gather of one row of each item", b -> gatherOfItems(new Run(b)));
    runs.put("meanRows", b -> meanRows(new Run(b)));
    runs.put("gruCell", b -> gruCell(new Run(b)));
    runs.put("lerp", b -> lerp(new Run(b)));
    runs.put("addWeighted", b -> addWeighted(new Run(b)));
    runs.put("linearWeightGradient", b -> weightGradient(new Run(b), new Shape(3, 37, 23), 70));
    runs.put(
        "linearWeightGradient of one row", b -> weightGradient(new Run(b), new Shape(5, 1, 9), 3));
    runs.put("sumRows", b -> sumRows(new Run(b)));
    runs.put("scatterAdd", b -> scatterAdd(new Run(b)));
    runs.put("gather of any rows", b -> gatherOfAnyRows(new Run(b)));
    runs.put("softmaxCrossEntropy", b -> softmaxCrossEntropy(new Run(b)));
    return runs;
  }

  /** Seeded inputs, and the tensors of one run. */
  private static final class Run {
    final Backend backend;
    private final Random random = new Random(42);
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();

    Run(Backend backend) {
      this.backend = backend;
    }

    double[] values(int n) {
      double[] v = new double[n];
      for (int i = 0; i < n; i++) {
        v[i] = 4 * random.nextDouble() - 2;
      }
      return v;
    }

    Tensor input(Shape shape) {
      Tensor t = backend.upload(shape, values(shape.size()));
      inputs.add(t);
      return t;
    }

    Tensor output(Shape shape) {
      Tensor t = backend.allocate(shape);
      outputs.add(t);
      return t;
    }

    Tensor scratch(Shape shape) {
      Tensor t = backend.allocate(shape);
      inputs.add(t);
      return t;
    }

    Tensor accumulator(Shape shape) {
      Tensor t = backend.upload(shape, values(shape.size()));
      outputs.add(t);
      return t;
    }

    /** Downloads the outputs one behind the other and releases everything. */
    double[] finish() {
      double[] all =
          outputs.stream()
              .map(backend::download)
              .flatMapToDouble(java.util.Arrays::stream)
              .toArray();
      outputs.forEach(backend::release);
      inputs.forEach(backend::release);
      return all;
    }
  }

  private static double[] linear(Run run, Shape x, int outputs) {
    int inputs = x.cols();
    LinearWeights w =
        run.backend.linearWeights(
            outputs, inputs, run.values(outputs * inputs), run.values(outputs));
    Tensor y = run.output(x.withCols(outputs));
    run.backend.linear(run.input(x), w, y);
    run.backend.linearBackward(y, w, run.output(x), false);
    run.backend.linearBackward(y, w, run.accumulator(x), true);
    return run.finish();
  }

  private static double[] dense(Run run, Shape x, int outputs) {
    int inputs = x.cols();
    LinearWeights w =
        run.backend.linearWeights(
            outputs, inputs, run.values(outputs * inputs), run.values(outputs));
    Shape y = x.withCols(outputs);
    run.backend.linear(run.input(x), w, Activation.GELU, run.output(y), run.output(y));
    return run.finish();
  }

  private static double[] activation(Run run, Activation act) {
    Shape shape = new Shape(2, 37, 11);
    double[] wide = run.values(shape.size());
    for (int i = 0; i < wide.length; i++) {
      wide[i] *= 1 + i % 13;
    }
    Tensor x = run.backend.upload(shape, wide);
    run.backend.activation(act, x, run.output(shape), run.output(shape));
    run.backend.release(x);
    return run.finish();
  }

  private static double[] multiply(Run run) {
    Shape shape = new Shape(3, 37, 5);
    Tensor a = run.input(shape);
    Tensor b = run.input(shape);
    run.backend.multiply(a, b, run.output(shape), false);
    run.backend.multiply(a, b, run.accumulator(shape), true);
    return run.finish();
  }

  private static double[] add(Run run) {
    Shape shape = new Shape(3, 37, 5);
    Tensor a = run.input(shape);
    run.backend.add(a, run.input(shape), run.output(shape));
    run.backend.add(a, run.input(shape.withBatch(1)), run.output(shape));
    return run.finish();
  }

  private static double[] copyColumns(Run run) {
    Tensor x = run.input(new Shape(3, 37, 5));
    run.backend.copyColumns(x, 1, run.accumulator(new Shape(3, 37, 9)), 4, 3, false);
    run.backend.copyColumns(x, 2, run.accumulator(new Shape(3, 37, 4)), 0, 3, true);
    return run.finish();
  }

  private static double[] matmul(Run run, int items) {
    Shape y = new Shape(items, 37, 23);
    for (boolean ta : new boolean[] {false, true}) {
      for (boolean tb : new boolean[] {false, true}) {
        Tensor a = run.input(ta ? new Shape(3, 19, 37) : new Shape(3, 37, 19));
        Tensor b = run.input(tb ? new Shape(1, 23, 19) : new Shape(1, 19, 23));
        run.backend.matmul(a, ta, b, tb, run.output(y), false);
        run.backend.matmul(a, ta, b, tb, run.accumulator(y), true);
      }
    }
    return run.finish();
  }

  private static double[] transpose(Run run) {
    run.backend.transpose(run.input(new Shape(3, 37, 5)), run.output(new Shape(3, 5, 37)));
    return run.finish();
  }

  private static double[] logSoftmax(Run run) {
    Shape shape = new Shape(3, 37, 23);
    run.backend.logSoftmax(run.input(shape), run.output(shape));
    return run.finish();
  }

  private static double[] softmax(Run run) {
    Shape shape = new Shape(3, 37, 23);
    run.backend.softmax(run.input(shape), run.output(shape));
    return run.finish();
  }

  private static double[] layerNorm(Run run, boolean centred, boolean withResidual) {
    Shape shape = new Shape(2, 37, 23);
    NormWeights w = run.backend.normWeights(centred, run.values(23), run.values(23), 1e-5);
    Tensor normalized = run.output(shape);
    Tensor deviation = run.output(shape.withCols(1));
    Tensor y = run.output(shape);
    Tensor residual = withResidual ? run.input(shape) : null;
    run.backend.layerNorm(run.input(shape), residual, w, y, normalized, deviation);
    run.backend.layerNormBackward(y, w, normalized, deviation, run.output(shape));
    return run.finish();
  }

  private static double[] rotate(Run run, boolean interleaved) {
    Rotation rotation = new Rotation(3, 7, 3, interleaved);
    Tensor x = run.input(new Shape(2, 37, 23));
    for (int items = 1; items <= 2; items++) {
      Tensor turns = run.input(new Shape(items, 37, 6));
      run.backend.rotate(rotation, x, turns, items == 2, run.output(x.shape()));
    }
    return run.finish();
  }

  private static double[] attention(Run run, AttentionSpec spec, int queries) {
    return attention(run, spec, queries, 37, AttentionMask.padding(LENGTHS));
  }

  private static double[] attention(
      Run run, AttentionSpec spec, int queries, int keys, AttentionMask mask) {
    Shape q = new Shape(3, queries, spec.width());
    Shape kv = new Shape(3, keys, 2 * spec.keyWidth());
    Tensor query = run.input(q);
    Tensor keyValue = run.input(kv);
    Tensor p = run.scratch(run.backend.savedByAttention(spec, q, kv));
    Tensor y = run.output(q);
    run.backend.attention(spec, query, keyValue, mask, y, p);
    run.backend.attentionBackward(
        spec, query, keyValue, mask, p, run.input(q), run.output(q), run.output(kv));
    return run.finish();
  }

  private static double[] gather(Run run) {
    int[] ids = {3, 0, 40, 40, 17, 16};
    Tensor table = run.input(Shape.matrix(41, 7));
    run.backend.gather(table, ids, run.output(new Shape(2, 3, 7)), false);
    run.backend.gather(table, ids, run.accumulator(new Shape(2, 3, 7)), true);
    return run.finish();
  }

  private static double[] gatherOfItems(Run run) {
    Shape shape = new Shape(3, 37, 7);
    int[] rows = {36, 37, 2 * 37 + 16};
    Tensor y = run.output(Shape.matrix(3, 7));
    run.backend.gather(run.input(shape), rows, y, false);
    run.backend.scatterAdd(y, rows, run.accumulator(shape));
    return run.finish();
  }

  private static double[] meanRows(Run run) {
    Shape shape = new Shape(3, 37, 7);
    int[] lengths = {37, 1, 20};
    Tensor y = run.output(Shape.matrix(3, 7));
    run.backend.meanRows(run.input(shape), lengths, y);
    run.backend.meanRowsBackward(y, lengths, run.output(shape));
    return run.finish();
  }

  private static double[] gruCell(Run run) {
    Shape state = Shape.matrix(19, 7);
    Shape gates = Shape.matrix(19, 21);
    boolean[] active = new boolean[19];
    for (int b = 0; b < active.length; b++) {
      active[b] = b % 4 != 2;
    }
    Tensor hiddenGates = run.input(gates);
    Tensor h = run.input(state);
    Tensor y = run.output(state);
    Tensor saved = run.output(gates);
    run.backend.gruCell(run.input(gates), hiddenGates, h, active, y, saved);
    run.backend.gruCellBackward(
        run.input(state),
        hiddenGates,
        h,
        active,
        saved,
        run.output(gates),
        run.output(gates),
        run.output(state));
    return run.finish();
  }

  private static double[] lerp(Run run) {
    Shape item = Shape.matrix(37, 5);
    double[] alphas = {0, 0.1, 1.0 / 3, 0.999, 1};
    run.backend.lerp(
        run.input(item), run.input(item), alphas, run.output(item.withBatch(alphas.length)), 0);
    return run.finish();
  }

  private static double[] addWeighted(Run run) {
    Shape shape = new Shape(11, 37, 5);
    run.backend.addWeighted(
        run.input(shape), run.values(11), 0, 11, run.accumulator(shape.withBatch(1)));
    return run.finish();
  }

  private static double[] weightGradient(Run run, Shape x, int outputs) {
    Shape w = Shape.matrix(outputs, x.cols());
    Tensor in = run.input(x);
    Tensor gy = run.input(x.withCols(outputs));
    run.backend.linearWeightGradient(in, gy, run.output(w), false);
    run.backend.linearWeightGradient(in, gy, run.accumulator(w), true);
    return run.finish();
  }

  private static double[] sumRows(Run run) {
    Tensor x = run.input(new Shape(3, 37, 7));
    run.backend.sumRows(x, run.output(Shape.matrix(1, 7)), false);
    run.backend.sumRows(x, run.accumulator(Shape.matrix(1, 7)), true);
    return run.finish();
  }

  private static double[] scatterAdd(Run run) {
    int[] ids = {3, 0, 40, 40, 17, 16};
    Tensor gy = run.input(new Shape(2, 3, 7));
    run.backend.scatterAdd(gy, ids, run.accumulator(Shape.matrix(41, 7)));
    return run.finish();
  }

  private static double[] gatherOfAnyRows(Run run) {
    Shape shape = new Shape(3, 37, 7);
    int[] positions = {110, 0, 16, 16, 53};
    Tensor y = run.output(Shape.matrix(5, 7));
    run.backend.gather(run.input(shape), positions, y, false);
    run.backend.scatterAdd(y, positions, run.accumulator(shape));
    return run.finish();
  }

  private static double[] softmaxCrossEntropy(Run run) {
    Shape shape = Shape.matrix(19, 23);
    int[] targets = run.random.ints(19, 0, 23).toArray();
    Tensor gradient = run.output(shape);
    double[] losses =
        run.backend.softmaxCrossEntropy(run.input(shape), targets, run.values(19), gradient);
    Tensor found = run.backend.upload(Shape.matrix(1, 19), losses);
    run.outputs.add(found);
    return run.finish();
  }
}
