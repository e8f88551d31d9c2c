package dev.gsig.onnx;

import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * What {@code tools/fixtures/make_onnx_variants.py} wrote: small multimodal models, and numbers.
 */
final class Variants {
  /**
   * One model: what it takes for three patients, the shorter ones padded, and what PyTorch found.
   */
  record Variant(
      String name,
      Map<String, NdArray> inputs,
      double[] logits,
      Map<String, Map<String, double[]>> byPath) {
    /** The model, in 53 bits or as it is declared. */
    OnnxModel read(boolean exact) {
      try (InputStream in = new GZIPInputStream(resource(name + ".onnx.gz"))) {
        return OnnxModel.read(in.readAllBytes(), exact);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Names of what the paths lead through, those of the rows of codes among them. */
    List<String> paths() {
      return List.copyOf(byPath.get("gradient").keySet());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Nodes and weights of a rule on 0..1. */
  record Rule(double[] nodes, double[] weights) {
    /** The right Riemann sum. */
    static Rule right(int steps) {
      double[] nodes = new double[steps];
      double[] weights = new double[steps];
      for (int i = 0; i < steps; i++) {
        nodes[i] = (i + 1.0) / steps;
        weights[i] = 1.0 / steps;
      }
      return new Rule(nodes, weights);
    }
  }

  private final List<Variant> all = new ArrayList<>();
  private double[] nodes;
  private double[] weights;

  private Variants() {}

  /** All models. */
  static List<Variant> all() {
    return read().all;
  }

  /** The Gauss-Legendre rule of the numbers called gauss. */
  static Rule gauss() {
    Variants read = read();
    return new Rule(read.nodes, read.weights);
  }

  private static Variants read() {
    Variants read = new Variants();
    try (InputStream in = resource("expected.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines().forEach(read::line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return read;
  }

  private static InputStream resource(String name) {
    return Variants.class.getResourceAsStream("variants/" + name);
  }

  private void line(String line) {
    int colon = line.indexOf(" :");
    String[] words = line.substring(0, colon).split(" ");
    double[] numbers =
        Arrays.stream(line.substring(colon + 2).split(" "))
            .filter(n -> !n.isEmpty())
            .mapToDouble(Double::parseDouble)
            .toArray();
    Variant last = all.isEmpty() ? null : all.get(all.size() - 1);
    switch (words[0]) {
      case "nodes" -> nodes = numbers;
      case "weights" -> weights = numbers;
      case "model" ->
          all.add(
              new Variant(words[1], new LinkedHashMap<>(), new double[3], new LinkedHashMap<>()));
      case "input" -> last.inputs().put(words[1], array(words, numbers));
      case "logits" -> System.arraycopy(numbers, 0, last.logits(), 0, 3);
      default ->
          last.byPath()
              .computeIfAbsent(words[0], w -> new LinkedHashMap<>())
              .put(words[1], numbers);
    }
  }

  private static NdArray array(String[] words, double[] numbers) {
    int[] shape = Arrays.stream(words).skip(3).mapToInt(Integer::parseInt).toArray();
    if (ElementType.valueOf(words[2]) == ElementType.INT64) {
      return NdArray.of(
          ElementType.INT64, Arrays.stream(numbers).mapToLong(n -> (long) n).toArray(), shape);
    }
    return NdArray.of(ElementType.FLOAT, numbers, shape);
  }
}
