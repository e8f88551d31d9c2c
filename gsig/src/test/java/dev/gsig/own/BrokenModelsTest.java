package dev.gsig.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.PathInput;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.Subject;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Scale;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a model from outside may get wrong: each says which model, which input, and what it is. */
class BrokenModelsTest {
  private static final ExplainOptions FROM_ZERO =
      ExplainOptions.DEFAULT.toBuilder()
          .method(PathMethods.IG)
          .steps(4)
          .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
          .build();
  private static final Trajectory PATIENT =
      new Trajectory("p", List.of(Visit.of("a", "a")), Map.of(), null);

  /** As its parts say. */
  private static final class Parts extends ExplainableModel {
    private final BiFunction<Backend, Subject, List<PathInput>> inputs;
    private final Function<List<Variable>, Variable> logits;

    Parts(
        BiFunction<Backend, Subject, List<PathInput>> inputs,
        Function<List<Variable>, Variable> logits) {
      super("broken", "simd");
      this.inputs = inputs;
      this.logits = logits;
    }

    @Override
    public Labels labels() {
      return new Labels(1);
    }

    @Override
    public Tokenizer tokenizer() {
      Vocabulary codes = Vocabulary.of(Map.of("[PAD]", 0, "a", 1));
      return new Tokenizer(codes, new SpecialTokens(0, null, null, null, null), 4);
    }

    @Override
    public String version() {
      return "";
    }

    @Override
    public List<PathInput> inputs(Backend backend, Subject subject) {
      return inputs.apply(backend, subject);
    }

    @Override
    public Variable logits(Tape tape, List<Variable> x, List<Subject> subjects) {
      return logits.apply(x);
    }
  }

  private static Variable sum(List<Variable> x) {
    return x.get(0).then(new Sum(Axis.ROWS, Axis.COLUMNS));
  }

  private static Tensor ones(Backend backend, int rows) {
    Tensor t = backend.allocate(Shape.matrix(rows, 2));
    backend.fill(t, 1);
    return t;
  }

  private static List<PathInput> codes(Backend backend, Subject subject) {
    return List.of(PathInput.rows("codes", ones(backend, subject.rows())));
  }

  private static void assertStops(
      Class<? extends RuntimeException> type,
      BiFunction<Backend, Subject, List<PathInput>> inputs,
      Function<List<Variable>, Variable> logits,
      String... says) {
    try (Parts model = new Parts(inputs, logits)) {
      Explainer explainer = Explainer.of(model, null, FROM_ZERO);
      for (int again = 0; again < 2; again++) {
        var thrown = assertThatThrownBy(() -> explainer.explain(PATIENT)).isInstanceOf(type);
        for (String part : says) {
          thrown.hasMessageContaining(part);
        }
      }
    }
  }

  @Test
  void aSoundOneIsExplained() {
    try (Parts model = new Parts(BrokenModelsTest::codes, BrokenModelsTest::sum)) {
      assertThat(Explainer.of(model, null, FROM_ZERO).explain(PATIENT).score()).isEqualTo(8);
    }
  }

  @Test
  void logitsThatAreNotFinite() {
    assertStops(
        InvalidInputException.class,
        BrokenModelsTest::codes,
        x -> sum(x).then(new Scale(1e38)).then(new Scale(1e38)),
        "patient \"p\": the logits is Infinity at index 0");
  }

  @Test
  void gradientsThatAreNotFinite() {
    assertStops(
        InvalidInputException.class,
        (backend, subject) ->
            List.of(PathInput.rows("codes", backend.upload(Shape.matrix(4, 2), new double[8]))),
        x -> sum(x).then(new Scale(1e38)).then(new Scale(1e38)),
        "patient \"p\": the gradient of the input 'codes' is Infinity at index 0");
  }

  @Test
  void inputsThatAreNotFinite() {
    assertStops(
        InvalidInputException.class,
        (backend, subject) -> List.of(PathInput.entries("values", 1, Double.NaN)),
        BrokenModelsTest::sum,
        "patient \"p\": the input 'values' is NaN at index 1");
  }

  @Test
  void logitsOfAnotherShape() {
    assertStops(
        IllegalStateException.class,
        BrokenModelsTest::codes,
        x -> x.get(0).then(new Sum(Axis.ROWS)),
        "the model broken: the logits of 4 items have the shape [4, 1, 2],"
            + " not [4, 1, 1] or [1, 4, 1]");
    assertStops(
        IllegalStateException.class,
        BrokenModelsTest::codes,
        x -> x.get(0).then(new Sum(Axis.BATCH, Axis.ROWS, Axis.COLUMNS)),
        "the logits of 4 items have the shape [1, 1, 1]");
  }

  @Test
  void anInputThatTheLogitsDoNotDependOn() {
    assertStops(
        IllegalStateException.class,
        (backend, subject) -> List.of(codes(backend, subject).get(0), PathInput.entries("age", 1)),
        BrokenModelsTest::sum,
        "the model broken: the logits do not depend on the input 'age'; hold it fixed");
  }

  /** Held, it needs no gradient. */
  @Test
  void anInputThatTheLogitsDoNotDependOnMayBeHeld() {
    try (Parts model =
        new Parts(
            (backend, subject) ->
                List.of(codes(backend, subject).get(0), PathInput.entries("age", 1)),
            BrokenModelsTest::sum)) {
      ExplainOptions options = FROM_ZERO.toBuilder().fixed("age").build();
      assertThat(Explainer.of(model, null, options).explain(PATIENT).completenessGap()).isZero();
    }
  }

  @Test
  void inputsThatAreNone() {
    assertStops(
        IllegalStateException.class,
        (backend, subject) -> List.of(),
        BrokenModelsTest::sum,
        "the model broken: it has no input that a path could lead to");
  }

  @Test
  void rowsThatAreNotThePositions() {
    assertStops(
        IllegalStateException.class,
        (backend, subject) -> List.of(PathInput.rows("codes", ones(backend, 3))),
        BrokenModelsTest::sum,
        "the model broken: the input 'codes' has the shape [1, 3, 2], not the 4 rows");
  }

  @Test
  void twoInputsOfOneName() {
    assertStops(
        IllegalStateException.class,
        (backend, subject) -> List.of(PathInput.entries("x", 1), PathInput.entries("x", 2)),
        BrokenModelsTest::sum,
        "the model broken: the input 'x'",
        "no other may have its name");
  }

  @Test
  void namesForOtherEntries() {
    assertThatThrownBy(() -> PathInput.entries("values", List.of("age"), 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the input 'values': 1 names for 2 entries");
  }

  /** Entries alone: codes have no score, and no norm can be made smaller. */
  @Test
  void aModelWithoutRowsIsExplainedByItsEntries() {
    try (Parts model =
        new Parts(
            (backend, subject) -> List.of(PathInput.entries("values", 3, -1)),
            BrokenModelsTest::sum)) {
      for (PathMethod method :
          List.of(PathMethods.IG, PathMethods.GSIG, PathMethods.BOUNDED_MEASURE)) {
        var options = FROM_ZERO.toBuilder().method(method).build();
        var found = Explainer.of(model, null, options).explain(PATIENT);
        assertThat(found.tabular())
            .extracting(t -> t.name())
            .containsExactly("values[0]", "values[1]");
        assertThat(found.tabular()).extracting(t -> t.signed()).containsExactly(3.0, -1.0);
        assertThat(found.notes().missingTabular()).isZero();
        assertThat(found.tokens()).hasSize(2).allMatch(t -> t.scores().l2() == 0);
        assertThat(found.l21()).isZero();
      }
    }
  }
}
