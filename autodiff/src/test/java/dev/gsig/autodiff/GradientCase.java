package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.autodiff.GradientChecker.Graph;
import dev.gsig.autodiff.op.Activate;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.CrossEntropy;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.GruCell;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.LogSoftmax;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.autodiff.op.Mean;
import dev.gsig.autodiff.op.MeanRows;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.autodiff.op.Scale;
import dev.gsig.autodiff.op.Slice;
import dev.gsig.autodiff.op.Softmax;
import dev.gsig.autodiff.op.Subtract;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.autodiff.op.Transpose;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backend.Rotation;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A graph with inputs on which gradients are checked; together the cases use every operation. */
record GradientCase(String name, Recipe recipe, List<Shape> shapes) {
  /** Makes the graph with the weights of a backend. */
  @FunctionalInterface
  interface Recipe {
    Graph graph(Weights weights);
  }

  /** Seeded weights, the same numbers on every backend. */
  static final class Weights {
    private final Backend backend;
    private final Random random = new Random(17);

    Weights(Backend backend) {
      this.backend = backend;
    }

    LinearWeights linear(int outputs, int inputs) {
      double size = 1 / Math.sqrt(inputs);
      double[] w = random.doubles((long) outputs * inputs, -size, size).toArray();
      return backend.linearWeights(outputs, inputs, w, random.doubles(outputs, -1, 1).toArray());
    }

    NormWeights norm(int size) {
      return norm(true, size, true);
    }

    NormWeights norm(boolean centred, int size, boolean bias) {
      double[] gamma = random.doubles(size, 0.5, 1.5).toArray();
      double[] beta = bias ? random.doubles(size, -1, 1).toArray() : null;
      return backend.normWeights(centred, gamma, beta, 1e-5);
    }
  }

  Graph graph(Backend backend) {
    return recipe.graph(new Weights(backend));
  }

  /** Seeded inputs from -1 to 1, none so near to 0 that a step crosses the kink of relu. */
  List<double[]> values() {
    Random random = new Random(name.hashCode());
    List<double[]> values = new ArrayList<>();
    for (Shape s : shapes) {
      values.add(random.doubles(s.size(), -1, 1).map(v -> v + Math.copySign(0.01, v)).toArray());
    }
    return values;
  }

  /** The value, then the gradient of each input. */
  List<double[]> results(Backend backend) {
    List<double[]> results = new ArrayList<>();
    try (Tape tape = new Tape(backend)) {
      List<Variable> inputs = tape.inputs(shapes, values());
      Variable y = graph(backend).build(tape, inputs);
      results.add(y.values());
      double[] gy = new Random(23).doubles(y.shape().size(), -1, 1).toArray();
      Tensor seed = backend.upload(y.shape(), gy);
      tape.backward(y, seed);
      backend.release(seed);
      inputs.forEach(x -> results.add(x.gradient()));
    }
    return results;
  }

  /** Requires the results to be those of the reference, within 1e-4 of the largest of each. */
  void requireThoseOfTheReference(List<double[]> found) {
    try (Backend reference = Backends.open("ejml")) {
      List<double[]> expected = results(reference);
      for (int i = 0; i < expected.size(); i++) {
        double largest = Arrays.stream(expected.get(i)).map(Math::abs).max().orElseThrow();
        assertThat(found.get(i))
            .as("result %d", i)
            .containsExactly(expected.get(i), within(1e-4 * Math.max(1e-30, largest)));
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }

  static List<GradientCase> all() {
    List<GradientCase> cases = new ArrayList<>();
    addSimple(cases);
    addAlgebra(cases);
    addNorms(cases);
    addRotations(cases);
    addAttentions(cases);
    addPooling(cases);
    addRecurrence(cases);
    addComposites(cases);
    return cases;
  }

  private static void add(List<GradientCase> cases, String name, Recipe recipe, Shape... shapes) {
    cases.add(new GradientCase(name, recipe, List.of(shapes)));
  }

  private static void addSimple(List<GradientCase> cases) {
    add(
        cases,
        "linear",
        w -> {
          LinearWeights layer = w.linear(7, 5);
          return (tape, x) -> tape.apply(new Linear(layer), x.get(0));
        },
        new Shape(3, 17, 5));
    for (Activation act : Activation.values()) {
      add(
          cases,
          act.configName(),
          w -> (tape, x) -> tape.apply(new Activate(act), x.get(0)),
          new Shape(2, 17, 3));
      add(
          cases,
          "dense " + act.configName(),
          w -> {
            LinearWeights layer = w.linear(7, 5);
            return (tape, x) -> tape.apply(new Dense(layer, act), x.get(0));
          },
          new Shape(2, 17, 5));
    }
    Shape shape = new Shape(2, 3, 5);
    add(
        cases,
        "add of one variable to a result of it", // whose gradient is shared, then added to
        w -> {
          LinearWeights linear = w.linear(5, 5);
          return (tape, x) -> {
            Variable y = tape.apply(new Linear(linear), x.get(0));
            return tape.apply(new Add(), tape.apply(new Add(), x.get(0), x.get(1)), y);
          };
        },
        shape,
        shape);
    add(
        cases,
        "add of a broadcast constant",
        w ->
            (tape, x) -> {
              double[] table = new Random(5).doubles(15).toArray();
              dev.gsig.tensor.Tensor t = tape.backend().upload(Shape.matrix(3, 5), table);
              Variable constant = tape.constant(t);
              tape.backend().release(t);
              return tape.apply(new Add(), x.get(0), constant);
            },
        shape);
    add(
        cases,
        "concatenate",
        w -> (tape, x) -> tape.apply(new Concatenate(), x.get(0), x.get(1), x.get(2)),
        new Shape(2, 17, 3),
        new Shape(2, 17, 1),
        new Shape(2, 17, 4));
    add(
        cases,
        "concatenate of one variable twice",
        w -> (tape, x) -> tape.apply(new Concatenate(), x.get(0), x.get(0)),
        new Shape(2, 3, 3));
  }

  private static void addBinary(
      List<GradientCase> cases, String name, Supplier<Operation> operation) {
    Shape full = new Shape(3, 17, 5);
    Graph graph = (tape, x) -> x.get(0).then(operation.get(), x.get(1));
    for (Shape other :
        new Shape[] {
          full,
          Shape.matrix(17, 5),
          Shape.matrix(1, 5),
          new Shape(3, 1, 5),
          new Shape(3, 17, 1),
          new Shape(1, 17, 1),
          new Shape(3, 1, 1),
          Shape.matrix(1, 1)
        }) {
      add(cases, name + " of b " + other, w -> graph, full, other);
      add(cases, name + " of a " + other, w -> graph, other, full);
    }
    add(cases, name + ", both", w -> graph, new Shape(1, 17, 5), new Shape(3, 17, 1));
    add(
        cases,
        name + " of one variable twice",
        w -> (tape, x) -> x.get(0).then(operation.get(), x.get(0)),
        full);
  }

  private static void addAlgebra(List<GradientCase> cases) {
    addBinary(cases, "add", Add::new);
    addBinary(cases, "subtract", Subtract::new);
    addBinary(cases, "multiply", Multiply::new);
    for (int batch : new int[] {3, 1}) {
      for (boolean ta : new boolean[] {false, true}) {
        for (boolean tb : new boolean[] {false, true}) {
          add(
              cases,
              "matmul " + batch + " " + ta + " " + tb,
              w -> (tape, x) -> x.get(0).then(new MatMul(ta, tb), x.get(1)),
              ta ? new Shape(3, 5, 17) : new Shape(3, 17, 5),
              tb ? new Shape(batch, 7, 5) : new Shape(batch, 5, 7));
          add(
              cases,
              "matmul of one by " + batch + " " + ta + " " + tb,
              w -> (tape, x) -> x.get(0).then(new MatMul(ta, tb), x.get(1)),
              ta ? new Shape(1, 5, 17) : new Shape(1, 17, 5),
              tb ? new Shape(batch, 7, 5) : new Shape(batch, 5, 7));
        }
      }
    }
    add(
        cases,
        "x x^T",
        w -> (tape, x) -> x.get(0).then(new MatMul(false, true), x.get(0)),
        new Shape(2, 17, 5));
    Map<String, Supplier<Operation>> unary = new LinkedHashMap<>();
    unary.put("transpose", Transpose::new);
    unary.put("scale", () -> new Scale(-2.5));
    unary.put("softmax", Softmax::new);
    unary.put("log-softmax", LogSoftmax::new);
    for (Axis axis : Axis.values()) {
      unary.put("sum over " + axis, () -> new Sum(axis));
      unary.put("mean over " + axis, () -> new Mean(axis));
    }
    unary.put("sum over rows and columns", () -> new Sum(Axis.ROWS, Axis.COLUMNS));
    unary.put("sum of all", Sum::new);
    unary.put("mean of all", Mean::new);
    unary.put("slice of items", () -> new Slice(Axis.BATCH, 1, 3));
    unary.put("slice of rows", () -> new Slice(Axis.ROWS, 2, 15));
    unary.put("slice of columns", () -> new Slice(Axis.COLUMNS, 3, 4));
    for (Axis axis : Axis.values()) {
      add(
          cases,
          "concatenate along " + axis,
          w -> (tape, x) -> x.get(0).then(new Concatenate(axis), x.get(1), x.get(0)),
          new Shape(2, 17, 5),
          axis.equals(Axis.BATCH)
              ? new Shape(1, 17, 5)
              : axis.equals(Axis.ROWS) ? new Shape(2, 3, 5) : new Shape(2, 17, 2));
    }
    unary.forEach(
        (name, operation) ->
            add(
                cases,
                name,
                w -> (tape, x) -> x.get(0).then(operation.get()),
                new Shape(3, 17, 5)));
    add(
        cases,
        "cross-entropy",
        w -> (tape, x) -> x.get(0).then(new CrossEntropy(3, 0, 4, 4)),
        Shape.matrix(4, 5));
  }

  private static void addNorms(List<GradientCase> cases) {
    Shape shape = new Shape(2, 17, 7);
    for (boolean centred : new boolean[] {true, false}) {
      String name = centred ? "layer norm without bias" : "root-mean-square norm";
      add(
          cases,
          name,
          w -> {
            NormWeights norm = w.norm(centred, 7, false);
            return (tape, x) -> tape.apply(new Norm(norm), x.get(0));
          },
          shape);
    }
    add(
        cases,
        "layer norm",
        w -> {
          NormWeights norm = w.norm(7);
          return (tape, x) -> tape.apply(new Norm(norm), x.get(0));
        },
        shape);
    add(
        cases,
        "layer norm with residual",
        w -> {
          NormWeights norm = w.norm(7);
          return (tape, x) -> tape.apply(new Norm(norm), x.get(0), x.get(1));
        },
        shape,
        shape);
    add(
        cases,
        "layer norm of a variable and itself",
        w -> {
          NormWeights norm = w.norm(7);
          return (tape, x) -> tape.apply(new Norm(norm), x.get(0), x.get(0));
        },
        shape);
  }

  private static void addRotations(List<GradientCase> cases) {
    for (boolean interleaved : new boolean[] {false, true}) {
      for (int items : new int[] {1, 3}) {
        double[] ages = new Random(3).doubles(items * 17L, 0, 90).toArray();
        Rotation rotation = new Rotation(2, 7, 3, interleaved);
        add(
            cases,
            "rotate, interleaved " + interleaved + ", ages of " + items,
            w ->
                (tape, x) ->
                    x.get(0)
                        .then(
                            new Rotate(rotation),
                            Rotate.turns(tape, items, ages, Rotate.frequencies(3, 100))),
            new Shape(3, 17, 15));
      }
    }
  }

  private static void addAttentions(List<GradientCase> cases) {
    for (double mask : new double[] {Double.NEGATIVE_INFINITY, -10000, -0.5}) {
      AttentionSpec spec = new AttentionSpec(2, 3, 0.7, mask);
      int[] lengths = {19, 1, 11};
      Recipe recipe =
          w -> (tape, x) -> tape.apply(new Attention(spec, lengths), x.get(0), x.get(1));
      Shape keys = new Shape(3, 19, 12);
      add(cases, "attention, mask " + mask, recipe, new Shape(3, 19, 6), keys);
      add(cases, "attention of one query, mask " + mask, recipe, new Shape(3, 1, 6), keys);
      add(cases, "attention of few queries, mask " + mask, recipe, new Shape(3, 7, 6), keys);
    }
    addMaskedAttentions(cases);
  }

  private static void addMaskedAttentions(List<GradientCase> cases) {
    double removed = Double.NEGATIVE_INFINITY;
    int[] lengths = {19, 1, 11};
    int[] rows = AttentionMask.everyRow(3, 19);
    double[] times = Arrays.stream(rows).mapToDouble(r -> r / 2).toArray();
    double[] next = Arrays.stream(rows).mapToDouble(r -> (r + 1) / 2).toArray();
    Map<String, AttentionMask> masks = new LinkedHashMap<>();
    masks.put("causal", AttentionMask.window(lengths, rows, Integer.MAX_VALUE, 0));
    masks.put("in a window behind", AttentionMask.window(lengths, rows, 3, 0));
    masks.put("in a window on both sides", AttentionMask.window(lengths, rows, 2, 2));
    masks.put("of other times", AttentionMask.otherTimes(lengths, rows, next, times));
    masks.put("falling only", AttentionMask.padding(lengths));
    AttentionSpec grouped = new AttentionSpec(4, 2, 3, 0.7, removed, List.of());
    AttentionSpec falling = new AttentionSpec(4, 1, 3, 0.7, removed, List.of(.5, .25, .1, .0));
    masks.forEach(
        (name, mask) -> {
          AttentionSpec spec = name.startsWith("falling") ? falling : grouped;
          Shape keys = new Shape(3, 19, 2 * spec.keyWidth());
          Recipe recipe =
              w -> (tape, x) -> tape.apply(new Attention(spec, mask), x.get(0), x.get(1));
          add(cases, "attention " + name, recipe, new Shape(3, 19, 12), keys);
        });
    AttentionMask last = AttentionMask.window(lengths, new int[] {18, 0, 10}, Integer.MAX_VALUE, 0);
    add(
        cases,
        "attention, falling, of the last row",
        w -> (tape, x) -> tape.apply(new Attention(falling, last), x.get(0), x.get(1)),
        new Shape(3, 1, 12),
        new Shape(3, 19, 6));
  }

  private static void addPooling(List<GradientCase> cases) {
    add(
        cases,
        "gather, one row of each item",
        w ->
            (tape, x) ->
                tape.apply(Gather.ofItems(x.get(0).shape(), new int[] {0, 18, 16}), x.get(0)),
        new Shape(3, 19, 5));
    add(
        cases,
        "gather, each row an item",
        w -> (tape, x) -> tape.apply(new Gather(IntStream.range(0, 19).toArray(), 19), x.get(0)),
        Shape.matrix(19, 5));
    add(
        cases,
        "gather, one row twice",
        w -> (tape, x) -> tape.apply(new Gather(new int[] {56, 0, 19, 19}), x.get(0)),
        new Shape(3, 19, 5));
    add(
        cases,
        "dropout",
        w -> (tape, x) -> tape.apply(new Dropout(0.3, 77), x.get(0)),
        new Shape(3, 19, 5));
    add(
        cases,
        "mean of rows",
        w -> (tape, x) -> tape.apply(new MeanRows(new int[] {1, 19, 16}), x.get(0)),
        new Shape(3, 19, 5));
  }

  private static void addRecurrence(List<GradientCase> cases) {
    add(
        cases,
        "gru cell",
        w ->
            (tape, x) ->
                tape.apply(
                    new GruCell(new boolean[] {true, false, true}), x.get(0), x.get(1), x.get(2)),
        Shape.matrix(3, 15),
        Shape.matrix(3, 15),
        Shape.matrix(3, 5));
    add(
        cases,
        "three steps of a gru",
        w -> {
          LinearWeights in = w.linear(12, 5);
          LinearWeights recurrent = w.linear(12, 4);
          boolean[][] active = {{true, true}, {true, false}, {false, true}};
          return (tape, x) -> {
            Variable h = x.get(1);
            for (int t = 0; t < 3; t++) {
              Variable row =
                  tape.apply(Gather.ofItems(x.get(0).shape(), new int[] {t, t}), x.get(0));
              Variable gates = tape.apply(new Linear(in), row);
              Variable hidden = tape.apply(new Linear(recurrent), h);
              h = tape.apply(new GruCell(active[t]), gates, hidden, h);
            }
            return h;
          };
        },
        new Shape(2, 3, 5),
        Shape.matrix(2, 4));
  }

  private static void addComposites(List<GradientCase> cases) {
    for (Activation act : List.of(Activation.SILU, Activation.GELU, Activation.RELU)) {
      add(
          cases,
          "feed-forward gated by " + act.configName(),
          w -> {
            LinearWeights gate = w.linear(7, 5);
            LinearWeights up = w.linear(7, 5);
            LinearWeights down = w.linear(5, 7);
            return (tape, x) -> {
              Variable open = tape.apply(new Dense(gate, act), x.get(0));
              Variable hidden = tape.apply(new Linear(up), x.get(0));
              return tape.apply(new Linear(down), open.then(new Multiply(), hidden));
            };
          },
          new Shape(2, 17, 5));
    }
    add(
        cases,
        "one variable used four times",
        w -> {
          LinearWeights a = w.linear(4, 4);
          LinearWeights b = w.linear(4, 4);
          return (tape, x) -> {
            Variable v = x.get(0);
            Variable u = tape.apply(new Linear(a), v);
            Variable s = tape.apply(new Add(), u, v);
            Variable t = tape.apply(new Activate(Activation.TANH), v);
            Variable r = tape.apply(new Add(), tape.apply(new Linear(b), v), t);
            return tape.apply(new Add(), s, r);
          };
        },
        new Shape(2, 3, 4));
    add(
        cases,
        "encoder layer with a tabular branch",
        GradientCase::encoder,
        new Shape(3, 19, 8),
        Shape.matrix(3, 2));
  }

  /** Post-norm encoder layer, both poolings, a tabular branch and a head. */
  private static Graph encoder(Weights w) {
    LinearWeights query = w.linear(8, 8);
    LinearWeights keyValue = w.linear(16, 8);
    LinearWeights out = w.linear(8, 8);
    LinearWeights up = w.linear(20, 8);
    LinearWeights down = w.linear(8, 20);
    LinearWeights tabular = w.linear(3, 2);
    LinearWeights head = w.linear(1, 19);
    NormWeights first = w.norm(8);
    NormWeights second = w.norm(8);
    int[] lengths = {19, 4, 17};
    AttentionSpec spec = new AttentionSpec(2, 4, 0.5, Double.NEGATIVE_INFINITY);
    return (tape, inputs) -> {
      Variable x = inputs.get(0);
      Variable q = tape.apply(new Linear(query), x);
      Variable kv = tape.apply(new Linear(keyValue), x);
      Variable a = tape.apply(new Attention(spec, lengths), q, kv);
      Variable h = tape.apply(new Norm(first), tape.apply(new Linear(out), a), x);
      Variable f = tape.apply(new Activate(Activation.GELU), tape.apply(new Linear(up), h));
      Variable y = tape.apply(new Norm(second), tape.apply(new Linear(down), f), h);
      Variable cls = tape.apply(Gather.ofItems(y.shape(), new int[3]), y);
      Variable mean = tape.apply(new MeanRows(lengths), y);
      Variable t = tape.apply(new Linear(tabular), inputs.get(1));
      Variable side = tape.apply(new Activate(Activation.RELU), t);
      return tape.apply(new Linear(head), tape.apply(new Concatenate(), cls, mean, side));
    };
  }
}
