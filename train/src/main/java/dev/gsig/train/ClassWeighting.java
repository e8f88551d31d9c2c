package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How much each class counts in the loss.
 *
 * @param kind none, balanced or given
 * @param given the weights, where they are given
 */
public record ClassWeighting(Kind kind, List<Double> given) {
  /** Where the weights come from. */
  public enum Kind {
    /** All 1. */
    NONE,
    /** Patients / (classes x patients of the class): every class counts alike. */
    BALANCED,
    /** As given. */
    GIVEN
  }

  /** Copies the list. */
  public ClassWeighting {
    given = List.copyOf(given);
  }

  /**
   * Reads {@code none}, {@code balanced} or weights separated by commas.
   *
   * @throws IllegalArgumentException saying what it may be
   */
  public static ClassWeighting parse(String text) {
    if (text.equals("none")) {
      return new ClassWeighting(Kind.NONE, List.of());
    }
    if (text.equals("balanced")) {
      return new ClassWeighting(Kind.BALANCED, List.of());
    }
    try {
      List<Double> weights =
          Arrays.stream(text.split(",", -1)).map(t -> Double.parseDouble(t.strip())).toList();
      if (weights.stream().allMatch(w -> w > 0 && w < Double.POSITIVE_INFINITY)) {
        return new ClassWeighting(Kind.GIVEN, weights);
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for every unusable text
    }
    throw new IllegalArgumentException(
        "class weight '"
            + text
            + "' is not none, balanced or positive numbers, one for each class or label, as 1,4.5");
  }

  double[] weights(int[] labels, int classes) {
    double[] weights = new double[classes];
    switch (kind) {
      case NONE -> Arrays.fill(weights, 1);
      case BALANCED -> {
        for (int k = 0; k < classes; k++) {
          int label = k;
          long count = Arrays.stream(labels).filter(l -> l == label).count();
          weights[k] = count == 0 ? 1 : (double) labels.length / (classes * count);
        }
      }
      case GIVEN -> {
        if (given.size() != classes) {
          throw new InvalidInputException(
              "--class-weight gives "
                  + given.size()
                  + " weights, but the model has "
                  + classes
                  + " classes");
        }
        Arrays.setAll(weights, given::get);
      }
    }
    return weights;
  }

  /**
   * The weights for the labels of a multi-label model, two for each: of those without it and of
   * those with it. Balanced, both count alike for every label; given, a weight is that of those
   * with it, and the others count 1.
   */
  double[] weights(List<int[]> truth, int labels) {
    if (kind == Kind.GIVEN && given.size() != labels) {
      throw new InvalidInputException(
          "--class-weight gives "
              + given.size()
              + " weights, but the model has "
              + labels
              + " labels");
    }
    double[] weights = new double[2 * labels];
    Arrays.fill(weights, 1);
    for (int k = 0; k < labels; k++) {
      if (kind == Kind.BALANCED) {
        int label = k;
        int[] values = truth.stream().mapToInt(t -> t[label]).toArray();
        System.arraycopy(weights(values, 2), 0, weights, 2 * k, 2);
      } else if (kind == Kind.GIVEN) {
        weights[2 * k + 1] = given.get(k);
      }
    }
    return weights;
  }

  @Override
  public String toString() {
    return kind == Kind.GIVEN
        ? given.stream().map(String::valueOf).collect(Collectors.joining(","))
        : kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
