package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Sums of products of elements whose axes bear letters (Einstein's summation): those that the
 * result does not have are summed over. Rule: the gradient by a factor is {@code gy} times the
 * other factors, summed over the letters that it does not have itself.
 */
final class Einsum implements Operator {
  /** What a file can make a computer do is bounded: some minutes. */
  private static final double MOST_PRODUCTS = 0x1p38;

  private final String equation;
  private final int count;

  Einsum(Node node) {
    count = node.inputs();
    node.takes(1, count);
    equation = node.text("equation", "").replace(" ", "");
  }

  /** The letters of the equation, and for each operand, the result last, a step for each. */
  private record Letters(int[] extents, int[][] steps, int[] shape) {}

  /** Axes under an ellipsis get the letters from here on, the last axis the first one. */
  private static final char FIRST_HIDDEN = '\u0100';

  private static String spelled(String term, int rank) {
    int dots = term.indexOf("...");
    if (dots < 0) {
      return term;
    }
    StringBuilder hidden = new StringBuilder();
    for (int i = rank - term.length() + 3; i > 0; i--) {
      hidden.append((char) (FIRST_HIDDEN + i - 1));
    }
    return term.substring(0, dots) + hidden + term.substring(dots + 3);
  }

  private Letters letters(NdArray[] x) {
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (terms.length != count || sides.length > 2) {
      throw new InvalidInputException("the equation \"" + equation + "\" does not fit its inputs");
    }
    TreeMap<Character, Integer> extents = new TreeMap<>();
    TreeMap<Character, Integer> uses = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      terms[k] = spelled(terms[k], x[k].rank());
      if (terms[k].length() != x[k].rank()) {
        throw new InvalidInputException("\"" + equation + "\" does not fit " + x[k]);
      }
      for (int axis = 0; axis < terms[k].length(); axis++) {
        int extent = x[k].dim(axis);
        int known = extents.merge(terms[k].charAt(axis), extent, (p, q) -> p == 1 ? q : p);
        uses.merge(terms[k].charAt(axis), 1, Integer::sum);
        if (extent != known && extent != 1) {
          throw new InvalidInputException("extents of a letter of \"" + equation + "\" differ");
        }
      }
    }
    String hidden =
        extents.descendingKeySet().stream()
            .filter(c -> c >= FIRST_HIDDEN)
            .map(String::valueOf)
            .collect(Collectors.joining());
    String once =
        uses.entrySet().stream()
            .filter(e -> e.getKey() < FIRST_HIDDEN && e.getValue() == 1)
            .map(e -> e.getKey().toString())
            .collect(Collectors.joining());
    String result = sides.length > 1 ? sides[1].replace("...", hidden) : hidden + once;
    if (!result.chars().allMatch(c -> extents.containsKey((char) c))) {
      throw new InvalidInputException(
          "a letter of the result of \"" + equation + "\" is nowhere else");
    }
    return steps(extents, terms, x, result);
  }

  private static Letters steps(
      Map<Character, Integer> extents, String[] terms, NdArray[] x, String result) {
    List<Character> order = List.copyOf(extents.keySet());
    int[] shape = result.chars().map(c -> extents.get((char) c)).toArray();
    int[][] steps = new int[terms.length + 1][order.size()];
    for (int k = 0; k <= terms.length; k++) {
      String term = k < terms.length ? terms[k] : result;
      int[] own = k < terms.length ? x[k].shape() : shape;
      int[] strides = Shapes.strides(own);
      for (int axis = 0; axis < term.length(); axis++) {
        steps[k][order.indexOf(term.charAt(axis))] += own[axis] == 1 ? 0 : strides[axis];
      }
    }
    return new Letters(
        extents.values().stream().mapToInt(Integer::intValue).toArray(), steps, shape);
  }

  /** Adds the products of all other operands to one of them, letter by letter. */
  private static void accumulate(Letters letters, double[][] operands, int target) {
    int[] extents = letters.extents;
    if (Arrays.stream(extents).anyMatch(e -> e == 0)) {
      return;
    }
    if (Arrays.stream(extents).asDoubleStream().reduce(1, (a, b) -> a * b) > MOST_PRODUCTS) {
      throw new InvalidInputException("the letters have too many combinations to sum over");
    }
    int[] at = new int[extents.length];
    int[] places = new int[operands.length];
    boolean more = true;
    while (more) {
      double product = 1;
      for (int k = 0; k < operands.length; k++) {
        product *= k == target ? 1 : operands[k][places[k]];
      }
      operands[target][places[target]] += product;
      more = false;
      for (int letter = extents.length - 1; letter >= 0 && !more; letter--) {
        more = ++at[letter] < extents[letter];
        int move = more ? 1 : 1 - extents[letter];
        at[letter] = more ? at[letter] : 0;
        for (int k = 0; k < places.length; k++) {
          places[k] += move * letters.steps[k][letter];
        }
      }
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = Broadcast.type(x);
    Letters letters = letters(x);
    double[][] operands = new double[count + 1][];
    for (int k = 0; k < count; k++) {
      operands[k] = x[k].numbers();
    }
    operands[count] = new double[Shapes.size(letters.shape)];
    accumulate(letters, operands, count);
    NdArray y = NdArray.of(ElementType.DOUBLE, operands[count], letters.shape);
    return new NdArray[] {Cast.to(type, y, false)};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Letters letters = letters(x);
    for (int k = 0; k < count; k++) {
      if (flow.wants(k)) {
        double[][] operands = new double[count + 1][];
        for (int i = 0; i < count; i++) {
          operands[i] = i == k ? new double[x[i].size()] : x[i].doubles();
        }
        operands[count] = flow.of(0);
        accumulate(letters, operands, k);
        flow.give(k, operands[k]);
      }
    }
  }
}
