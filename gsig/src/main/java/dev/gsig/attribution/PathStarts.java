package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Where the path of each input starts: rows by a sequence baseline, entries by a tabular one. */
final class PathStarts {
  private final ExplainableModel model;
  private final ExplainOptions options;
  private final Baseline baseline;
  private final ReferenceBank references;

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
  }

  /**
   * Starts at one point.
   *
   * @param baseline statistics of a validation set; may be null if the options need none
   * @throws InvalidInputException if the baseline is missing or another model's, or if the model
   *     lacks a token that the options name
   */
  static PathStarts of(ExplainableModel model, Baseline baseline, ExplainOptions options) {
    boolean rows = options.sequenceBaseline().needsStatistics();
    Boolean has = model.hasEntries();
    boolean mean = options.tabularBaseline() == TabularBaseline.MEAN;
    boolean entries = mean && Boolean.TRUE.equals(has);
    if (baseline == null && (rows || entries)) {
      throw new InvalidInputException(missing(rows ? options.sequenceBaseline().label() : "mean"));
    }
    if (baseline != null && (rows || (mean && !Boolean.FALSE.equals(has)))) {
      baseline.requireMadeFor(model);
    }
    if (options.sequenceBaseline() == SequenceBaseline.MASK
        && model.tokenizer().specialTokens().mask() == null) {
      throw new InvalidInputException(
          "the baseline 'mask' needs a mask_token_id in config.json; choose another baseline");
    }
    return new PathStarts(model, options, baseline, null);
  }

  /** Starts at each of some references. */
  static PathStarts of(ExplainableModel model, ReferenceBank references, ExplainOptions options) {
    return new PathStarts(model, options, null, references);
  }

  private static String missing(String kind) {
    return "the baseline '"
        + kind
        + "' needs a validation cohort's means; make them with 'gsig baseline'";
  }

  /** How many references there are; 0 where paths start at one point. */
  int references() {
    return references == null ? 0 : references.size();
  }

  /**
   * Where the inputs of a patient start. The caller releases them.
   *
   * @param ends the inputs
   * @param reference number of the reference that the path starts from, where there are some
   */
  List<PathInput> of(Backend backend, Subject subject, List<PathInput> ends, int reference) {
    requireHeld(ends);
    List<PathInput> replaced = replaced(backend, subject);
    List<PathInput> starts = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      PathInput end = ends.get(i);
      if (end.isRows()) {
        PathInput other = replaced.isEmpty() ? null : replaced.get(i);
        starts.add(PathInput.rows(end.name(), rows(backend, end, other, reference)));
      } else {
        starts.add(PathInput.entries(end.name(), entries(end, reference)));
      }
    }
    replaced.forEach(input -> input.release(backend));
    return starts;
  }

  private void requireHeld(List<PathInput> inputs) {
    List<String> names = inputs.stream().map(PathInput::name).toList();
    if (!names.containsAll(options.fixed()) || options.fixed().containsAll(names)) {
      throw new IllegalArgumentException(
          model
              + " has the inputs "
              + names
              + ", of which "
              + options.fixed()
              + " are to be held: name some of them, and not all");
    }
  }

  private Tensor rows(Backend backend, PathInput end, PathInput replaced, int reference) {
    if (options.fixed().contains(end.name())) {
      return end.value().retain();
    }
    SequenceBaseline kind = options.sequenceBaseline();
    return switch (kind) {
      case MANIFOLD_MEAN, MANIFOLD_MEAN_UNPADDED ->
          backend.upload(end.shape(), baseline.rows(model, end, kind));
      case REFERENCES -> backend.upload(end.shape(), references.values(end, reference));
      case ZERO -> {
        Tensor zero = backend.allocate(end.shape());
        backend.fill(zero, 0);
        yield zero;
      }
      case PAD, MASK, PAD_TRAJECTORY -> replaced.value().retain();
    };
  }

  private double[] entries(PathInput end, int reference) {
    if (options.fixed().contains(end.name())) {
      return end.entries();
    }
    return switch (options.tabularBaseline()) {
      case MEAN -> {
        if (baseline == null) {
          throw new IllegalArgumentException(end + ": " + missing("mean"));
        }
        yield baseline.entries(model, end);
      }
      case ZERO -> new double[end.entries().length];
      case SELF -> end.entries();
      case REFERENCES -> references.values(end, reference);
    };
  }

  /** What the model reads of the patient with other ids; nothing where the start is not that. */
  private List<PathInput> replaced(Backend backend, Subject subject) {
    SpecialTokens special = model.tokenizer().specialTokens();
    TokenSequence sequence = subject.sequence();
    int[] ids = sequence.inputIds();
    for (int j = 0; j < ids.length; j++) {
      switch (options.sequenceBaseline()) {
        case PAD -> ids[j] = special.pad();
        case MASK -> ids[j] = special.mask();
        case PAD_TRAJECTORY -> ids[j] = sequence.isSpecial(j) ? ids[j] : special.pad();
        default -> {
          return List.of();
        }
      }
    }
    return model.open(backend, subject.with(sequence.withIds(ids)));
  }
}
