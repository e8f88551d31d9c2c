package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the path of each input starts: rows by a sequence baseline, entries by a tabular one. */
final class PathStarts {
  private final ExplainableModel model;
  private final ExplainOptions options;
  private final Baseline baseline;
  private final ReferenceBank references;
  private final ValueStarts values;

  /**
   * Starts.
   *
   * @param baseline may be null if the options need none
   * @param references null unless the paths start from a bank
   */
  private PathStarts(
      ExplainableModel model, ExplainOptions options, Baseline baseline, ReferenceBank references) {
    this.model = model;
    this.options = options;
    this.baseline = baseline;
    this.references = references;
    values = new ValueStarts(model, options.valueBaseline(), baseline);
  }

  /**
   * Starts at one point.
   *
   * @param baseline statistics of a validation set; may be null if the options need none
   * @throws InvalidInputException if the baseline is missing or another model's, or if the model
   *     lacks a token or an input that the options name
   */
  static PathStarts of(ExplainableModel model, Baseline baseline, ExplainOptions options) {
    requireInputs(model, options);
    boolean moved = model.movesRows(options.fixed());
    boolean rows = moved && options.sequenceBaseline().needsStatistics();
    Boolean has = model.movesEntries(options.fixed());
    boolean mean = options.tabularBaseline().needsStatistics();
    boolean entries = mean && Boolean.TRUE.equals(has);
    if (baseline == null && (rows || entries)) {
      throw new InvalidInputException(
          missing(rows ? options.sequenceBaseline().label() : options.tabularBaseline().label()));
    }
    boolean values = model.tokenizer().valueInput() != null;
    if (baseline != null && (rows || values || (mean && !Boolean.FALSE.equals(has)))) {
      baseline.requireMadeFor(model);
    }
    String lacking = options.sequenceBaseline().lacks(model.tokenizer().specialTokens());
    if (moved && lacking != null) {
      throw new InvalidInputException(
          "the baseline '"
              + options.sequenceBaseline().label()
              + "' needs a "
              + lacking
              + " in the model's "
              + model.configurationName()
              + "; choose another baseline");
    }
    return new PathStarts(model, options, baseline, null);
  }

  /** Starts at each of some references. */
  static PathStarts of(ExplainableModel model, ReferenceBank references, ExplainOptions options) {
    requireInputs(model, options);
    return new PathStarts(model, options, null, references);
  }

  /** These starts for another model, with statistics that need not be its own. */
  PathStarts on(ExplainableModel other) {
    return new PathStarts(
        other, options, baseline, references == null ? null : references.on(other));
  }

  private static String missing(String kind) {
    return "the baseline '"
        + kind
        + "' needs a validation cohort's means; make them with 'gsig baseline'";
  }

  /** Where the values of codes start. */
  ValueStarts values() {
    return values;
  }

  /** How many references there are; 0 where paths start at one point. */
  int references() {
    return references == null ? 0 : references.size();
  }

  /**
   * The inputs of a patient as {@link #of} takes them: where the paths of values start is in them.
   *
   * @param inputs taken over
   * @throws InvalidInputException naming the patient, if no mean of a value is known
   */
  List<PathInput> ends(Backend backend, Subject subject, List<PathInput> inputs) {
    return inputs.stream().map(input -> end(backend, subject, input)).toList();
  }

  private PathInput end(Backend backend, Subject subject, PathInput input) {
    if (!input.isOfValues() || options.fixed().contains(input.name())) {
      return input;
    }
    double[] led =
        ExplainableModel.naming(
            subject.trajectory(),
            () -> values.leading(subject.sequence(), input.download(backend)));
    input.release(backend);
    return PathInput.values(input.name(), backend.upload(input.shape(), led));
  }

  /**
   * Where the inputs of a patient start. The caller releases them.
   *
   * @param ends the inputs, of {@link #ends}
   * @param reference number of the reference that the path starts from, where there are some
   */
  List<PathInput> of(Backend backend, Subject subject, List<PathInput> ends, int reference) {
    requireHeld(ends);
    List<PathInput> starts = new ArrayList<>();
    for (PathInput input : ends) {
      if (input.isOfValues()) {
        starts.add(PathInput.values(input.name(), values(backend, ends, input)));
        continue;
      }
      double[] from = references == null ? null : references.values(input, reference);
      PathEnd end = new PathEnd(model, backend, subject, input, baseline, from);
      starts.add(
          input.isRows()
              ? PathInput.rows(input.name(), rows(backend, input, end))
              : PathInput.entries(input.name(), entries(input, end)));
    }
    return starts;
  }

  /**
   * Where the inputs of a subject that have rows start, by their names.
   *
   * @param reference number of the reference that the path starts from, where there are some
   */
  Map<String, double[]> rows(Subject subject, int reference) {
    return model.withBackend(
        backend -> {
          List<PathInput> ends = ends(backend, subject, model.open(backend, subject));
          List<PathInput> starts = of(backend, subject, ends, reference);
          Map<String, double[]> rows = new HashMap<>();
          for (PathInput input : starts) {
            if (input.isRows()) {
              double[] numbers = input.download(backend);
              rows.put(
                  input.name(), Finite.require(subject.id(), "the baseline of " + input, numbers));
            }
            input.release(backend);
          }
          ends.forEach(input -> input.release(backend));
          return rows;
        });
  }

  private void requireHeld(List<PathInput> inputs) {
    String problem = problem(model, options, inputs.stream().map(PathInput::name).toList());
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  private static void requireInputs(ExplainableModel model, ExplainOptions options) {
    if (options.valueBaseline() != ValueBaseline.MEAN && model.tokenizer().valueInput() == null) {
      throw new InvalidInputException(
          model
              + " reads no values beside the codes; leave out --value-baseline "
              + options.valueBaseline().label());
    }
    String problem =
        model.inputNames() == null ? null : problem(model, options, model.inputNames());
    if (problem != null) {
      throw new InvalidInputException(problem);
    }
  }

  /** What is wrong with the names of what is held; null if nothing is. */
  private static String problem(
      ExplainableModel model, ExplainOptions options, List<String> names) {
    return names.containsAll(options.fixed()) && !options.fixed().containsAll(names)
        ? null
        : model
            + " has the inputs "
            + names
            + ", of which "
            + options.fixed().stream().sorted().toList()
            + " are to be held: name some of them, and not all";
  }

  private Tensor rows(Backend backend, PathInput input, PathEnd end) {
    if (options.fixed().contains(input.name())) {
      return input.value().retain();
    }
    double[] rows = options.sequenceBaseline().rows(end);
    requireSize(options.sequenceBaseline().label(), input, rows);
    return backend.upload(input.shape(), rows);
  }

  private Tensor values(Backend backend, List<PathInput> ends, PathInput input) {
    if (options.fixed().contains(input.name())) {
      return input.value().retain();
    }
    boolean there =
        options.sequenceBaseline() == SequenceBaselines.SELF
            || ends.stream()
                .filter(end -> end.isRows() && !end.isOfValues())
                .allMatch(end -> options.fixed().contains(end.name()));
    return backend.upload(input.shape(), ValueStarts.start(input.download(backend), there));
  }

  private double[] entries(PathInput input, PathEnd end) {
    if (options.fixed().contains(input.name())) {
      return input.entries();
    }
    String label = options.tabularBaseline().label();
    if (baseline == null && options.tabularBaseline().needsStatistics()) {
      throw new IllegalArgumentException(input + ": " + missing(label));
    }
    double[] entries = options.tabularBaseline().entries(end);
    requireSize(label, input, entries);
    return entries;
  }

  private static void requireSize(String label, PathInput input, double[] start) {
    int size = input.shape().size();
    if (start.length < size || (!input.isRows() && start.length > size)) {
      throw new IllegalArgumentException(
          input
              + ": the baseline '"
              + label
              + "' gives "
              + start.length
              + " numbers in place of "
              + size);
    }
  }
}
