package dev.gsig.transformer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.Rotary.Over;
import dev.gsig.transformer.internal.Layer.Order;
import dev.gsig.transformer.internal.SelfAttention.Rotary;
import dev.gsig.transformer.internal.Sight.Outlook;
import dev.gsig.transformer.internal.Sight.Rows;
import dev.gsig.transformer.safetensors.Safetensors;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers of decoders and modern encoders against what PyTorch computes in float64 for them, written
 * out in {@code tools/fixtures/make_layer_fixtures.py}: results and gradients, of all rows and
 * where the last real row of each item alone is read.
 */
class LayerFixturesTest {
  private static final int[] LENGTHS = {18, 1, 11};
  private static final int ROWS = 18;
  private static final int WIDTH = 16;
  private static final int HEADS = 4;
  private static final int SIZE = 4;
  private static final int ALL = Integer.MAX_VALUE;

  /** What makes a family's layer. */
  private record Kind(Order order, Activation act, int keyHeads, Rotary rotary, Outlook outlook) {}

  private static Kind kind(String name) {
    Rotary halves = new Rotary(2, false);
    return switch (name) {
      case "gpt2" -> new Kind(Order.PRE_NORM, Activation.GELU_NEW, HEADS, null, causal(ALL));
      case "nanogpt" -> new Kind(Order.PRE_NORM, Activation.GELU, HEADS, null, causal(ALL));
      case "llama" -> new Kind(Order.PRE_NORM, Activation.SILU, 2, halves, causal(ALL, 2, 500000));
      case "mistral" -> new Kind(Order.PRE_NORM, Activation.SILU, 1, halves, causal(3, 2, 10000));
      case "qwen2" -> new Kind(Order.PRE_NORM, Activation.SILU, 2, halves, causal(ALL, 2, 1000000));
      case "modernbert-global" -> modernBert(ALL, 160000);
      case "modernbert-local" -> modernBert(4, 10000);
      case "motor" ->
          new Kind(
              Order.PARALLEL,
              Activation.SILU,
              HEADS,
              new Rotary(2, true),
              new Outlook(5, 0, Rotate.frequencies(2, 10000), Over.TIME, false));
      case "gpt-neox" ->
          new Kind(
              Order.PARALLEL, Activation.GELU, HEADS, new Rotary(1, false), causal(ALL, 1, 10000));
      case "delphi" ->
          new Kind(
              Order.PRE_NORM,
              Activation.GELU,
              HEADS,
              null,
              new Outlook(ALL, 0, null, Over.POSITION, true));
      case "alibi" ->
          new Kind(Order.PRE_NORM, Activation.RELU, HEADS, null, new Outlook(ALL, ALL, null));
      case "post-norm" ->
          new Kind(Order.POST_NORM, Activation.GELU, HEADS, null, new Outlook(ALL, ALL, null));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Kind modernBert(int window, double base) {
    Outlook outlook = new Outlook(window, window, Rotate.frequencies(2, base));
    return new Kind(Order.PRE_NORM, Activation.GELU, HEADS, new Rotary(2, false), outlook);
  }

  private static Outlook causal(int before) {
    return new Outlook(before, 0, null);
  }

  private static Outlook causal(int before, int pairs, double base) {
    return new Outlook(before, 0, Rotate.frequencies(pairs, base));
  }

  /** A fixture, opened for a test. */
  private record Fixture(String name, Safetensors file) implements AutoCloseable {
    static Fixture open(String name) throws URISyntaxException {
      String resource = "/layers/" + name + ".safetensors";
      return new Fixture(
          name, Safetensors.open(Path.of(LayerFixturesTest.class.getResource(resource).toURI())));
    }

    double[] read(String tensor) {
      return file.names().contains(tensor) ? file.read(tensor) : null;
    }

    Layer layer(Backend backend) {
      Kind kind = kind(name);
      List<Double> slopes = name.equals("alibi") ? Attention.slopes(HEADS) : List.of();
      AttentionSpec spec =
          new AttentionSpec(HEADS, kind.keyHeads(), SIZE, 0.5, Double.NEGATIVE_INFINITY, slopes);
      SelfAttention attention =
          new SelfAttention(
              spec,
              kind.rotary(),
              linear(backend, "query"),
              keyValue(backend, 2 * spec.keyWidth()),
              linear(backend, "output"));
      FeedForward feedForward =
          new FeedForward(
              kind.act(), linear(backend, "in"), linear(backend, "times"), linear(backend, "out"));
      return new Layer(
          kind.order(),
          true,
          norm(backend, "attention_norm"),
          attention,
          norm(backend, "feed_forward_norm"),
          feedForward);
    }

    /** Null if it is not there. */
    private LinearWeights linear(Backend backend, String part) {
      if (read(part + ".weight") == null) {
        return null;
      }
      List<Long> shape = file.shape(part + ".weight");
      return backend.linearWeights(
          shape.get(0).intValue(),
          shape.get(1).intValue(),
          read(part + ".weight"),
          read(part + ".bias"));
    }

    private LinearWeights keyValue(Backend backend, int outputs) {
      double[] weight = joined("key.weight", "value.weight");
      double[] bias = read("key.bias") == null ? null : joined("key.bias", "value.bias");
      return backend.linearWeights(outputs, WIDTH, weight, bias);
    }

    private double[] joined(String first, String second) {
      return DoubleStream.concat(Arrays.stream(read(first)), Arrays.stream(read(second))).toArray();
    }

    private NormWeights norm(Backend backend, String part) {
      double[] gamma = read(part + ".weight");
      boolean rms = List.of("llama", "mistral", "qwen2", "motor").contains(name);
      return gamma == null ? null : backend.normWeights(!rms, gamma, read(part + ".bias"), 1e-5);
    }

    Sight sight(Tape tape, int[] only) {
      Rows rows = new Rows(LENGTHS, ROWS, read("places"), null);
      return Sight.of(tape, kind(name).outlook(), rows, only);
    }

    @Override
    public void close() {
      file.close();
    }
  }

  static Stream<String> names() {
    return Stream.of(
        "gpt2",
        "nanogpt",
        "llama",
        "mistral",
        "qwen2",
        "modernbert-global",
        "modernbert-local",
        "motor",
        "gpt-neox",
        "delphi",
        "alibi",
        "post-norm");
  }

  @ParameterizedTest
  @MethodSource("names")
  void reference(String name) throws URISyntaxException {
    check(name, "ejml", 1e-9);
  }

  @ParameterizedTest
  @MethodSource("names")
  void float32(String name) throws URISyntaxException {
    check(name, "simd", 1e-4);
  }

  private static void check(String name, String backendName, double tolerance)
      throws URISyntaxException {
    try (Backend backend = Backends.open(backendName);
        Fixture fixture = Fixture.open(name)) {
      Layer layer = fixture.layer(backend);
      Shape all = new Shape(LENGTHS.length, ROWS, WIDTH);
      check(fixture, backend, layer, null, all, "", tolerance);
      int[] last = Arrays.stream(LENGTHS).map(n -> n - 1).toArray();
      check(fixture, backend, layer, last, Shape.matrix(LENGTHS.length, WIDTH), "last.", tolerance);
    }
  }

  private static void check(
      Fixture fixture,
      Backend backend,
      Layer layer,
      int[] only,
      Shape result,
      String prefix,
      double tolerance) {
    try (Tape tape = new Tape(backend)) {
      Shape shape = new Shape(LENGTHS.length, ROWS, WIDTH);
      Variable x = tape.inputs(List.of(shape), List.of(fixture.read("x"))).get(0);
      Variable y = layer.apply(tape, x, fixture.sight(tape, only));
      assertThat(y.shape()).isEqualTo(result);
      double[] seed = fixture.read(prefix + "seed");
      double[] values = y.values();
      Arrays.setAll(values, i -> seed[i] == 0 ? 0 : values[i]);
      assertClose(prefix + "y", values, fixture.read(prefix + "y"), tolerance);
      Tensor gy = backend.upload(result, seed);
      tape.backward(y, gy);
      backend.release(gy);
      assertClose(prefix + "gx", x.gradient(), fixture.read(prefix + "gx"), tolerance);
    }
  }

  private static void assertClose(
      String what, double[] found, double[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst =
        IntStream.range(0, found.length)
            .mapToDouble(i -> Math.abs(found[i] - expected[i]))
            .max()
            .orElseThrow();
    assertThat(worst / largest).as(what).isLessThan(tolerance);
  }

  /** A causal layer's earlier rows do not know of later ones, to the last bit. */
  @ParameterizedTest
  @CsvSource({"llama,ejml", "llama,simd", "motor,simd", "delphi,simd", "mistral,simd"})
  void laterRowsAreNotKnown(String name, String backendName) throws URISyntaxException {
    try (Backend backend = Backends.open(backendName);
        Fixture fixture = Fixture.open(name)) {
      Layer layer = fixture.layer(backend);
      double[] x = fixture.read("x");
      double[] other = x.clone();
      for (int i = 7 * WIDTH; i < ROWS * WIDTH; i++) {
        other[i] = 3 - other[i];
      }
      double[][] found = {x, other};
      for (int i = 0; i < 2; i++) {
        try (Tape tape = new Tape(backend)) {
          Shape shape = new Shape(LENGTHS.length, ROWS, WIDTH);
          Variable in = tape.inputs(List.of(shape), List.of(found[i])).get(0);
          Variable y = layer.apply(tape, in, fixture.sight(tape, new int[] {6, 0, 10}));
          double[] row = y.values();
          double[] seed = new double[row.length];
          Arrays.fill(seed, 0, WIDTH, 1);
          Tensor gy = backend.upload(y.shape(), seed);
          tape.backward(y, gy);
          backend.release(gy);
          double[] gx = in.gradient();
          assertThat(Arrays.stream(gx, 7 * WIDTH, gx.length).allMatch(g -> g == 0)).isTrue();
          found[i] = row;
        }
      }
      assertThat(Arrays.equals(found[0], found[1])).isTrue();
    }
  }

  /** Global and local layers in turn: as one behind the other, and of some rows the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void stacksAreTheirLayers(String backendName) throws URISyntaxException {
    List<String> names = List.of("modernbert-global", "modernbert-local", "llama", "mistral");
    try (Backend backend = Backends.open(backendName)) {
      List<Layer> layers = new ArrayList<>();
      for (String name : names) {
        try (Fixture fixture = Fixture.open(name)) {
          layers.add(fixture.layer(backend));
        }
      }
      List<Outlook> outlooks = names.stream().map(name -> kind(name).outlook()).toList();
      double[] gamma = new Random(4).doubles(WIDTH).toArray();
      NormWeights norm = backend.normWeights(false, gamma, null, 1e-5);
      double[] values = new Random(5).doubles(LENGTHS.length * ROWS * WIDTH, -1, 1).toArray();
      Rows rows = new Rows(LENGTHS, ROWS, null, null);
      int[] only = {17, 0, 4};
      try (Tape tape = new Tape(backend)) {
        Variable x = tape.constant(new Shape(LENGTHS.length, ROWS, WIDTH), values);
        Variable byHand = x;
        for (int n = 0; n < names.size(); n++) {
          byHand = layers.get(n).apply(tape, byHand, Sight.of(tape, outlooks.get(n), rows, null));
        }
        double[] expected = byHand.then(new Norm(norm)).values();
        LayerStack stack = new LayerStack(layers, outlooks, norm);
        assertThat(Arrays.equals(stack.apply(tape, x, rows, null).values(), expected)).isTrue();
        double[] some = stack.apply(tape, x, rows, only).values();
        for (int b = 0; b < only.length; b++) {
          int from = (b * ROWS + only[b]) * WIDTH;
          assertThat(Arrays.copyOfRange(some, b * WIDTH, (b + 1) * WIDTH))
              .as("item %d", b)
              .isEqualTo(Arrays.copyOfRange(expected, from, from + WIDTH));
        }
        LayerStack empty = new LayerStack(List.of(), List.of(), null);
        assertThat(Arrays.copyOf(empty.apply(tape, x, rows, only).values(), WIDTH))
            .isEqualTo(Arrays.copyOfRange(x.values(), 17 * WIDTH, 18 * WIDTH));
      }
    }
  }

  /** What stands in rows of padding changes nothing. */
  @Test
  void paddingIsNotRead() throws URISyntaxException {
    try (Backend backend = Backends.open("simd");
        Fixture fixture = Fixture.open("modernbert-local")) {
      Layer layer = fixture.layer(backend);
      double[] x = fixture.read("x");
      double[] other = x.clone();
      Arrays.fill(other, (ROWS + 1) * WIDTH, 2 * ROWS * WIDTH, 1e3);
      double[][] found = {x, other};
      for (int i = 0; i < 2; i++) {
        try (Tape tape = new Tape(backend)) {
          Shape shape = new Shape(LENGTHS.length, ROWS, WIDTH);
          Variable y = layer.apply(tape, tape.constant(shape, found[i]), fixture.sight(tape, null));
          found[i] = Arrays.copyOfRange(y.values(), ROWS * WIDTH, (ROWS + 1) * WIDTH);
        }
      }
      assertThat(Arrays.equals(found[0], found[1])).isTrue();
    }
  }
}
