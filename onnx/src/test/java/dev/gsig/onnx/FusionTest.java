package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each form in which exporters write what is fused, and forms that are nearly so and must not be
 * taken for it: what they are taken for, and that the results are those of the graph as it stands.
 */
class FusionTest {
  private static final int ROWS = 5;
  private static final int WIDTH = 8;

  /** A graph on x, [1, 5, 8], what it is taken for, and what is left. */
  private record Case(String name, String fused, Function<Sketch, String> graph) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(String name, String fused, Function<Sketch, String> graph) {
    return new Case(name, fused, graph);
  }

  static Stream<Case> layers() {
    return Stream.of(
        of("product and bias", "{linear layer=1} {}", s -> linear(s, "x", 3)),
        of(
            "bias first",
            "{linear layer=1} {}",
            s -> s.node("Add", List.of(s.random(3), product(s, "x", 3)))),
        of(
            "a bias of other rows is none",
            "{linear layer=1} {}",
            s -> s.node("Add", List.of(product(s, "x", 3), s.random(ROWS, 3)))),
        of(
            "Gemm",
            "{linear layer=1} {}",
            s -> {
              String flat = s.node("Reshape", List.of("x", s.indices(ROWS, WIDTH)));
              return s.node(
                  "Gemm",
                  List.of(flat, s.random(3, WIDTH), s.random(3)),
                  "transB",
                  1L,
                  "alpha",
                  0.5,
                  "beta",
                  2.0);
            }),
        of(
            "a product with a stack of matrices",
            "{} {MatMul=1}",
            s -> s.node("MatMul", List.of("x", s.random(2, WIDTH, 3)))),
        of(
            "a layer's activation",
            "{linear layer=2, tanh=1} {}",
            s -> {
              String tanh = s.node("Tanh", List.of(linear(s, "x", 6)));
              return linear(s, tanh, 2);
            }),
        of(
            "a layer that is also used otherwise",
            "{linear layer=1, tanh=1} {}",
            s -> {
              String y = linear(s, "x", 6);
              return s.node("Add", List.of(s.node("Tanh", List.of(y)), y));
            }),
        of(
            "Dropout between",
            "{ReLU=1, linear layer=1} {}",
            s -> {
              String y = s.node("Dropout", List.of(linear(s, "x", 6)));
              return s.node("Relu", List.of(y));
            }));
  }

  private static String product(Sketch s, String x, int outputs) {
    return s.node("MatMul", List.of(x, s.random(WIDTH, outputs)));
  }

  private static String linear(Sketch s, String x, int outputs) {
    int inputs = x.equals("x") ? WIDTH : 6;
    String y = s.node("MatMul", List.of(x, s.random(inputs, outputs)));
    return s.node("Add", List.of(y, s.random(outputs)));
  }

  static Stream<Case> norms() {
    return Stream.of(
        of(
            "LayerNormalization",
            "{layer norm=1} {}",
            s ->
                s.node(
                    "LayerNormalization",
                    List.of("x", s.random(WIDTH), s.random(WIDTH)),
                    "epsilon",
                    1e-3)),
        of(
            "LayerNormalization over two axes",
            "{} {LayerNormalization=1}",
            s -> s.node("LayerNormalization", List.of("x", s.random(ROWS, WIDTH)), "axis", 1L)),
        of(
            "RMSNormalization",
            "{RMS norm=1} {}",
            s -> s.node("RMSNormalization", List.of("x", s.random(WIDTH)))),
        of("layer norm", "{layer norm=1} {}", s -> norm(s, "x", true, 2, 1e-5, -1)),
        of("RMS norm", "{RMS norm=1} {}", s -> norm(s, "x", false, 2, 1e-5, -1)),
        of(
            "layer norm by its axis' number",
            "{layer norm=1} {}",
            s -> norm(s, "x", true, 2, 1e-5, 2)),
        of(
            "a power of 4 is no variance",
            "{mean=2} {Div=1, Pow=1, Sqrt=1}",
            s -> norm(s, "x", true, 4, 1e-5, -1)),
        of(
            "without epsilon",
            "{mean=2} {Div=1, Pow=1, Sqrt=1}",
            s -> norm(s, "x", true, 2, -1, -1)),
        of("over the rows", "{layer norm=1} {}", s -> norm(s, "x", true, 2, 1e-5, 1)),
        of("inverse root", "{RMS norm=1} {}", s -> inverse(s, "Reciprocal")),
        of("one by the root", "{RMS norm=1} {}", s -> inverse(s, "Div")),
        of(
            "after a residual",
            "{layer norm=1, linear layer=1} {}",
            s -> {
              String sum = s.node("Add", List.of("x", product(s, "x", WIDTH)));
              return norm(s, sum, true, 2, 1e-5, -1);
            }),
        of(
            "a residual that goes on",
            "{layer norm=1, linear layer=1} {}",
            s -> {
              String sum = s.node("Add", List.of("x", product(s, "x", WIDTH)));
              return s.node("Add", List.of(norm(s, sum, true, 2, 1e-5, -1), sum));
            }),
        of(
            "a centred value that is used otherwise",
            "{RMS norm=1, mean=1} {}",
            s -> {
              String mean = s.node("ReduceMean", List.of("x", s.indices(-1)));
              String c = s.node("Sub", List.of("x", mean));
              return s.node("Add", List.of(norm(s, c, false, 2, 1e-5, -1), c));
            }));
  }

  private static String norm(
      Sketch s, String x, boolean centred, double power, double epsilon, long axis) {
    String axes = s.indices(axis);
    String c = centred ? s.node("Sub", List.of(x, s.node("ReduceMean", List.of(x, axes)))) : x;
    String square = s.node("Pow", List.of(c, s.number(power)));
    String variance = s.node("ReduceMean", List.of(square, axes));
    String sum = epsilon < 0 ? variance : s.node("Add", List.of(variance, s.number(epsilon)));
    String y = s.node("Div", List.of(c, s.node("Sqrt", List.of(sum))));
    String scaled = s.node("Mul", List.of(s.random(WIDTH), y));
    return s.node("Add", List.of(scaled, s.random(WIDTH)));
  }

  private static String inverse(Sketch s, String operator) {
    String square = s.node("Mul", List.of("x", "x"));
    String variance = s.node("ReduceMean", List.of(square, s.indices(-1)));
    String root = s.node("Sqrt", List.of(s.node("Add", List.of(s.number(1e-5), variance))));
    String inverse =
        operator.equals("Div")
            ? s.node("Div", List.of(s.number(1), root))
            : s.node(operator, List.of(root));
    return s.node("Mul", List.of(s.random(WIDTH), s.node("Mul", List.of("x", inverse))));
  }

  static Stream<Case> activations() {
    double root = Math.sqrt(2);
    return Stream.of(
        of("Gelu", "{GELU=1} {}", s -> s.node("Gelu", List.of("x"))),
        of("Gelu by tanh", "{GELU=1} {}", s -> s.node("Gelu", List.of("x"), "approximate", "tanh")),
        of("GELU", "{GELU=1} {}", s -> gelu(s, s.node("Div", List.of("x", s.number(root))), 1)),
        of(
            "GELU of 32 bits",
            "{GELU=1} {}",
            s -> gelu(s, s.node("Div", List.of("x", s.number((float) root))), 1)),
        of(
            "half first",
            "{GELU=1} {}",
            s -> {
              String z = s.node("Mul", List.of("x", s.number(1 / root)));
              String gate = s.node("Add", List.of(s.number(1), s.node("Erf", List.of(z))));
              return s.node("Mul", List.of(s.node("Mul", List.of(s.number(0.5), "x")), gate));
            }),
        of(
            "another gate",
            "{} {Erf=1}",
            s -> gelu(s, s.node("Div", List.of("x", s.number(root))), 0.9)),
        of("of something else", "{tanh=1} {Erf=1}", s -> gelu(s, s.node("Tanh", List.of("x")), 1)),
        of(
            "tanh form by power",
            "{GELU=1} {}",
            s -> {
              String cube = s.node("Pow", List.of("x", s.number(3)));
              return tanhGelu(s, cube, Math.sqrt(2 / Math.PI));
            }),
        of(
            "tanh form by products",
            "{GELU=1} {}",
            s -> {
              String square = s.node("Mul", List.of("x", "x"));
              return tanhGelu(s, s.node("Mul", List.of("x", square)), Math.sqrt(2 / Math.PI));
            }),
        of(
            "another tanh",
            "{tanh=1} {Pow=1}",
            s -> tanhGelu(s, s.node("Pow", List.of("x", s.number(3))), 0.9)),
        of(
            "SiLU",
            "{SiLU=1} {}",
            s -> s.node("Mul", List.of(s.node("Sigmoid", List.of("x")), "x"))),
        of(
            "quick GELU",
            "{SiLU=1} {}",
            s -> {
              String z = s.node("Mul", List.of("x", s.number(1.702)));
              return s.node("Mul", List.of("x", s.node("Sigmoid", List.of(z))));
            }),
        of(
            "a gate of another value",
            "{sigmoid=1} {}",
            s -> {
              String z = s.node("Add", List.of("x", s.number(1)));
              return s.node("Mul", List.of("x", s.node("Sigmoid", List.of(z))));
            }));
  }

  private static String gelu(Sketch s, String z, double one) {
    String gate = s.node("Add", List.of(s.node("Erf", List.of(z)), s.number(one)));
    return s.node("Mul", List.of(s.node("Mul", List.of("x", gate)), s.number(0.5)));
  }

  private static String tanhGelu(Sketch s, String cube, double scale) {
    String inner = s.node("Add", List.of("x", s.node("Mul", List.of(s.number(0.044715), cube))));
    String tanh = s.node("Tanh", List.of(s.node("Mul", List.of(s.number(scale), inner))));
    String gate = s.node("Add", List.of(s.number(1), tanh));
    return s.node("Mul", List.of(s.node("Mul", List.of("x", s.number(0.5))), gate));
  }

  static Stream<Case> attentions() {
    String whole = "{attention=1, linear layer=3} {}";
    return Stream.of(
        of("no mask", whole, s -> attention(s, Function.identity())),
        of("padding", whole, s -> attention(s, masked(s, (q, k) -> k < 3 ? 0 : 1, -3.4e38))),
        of("padding by 10000", whole, s -> attention(s, masked(s, (q, k) -> k < 3 ? 0 : 1, -1e4))),
        of("padding by 2", whole, s -> attention(s, masked(s, (q, k) -> k < 3 ? 0 : 1, -2))),
        of("causal", whole, s -> attention(s, masked(s, (q, k) -> k <= q ? 0 : 1, -1e38))),
        of("causal by 3", whole, s -> attention(s, masked(s, (q, k) -> k <= q ? 0 : 1, -3))),
        of(
            "a window",
            whole,
            s -> attention(s, masked(s, (q, k) -> Math.abs(k - q) < 2 ? 0 : 1, -1e38))),
        of("a key between", whole, s -> attention(s, masked(s, (q, k) -> k == 2 ? 1 : 0, -1e38))),
        of(
            "a query that sees nothing",
            whole,
            s -> attention(s, masked(s, (q, k) -> q == 1 ? 1 : 0, -1e38))),
        of(
            "numbers that are no mask",
            whole,
            s -> attention(s, masked(s, (q, k) -> 3 * q + k, -0.1))),
        of("a choice", whole, s -> attention(s, x -> chosen(s, x, Double.NEGATIVE_INFINITY))),
        of("a choice of a small number", whole, s -> attention(s, x -> chosen(s, x, -1))),
        of(
            "scaled after",
            whole,
            s -> {
              Function<String, String> mask = masked(s, (q, k) -> k < 4 ? 0 : 1, -1e38);
              return attention(s, x -> s.node("Mul", List.of(mask.apply(x), s.number(0.5))));
            }),
        of(
            "a negative scale behind a mask",
            whole,
            s -> attention(s, x -> s.node("Mul", List.of(x, s.number(-0.5))))),
        of("another axis", whole, s -> attention(s, Function.identity(), 2, false)),
        of(
            "weights that are used twice",
            "{linear layer=3, matrix product=2, softmax=1, sum=1} {}",
            s -> attention(s, Function.identity(), -1, true)),
        of(
            "not a softmax",
            "{linear layer=3, matrix product=2, sigmoid=1} {}",
            s -> heads(s, x -> s.node("Sigmoid", List.of(x)))),
        of(
            "a guard",
            whole,
            s ->
                heads(
                    s,
                    x -> {
                      String weights = s.node("Softmax", List.of(x), "axis", 3L);
                      String isNan = s.node("IsNaN", List.of(weights));
                      return s.node("Where", List.of(isNan, s.number(0), weights));
                    })));
  }

  static Stream<Case> operators() {
    String whole = "{attention=1, linear layer=3} {}";
    return Stream.of(
        of("Attention", whole, s -> operator(s, 8, "")),
        of("Attention, causal", whole, s -> operator(s, 8, "", "is_causal", 1L)),
        of("Attention of shared keys", whole, s -> operator(s, 4, "", "scale", 0.25)),
        of("Attention with a mask", whole, s -> operator(s, 8, seen(s, ROWS))),
        of(
            "Attention with a cap",
            "{linear layer=3} {Attention=1}",
            s -> operator(s, 8, "", "softcap", 2.0)),
        of("RotaryEmbedding", "{linear layer=1, rotary positions=1} {}", s -> rotary(s)),
        of(
            "RotaryEmbedding of neighbours",
            "{linear layer=1, rotary positions=1} {}",
            s -> rotary(s, "interleaved", 1L)),
        of(
            "RotaryEmbedding of a part",
            "{linear layer=1, rotary positions=1} {}",
            s -> rotary(s, "rotary_embedding_dim", 2L)));
  }

  private static String seen(Sketch s, int keys) {
    long[] seen = new long[keys];
    Arrays.setAll(seen, i -> i < keys - 2 ? 1 : 0);
    return s.constant(NdArray.of(ElementType.BOOL, seen, 1, keys));
  }

  private static String operator(Sketch s, int width, String mask, Object... attributes) {
    Object[] all = Arrays.copyOf(attributes, attributes.length + 4);
    all[attributes.length] = "q_num_heads";
    all[attributes.length + 1] = 2L;
    all[attributes.length + 2] = "kv_num_heads";
    all[attributes.length + 3] = width / 4L;
    return s.node(
        "Attention",
        List.of(linear(s, "x", WIDTH), linear(s, "x", width), linear(s, "x", width), mask),
        all);
  }

  private static String rotary(Sketch s, Object... attributes) {
    Object[] all = Arrays.copyOf(attributes, attributes.length + 2);
    all[attributes.length] = "num_heads";
    all[attributes.length + 1] = 2L;
    int half = attributes.length > 0 && attributes[0].equals("rotary_embedding_dim") ? 1 : 2;
    return s.node(
        "RotaryEmbedding",
        List.of(linear(s, "x", WIDTH), s.random(1, ROWS, half), s.random(1, ROWS, half)),
        all);
  }

  /** Readouts of one position, of which the last layer needs no other. */
  static Stream<Case> readouts() {
    String layer = "{GELU=1, attention=1, layer norm=2, linear layer=6} {}";
    return Stream.of(
        of(
            "the first position",
            layer,
            s ->
                s.node(
                    "Gather",
                    List.of(layer(s), s.constant(NdArray.of(ElementType.INT64, new long[1]))),
                    "axis",
                    1L)),
        of(
            "the last position",
            layer,
            s -> s.node("Gather", List.of(layer(s), s.indices(-1)), "axis", 1L)),
        of(
            "two positions twice",
            layer,
            s -> {
              String y = layer(s);
              String first = s.node("Gather", List.of(y, s.indices(3, 0, 3)), "axis", 1L);
              String second = s.node("Gather", List.of(y, s.indices(2)), "axis", 1L);
              return s.node("Concat", List.of(first, second), "axis", 1L);
            }));
  }

  /** A layer of an encoder. */
  private static String layer(Sketch s) {
    Function<String, String> mask = masked(s, (q, k) -> k <= q ? 0 : 1, -1e38);
    String heads = attention(s, mask);
    String side = s.node("Transpose", List.of(heads), "perm", new long[] {0, 2, 1, 3});
    String joined = s.node("Reshape", List.of(side, s.indices(0, 0, WIDTH)));
    String sum = s.node("Add", List.of("x", product(s, joined, WIDTH)));
    String between = norm(s, sum, true, 2, 1e-5, -1);
    String wide = s.node("MatMul", List.of(between, s.random(WIDTH, 6)));
    String gelu = s.node("Gelu", List.of(wide));
    String down = s.node("MatMul", List.of(gelu, s.random(6, WIDTH)));
    return norm(s, s.node("Add", List.of(between, down)), true, 2, 1e-5, -1);
  }

  /** Adds a number times another one for each query and key. */
  private static Function<String, String> masked(Sketch s, IntBinaryOperator where, double value) {
    double[] mask = new double[ROWS * ROWS];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = where.applyAsInt(i / ROWS, i % ROWS) * value;
    }
    String added = s.array(mask, 1, 1, ROWS, ROWS);
    return x -> s.node("Add", List.of(x, added));
  }

  private static String chosen(Sketch s, String x, double otherwise) {
    long[] seen = new long[ROWS * ROWS];
    Arrays.setAll(seen, i -> i % ROWS <= i / ROWS ? 1 : 0);
    String condition = s.constant(NdArray.of(ElementType.BOOL, seen, 1, 1, ROWS, ROWS));
    return s.node("Where", List.of(condition, x, s.number(otherwise)));
  }

  private static String attention(Sketch s, Function<String, String> mask) {
    return attention(s, mask, -1, false);
  }

  private static String attention(
      Sketch s, Function<String, String> mask, long axis, boolean usedTwice) {
    String[] kept = new String[1];
    String y =
        heads(
            s,
            x -> {
              kept[0] = s.node("Softmax", List.of(mask.apply(x)), "axis", axis);
              return kept[0];
            });
    return usedTwice
        ? s.node("Add", List.of(y, s.node("ReduceSum", List.of(kept[0], s.indices(-1)))))
        : y;
  }

  /** Two heads of four features; the result is [1, 2, 5, 4]. */
  private static String heads(Sketch s, Function<String, String> weights) {
    String to = s.indices(0, 0, 2, 4);
    String[] parts = new String[3];
    for (int i = 0; i < 3; i++) {
      String side = s.node("Reshape", List.of(linear(s, "x", WIDTH), to));
      parts[i] =
          s.node(
              "Transpose",
              List.of(side),
              "perm",
              i == 1 ? new long[] {0, 2, 3, 1} : new long[] {0, 2, 1, 3});
    }
    String scores = s.node("MatMul", List.of(parts[0], parts[1]));
    String scaled = s.node("Div", List.of(scores, s.number(2)));
    return s.node("MatMul", List.of(weights.apply(scaled), parts[2]));
  }

  private static void require(Case c) {
    Sketch sketch = new Sketch(24);
    String output = c.graph.apply(sketch);
    assertThat(sketch.fused(output)).isEqualTo(c.fused);
    assertThat(sketch.deviation("ejml", output, 1, ROWS, WIDTH)).isLessThan(1e-9);
    assertThat(sketch.deviation("simd", output, 1, ROWS, WIDTH)).isLessThan(1e-4);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void linearLayers(Case c) {
    require(c);
  }

  @ParameterizedTest
  @MethodSource("norms")
  void norms(Case c) {
    require(c);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activations(Case c) {
    require(c);
  }

  @ParameterizedTest
  @MethodSource("attentions")
  void attentions(Case c) {
    require(c);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void operators(Case c) {
    require(c);
  }

  @ParameterizedTest
  @MethodSource("readouts")
  void readouts(Case c) {
    require(c);
  }

  @Test
  void aReadoutOfOnePositionComputesNoOthersThatItDoesNotNeed() {
    Sketch sketch = new Sketch(24);
    String all = layer(sketch);
    String one = sketch.node("Gather", List.of(all, sketch.indices(0)), "axis", 1L);
    // besides the row: keys and values of all rows, apart and together
    long keys = ROWS * WIDTH * 4L;
    assertThat(sketch.activations(one, 1, ROWS, WIDTH))
        .isLessThan(keys + sketch.activations(all, 1, ROWS, WIDTH) / ROWS + WIDTH);
  }
}
