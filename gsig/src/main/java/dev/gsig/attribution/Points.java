package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Some points on a path of one subject.
 *
 * @param subject whose they are
 * @param inputs the path of each input
 * @param coefficients where each point is
 */
record Points(Subject subject, List<InputPath> inputs, Coefficients coefficients) {
  /**
   * Points of several subjects on a tape.
   *
   * @param inputs {@code [B, rows, cols]} each
   * @param subjects of the B items
   */
  record Batch(List<Variable> inputs, List<Subject> subjects) {}

  /**
   * Puts points on a tape, those of the first subject, then those of the next.
   *
   * @param needsGradient whether the gradient of each input will be asked for
   * @throws IllegalStateException if the inputs of two subjects are not alike
   */
  static Batch on(Tape tape, ExplainableModel model, List<Points> all, boolean[] needsGradient) {
    requireAlike(model, all);
    List<Subject> subjects = new ArrayList<>();
    for (Points p : all) {
      subjects.addAll(Collections.nCopies(p.coefficients.count(), p.subject));
    }
    List<Coefficients> coefficients = all.stream().map(Points::coefficients).toList();
    List<Variable> inputs = new ArrayList<>();
    for (int i = 0; i < needsGradient.length; i++) {
      int index = i;
      List<InputPath> paths = all.stream().map(p -> p.inputs.get(index)).toList();
      inputs.add(InputPath.points(tape, paths, coefficients, needsGradient[i]));
    }
    return new Batch(inputs, subjects);
  }

  private static void requireAlike(ExplainableModel model, List<Points> all) {
    Points first = all.get(0);
    for (Points p : all.subList(1, all.size())) {
      if (!shapes(p).equals(shapes(first))) {
        throw new IllegalStateException(
            model
                + ": its inputs have other shapes for one patient than for another: "
                + shapes(first)
                + " and "
                + shapes(p));
      }
    }
  }

  private static List<Shape> shapes(Points p) {
    return p.inputs.stream().map(InputPath::shape).toList();
  }

  /**
   * The logits of a batch.
   *
   * @return {@code [B, 1, labels]} or {@code [1, B, labels]}
   * @throws IllegalStateException if the model gives another shape
   */
  static Variable logits(Tape tape, ExplainableModel model, Batch batch) {
    Variable y = model.logits(tape, batch.inputs, batch.subjects);
    int labels = model.labels().count();
    int items = batch.subjects.size();
    if (y.shape().cols() != labels || (long) y.shape().allRows() != items) {
      throw new IllegalStateException(
          model
              + ": the logits of "
              + items
              + " items have the shape "
              + y.shape()
              + ", not ["
              + items
              + ", 1, "
              + labels
              + "] or [1, "
              + items
              + ", "
              + labels
              + "]");
    }
    return y;
  }

  /** A subject's own inputs, as {@link ExplainableModel#open} gives them; taken over. */
  static Points at(Backend backend, Subject subject, List<PathInput> inputs) {
    List<InputPath> paths = inputs.stream().map(input -> InputPath.at(backend, input)).toList();
    return new Points(subject, paths, Coefficients.straight(1));
  }

  /**
   * The logits by a forward pass.
   *
   * @param all a point each; taken over
   * @return {@code [B, labels]} row-major
   * @throws dev.gsig.ehr.InvalidInputException naming a patient whose logits are not finite
   */
  static double[] logits(ExplainableModel model, Backend backend, List<Points> all) {
    try (Tape tape = new Tape(backend)) {
      boolean[] none = new boolean[all.get(0).inputs.size()];
      double[] logits = logits(tape, model, on(tape, model, all, none)).values();
      int labels = logits.length / all.size();
      for (int b = 0; b < all.size(); b++) {
        double[] own = Arrays.copyOfRange(logits, b * labels, (b + 1) * labels);
        Finite.require(all.get(b).subject.id(), "the logits", own);
      }
      return logits;
    } finally {
      all.forEach(points -> points.inputs.forEach(input -> input.release(backend)));
    }
  }
}
