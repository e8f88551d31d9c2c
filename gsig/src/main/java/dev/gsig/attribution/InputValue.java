package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The numbers of an input at a patient, at all positions.
 *
 * @param name of the input
 * @param isRows whether it has a row for each position, else entries
 * @param isOfValues whether its rows are the values of the codes
 * @param shape {@code [1, L, cols]} or {@code [1, 1, n]}
 * @param numbers row-major. Not copied
 */
record InputValue(String name, boolean isRows, boolean isOfValues, Shape shape, double[] numbers) {
  /**
   * What a model reads of a patient.
   *
   * @throws dev.gsig.ehr.InvalidInputException if the model cannot read them, or a number is not
   *     finite
   */
  static List<InputValue> of(ExplainableModel model, Subject subject) {
    return model.withBackend(
        backend -> {
          List<PathInput> inputs = model.open(backend, subject);
          List<InputValue> values =
              inputs.stream()
                  .map(
                      input ->
                          new InputValue(
                              input.name(),
                              input.isRows(),
                              input.isOfValues(),
                              input.shape(),
                              Finite.require(
                                  subject.id(), input.toString(), input.download(backend))))
                  .collect(Collectors.toCollection(ArrayList::new));
          inputs.forEach(input -> input.release(backend));
          return values;
        });
  }
}
