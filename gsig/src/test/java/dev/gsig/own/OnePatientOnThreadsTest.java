package dev.gsig.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.Subject;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads for one patient: the same bits, sooner. */
@Timeout(120)
class OnePatientOnThreadsTest {
  private static final Path DEMO = Path.of("..", "demo");
  private static final List<Trajectory> PATIENTS =
      CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, 3);
  private static final Trajectory PATIENT =
      TwoTablesTest.patient("p", 70, 21, Visit.of("a", "b"), Visit.of("c", "a"));

  static Stream<PathMethod> methods() {
    return Stream.of(
        PathMethods.GSIG,
        PathMethods.IG,
        PathMethods.BOUNDED_MEASURE,
        PathMethods.EXPECTED_GRADIENTS,
        PathMethods.IDGI,
        PathMethods.GUIDED_IG,
        PathMethods.DIG,
        PathMethods.SHAPLEY);
  }

  private static Explainer explainer(Model model, PathMethod method) {
    ExplainOptions.Builder options = ExplainOptions.DEFAULT.toBuilder().method(method);
    if (MethodOption.STEPS.isUsedBy(method)) {
      options.steps(20);
    } else {
      options.sampling(3, 1);
    }
    if (method != PathMethods.EXPECTED_GRADIENTS) {
      return Explainer.of(model, Baseline.estimate(model, PATIENTS), options.build());
    }
    options.baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES);
    return Explainer.withReferences(model, ReferenceBank.of(model, PATIENTS, 2), options.build());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void anyNumberOfThreadsGivesTheSameBits(PathMethod method) {
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      Explainer explainer = explainer(model, method);
      for (Trajectory patient : PATIENTS) {
        Attribution alone = explainer.explain(patient);
        for (int threads : new int[] {1, 2, 3, 7}) {
          // Records compare doubles by their bits, NaN and signed zeros included.
          assertThat(explainer.explain(patient, threads)).as(threads + " threads").isEqualTo(alone);
        }
      }
    }
  }

  /** The first pass goes on only when another thread has begun one. */
  private static final class Meeting extends TwoTables {
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch all;

    Meeting(int expected) {
      super("simd", "1");
      all = new CountDownLatch(expected);
    }

    @Override
    public Variable logits(Tape tape, List<Variable> inputs, List<Subject> subjects) {
      if (threads.add(Thread.currentThread())) {
        all.countDown();
      }
      try {
        assertThat(all.await(60, TimeUnit.SECONDS)).as("every thread has a pass").isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.logits(tape, inputs, subjects);
    }
  }

  private static ExplainOptions fromZero() {
    return ExplainOptions.DEFAULT.toBuilder()
        .method(PathMethods.IG)
        .steps(9)
        .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
        .build();
  }

  /** The logits of both ends of the path are the first passes, one for each of two threads. */
  @Test
  void theThreadsComputeAtTheSameTimeAndEnd() throws InterruptedException {
    try (Meeting model = new Meeting(2)) {
      Explainer.of(model, null, fromZero()).explain(PATIENT, 3);
      assertThat(model.threads).hasSizeGreaterThan(1).contains(Thread.currentThread());
      for (Thread thread : model.threads) {
        if (thread != Thread.currentThread()) {
          thread.join(10_000);
          assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
      }
    }
  }

  @Test
  void oneThreadIsTheCallingOne() {
    try (Meeting model = new Meeting(1)) {
      Explainer.of(model, null, fromZero()).explain(PATIENT, 1);
      assertThat(model.threads).containsExactly(Thread.currentThread());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7})
  void aPatientWhoCannotBeExplainedIsRefusedInTheSameWords(int threads) {
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      Map<String, Double> tabular = new LinkedHashMap<>(PATIENTS.get(0).tabular());
      tabular.replaceAll((feature, old) -> 1e300);
      Trajectory unsound = new Trajectory("unsound", PATIENTS.get(0).visits(), tabular, null);
      Explainer explainer = explainer(model, PathMethods.GSIG);
      Throwable alone = catchThrowable(() -> explainer.explain(unsound));
      assertThat(alone).isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> explainer.explain(unsound, threads))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(alone.getMessage());
      assertThat(explainer.explain(PATIENTS.get(0), threads))
          .isEqualTo(explainer.explain(PATIENTS.get(0)));
    }
  }

  /** It is kept for whoever heeds it. */
  @Test
  void anInterruptDoesNotStopIt() {
    try (TwoTables model = new TwoTables("simd", "1")) {
      Explainer explainer = Explainer.of(model, null, fromZero());
      Attribution expected = explainer.explain(PATIENT);
      Thread.currentThread().interrupt();
      Attribution found = explainer.explain(PATIENT, 3);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(found).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void noThreadIsTooFew(int threads) {
    try (TwoTables model = new TwoTables("simd", "1")) {
      Explainer explainer = Explainer.of(model, null, fromZero());
      assertThatThrownBy(() -> explainer.explain(PATIENT, threads))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("threads must be at least 1, but is " + threads);
    }
  }
}
