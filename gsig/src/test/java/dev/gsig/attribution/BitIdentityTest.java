package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Explainer.Batching;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Workers;
import dev.gsig.transformer.internal.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An attribution does not depend on how it was computed: every number has the same raw bits for any
 * number of steps in a batch, any padding, any company in a batch, any number of threads, any
 * order, and for vector and scalar kernels. On {@code simd}, over all parity models.
 */
class BitIdentityTest {
  /** One parity model with the attributions that all others are compared with. */
  private static final class Case {
    final Fixture fixture;
    final Model model;
    final Baseline baseline;
    final List<Trajectory> cohort;
    final ExplainOptions options;
    final List<PathAttribution> expected;

    Case(Fixture fixture) {
      this.fixture = fixture;
      model = fixture.model("simd");
      baseline = fixture.baseline(model);
      cohort = fixture.cohort();
      options = Options.like(fixture.options()).search(ThetaCandidates.Search.SHARED).build();
      Explainer explainer = explainer(Batching.DEFAULT);
      expected = cohort.stream().map(explainer::explainRaw).toList();
    }

    Explainer explainer(Batching batching) {
      return Explainer.of(model, baseline, options, batching);
    }

    void assertSame(String how, int patient, PathAttribution actual) {
      String what = fixture + ", patient " + patient + ", " + how;
      PathAttribution e = expected.get(patient);
      assertThat(Bits.ofScores(actual)).as(what).isEqualTo(Bits.ofScores(e));
      assertThat(Bits.of(actual.values())).as(what).isEqualTo(Bits.of(e.values()));
    }
  }

  static List<Fixture> fixtures() {
    return Fixture.all().toList();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void whateverTheWayOfComputing(Fixture fixture) {
    Case c = new Case(fixture);
    stepsPerBatch(c);
    paddedOrNot(c);
    kernels(c, "simd-scalar");
    kernels(c, "simd-vector");
    orderAndRepetition(c);
    threads(c);
    patientsPerBatch(c);
    inABatch(c);
    helped(c);
  }

  /** One patient at a time on several threads: passes of 2 steps, so that there are many. */
  private static void helped(Case c) {
    PatientExplainer explainer = c.explainer(new Batching(2, true)).patients();
    for (int helpers : new int[] {1, 2, 6}) {
      try (Workers workers = new Workers(helpers)) {
        for (int i = 0; i < c.cohort.size(); i++) {
          c.assertSame(
              helpers + " helpers", i, explainer.explain(c.cohort.get(i), workers).first());
        }
      }
    }
  }

  private static void stepsPerBatch(Case c) {
    for (int steps : new int[] {1, 3, 7, 50}) {
      Explainer explainer = c.explainer(new Batching(steps, true));
      for (int i = 0; i < c.cohort.size(); i++) {
        c.assertSame(steps + " steps a batch", i, explainer.explainRaw(c.cohort.get(i)));
      }
    }
  }

  /** Untrimmed results have rows for PAD behind the others, all of them zero. */
  private static void paddedOrNot(Case c) {
    for (int steps : new int[] {0, 7}) {
      Explainer explainer = c.explainer(new Batching(steps, false));
      for (int i = 0; i < c.cohort.size(); i++) {
        String what = c.fixture + ", patient " + i + ", padded";
        PathAttribution e = c.expected.get(i);
        PathAttribution actual = explainer.explainRaw(c.cohort.get(i));
        assertThat(Bits.ofScores(actual)).as(what).isEqualTo(Bits.ofScores(e));
        int rows = c.model.transformer().rowsFor(e.sequence().length());
        double[] values = Bits.withoutPadding(actual, c.model.config(), rows);
        assertThat(Bits.of(values)).as(what).isEqualTo(Bits.of(e.values()));
      }
    }
  }

  private static void kernels(Case c, String backend) {
    Model scalar = c.fixture.model(backend);
    Baseline baseline = c.fixture.baseline(scalar);
    for (SequenceBaseline kind :
        List.of(SequenceBaselines.MANIFOLD_MEAN, SequenceBaselines.MANIFOLD_MEAN_UNPADDED)) {
      assertThat(Bits.of(baseline.rows(Model.SEQUENCE, kind == SequenceBaselines.MANIFOLD_MEAN)))
          .as("%s: %s on %s", c.fixture, kind, backend)
          .isEqualTo(
              Bits.of(c.baseline.rows(Model.SEQUENCE, kind == SequenceBaselines.MANIFOLD_MEAN)));
    }
    Explainer explainer = Explainer.of(scalar, baseline, c.options);
    for (int i = 0; i < c.cohort.size(); i++) {
      c.assertSame(backend, i, explainer.explainRaw(c.cohort.get(i)));
    }
  }

  /** Patients in other orders leave other contents behind in the arena. */
  private static void orderAndRepetition(Case c) {
    Explainer explainer = c.explainer(Batching.DEFAULT);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < c.cohort.size(); i++) {
      order.addAll(List.of(i, i));
    }
    Collections.shuffle(order, new Random(3));
    for (int i : order) {
      c.assertSame("order " + order, i, explainer.explainRaw(c.cohort.get(i)));
    }
  }

  private static void threads(Case c) {
    Explainer explainer = c.explainer(Batching.DEFAULT);
    List<Attribution> expected =
        c.expected.stream().map(e -> e.toAttribution(c.model, c.options)).toList();
    for (int threads : new int[] {1, 2, 4}) {
      List<Attribution> actual = new ArrayList<>();
      explainer.explainAll(c.cohort, threads, actual::add);
      // records compare doubles by their bits, NaN and signed zeros included
      assertThat(actual).as("%s, %d threads", c.fixture, threads).isEqualTo(expected);
    }
  }

  /** Patients whose steps go through the same passes, cut in many ways. */
  private static void patientsPerBatch(Case c) {
    List<Attribution> expected =
        c.expected.stream().map(e -> e.toAttribution(c.model, c.options)).toList();
    for (int patients : new int[] {2, 3}) {
      for (int steps : new int[] {0, 5, 70}) {
        List<Attribution> actual = new ArrayList<>();
        c.explainer(new Batching(steps, patients, true)).explainAll(c.cohort, 2, actual::add);
        assertThat(actual)
            .as("%s, %d patients and %d steps a batch", c.fixture, patients, steps)
            .isEqualTo(expected);
      }
    }
  }

  /** One patient alone, and in a batch with all others. */
  private static void inABatch(Case c) {
    List<TokenSequence> sequences = c.cohort.stream().map(c.model::tokenize).toList();
    int longest = sequences.stream().mapToInt(TokenSequence::length).max().orElseThrow();
    int padded = c.model.config().maxPositionEmbeddings();
    int labels = c.model.config().classifier().numLabels();
    int d = c.model.config().hiddenSize();
    for (int rows : new int[] {c.model.transformer().rowsFor(longest), padded}) {
      Forward together = forward(c.model, c.cohort, rows);
      for (int i = 0; i < c.cohort.size(); i++) {
        String what = c.fixture + ", patient " + i + " in a batch of " + rows + " rows";
        int own = c.model.transformer().rowsFor(sequences.get(i).length());
        Forward alone = forward(c.model, List.of(c.cohort.get(i)), own);
        double[] logits = Arrays.copyOfRange(together.logits, i * labels, (i + 1) * labels);
        assertThat(Bits.of(logits)).as(what).isEqualTo(Bits.of(alone.logits));
        assertThat(Bits.of(logits)).as(what).isEqualTo(Bits.of(c.model.logits(c.cohort.get(i))));
        double[] point = Arrays.copyOfRange(together.point, i * rows * d, (i * rows + own) * d);
        assertThat(Bits.of(point)).as(what).isEqualTo(Bits.of(alone.point));
      }
    }
  }

  private record Forward(double[] point, double[] logits) {}

  private static Forward forward(Model model, List<Trajectory> patients, int rows) {
    TokenBatch batch = new TokenBatch(patients.stream().map(model::tokenize).toList(), rows);
    double[][] tabular = patients.stream().map(model::tabular).toArray(double[][]::new);
    return model.withBackend(
        backend -> forward(model, backend, batch, HandMadeModel.concatenate(tabular)));
  }

  private static Forward forward(Model model, Backend backend, TokenBatch batch, double[] tabular) {
    Tensor point = model.transformer().attributionPoint(backend, batch);
    Tensor addend = model.transformer().addend(backend, batch);
    try (Tape tape = new Tape(backend)) {
      Variable values = null;
      if (tabular.length > 0) {
        int features = tabular.length / batch.size();
        Tensor t = backend.upload(Shape.matrix(batch.size(), features), tabular);
        values = tape.constant(t);
        backend.release(t);
      }
      Variable logits =
          model.transformer().logits(tape, tape.constant(point), addend, null, batch, values);
      return new Forward(backend.download(point), backend.download(logits.value()));
    } finally {
      backend.release(point);
      if (addend != null) {
        backend.release(addend);
      }
    }
  }

  /** The other searches and methods. */
  @Test
  void whateverTheSearch() {
    Fixture fixture = Fixture.named("mask-float64");
    Model model = fixture.model("simd");
    Model scalar = fixture.model("simd-scalar");
    Model vector = fixture.model("simd-vector");
    Baseline baseline = fixture.baseline(model);
    Trajectory patient = fixture.cohort().get(0);
    List<Options> kinds = new ArrayList<>();
    kinds.add(Options.like(fixture.options()).search(ThetaCandidates.Search.EXACT).steps(20));
    kinds.add(Options.like(fixture.options()).search(ThetaCandidates.Search.SHARED_FULL_CURVE));
    kinds.add(Options.like(fixture.options()).theta(ThetaCandidates.refined()));
    kinds.add(Options.like(fixture.options()).maxGap(0.01));
    for (Quadrature q : Quadrature.values()) {
      kinds.add(Options.plain(q, 21));
    }
    for (Options kind : kinds) {
      ExplainOptions options = kind.build();
      PathAttribution e = Explainer.of(model, baseline, options).explainRaw(patient);
      for (Model m : List.of(model, scalar, vector)) {
        PathAttribution actual =
            Explainer.of(m, baseline, options, new Batching(3, false)).explainRaw(patient);
        assertThat(Bits.ofScores(actual)).as(options.toString()).isEqualTo(Bits.ofScores(e));
      }
    }
  }

  @Test
  void oneExplainerServesSixteenThreads() throws Exception {
    for (String name : List.of("large", "bigru-final-real", "mask-float64")) {
      Case c = new Case(Fixture.named(name));
      Explainer explainer = c.explainer(Batching.DEFAULT);
      ExecutorService pool = Executors.newFixedThreadPool(16);
      try {
        CountDownLatch start = new CountDownLatch(16);
        List<Future<List<PathAttribution>>> futures = new ArrayList<>();
        for (int t = 0; t < 16; t++) {
          int first = t;
          futures.add(
              pool.submit(
                  () -> {
                    start.countDown();
                    start.await();
                    return all(explainer, c.cohort, first);
                  }));
        }
        for (int t = 0; t < 16; t++) {
          List<PathAttribution> results = futures.get(t).get();
          for (int k = 0; k < results.size(); k++) {
            c.assertSame("thread " + t, (t + k) % results.size(), results.get(k));
          }
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static List<PathAttribution> all(
      Explainer explainer, List<Trajectory> cohort, int first) {
    List<PathAttribution> results = new ArrayList<>();
    for (int k = 0; k < cohort.size(); k++) {
      results.add(explainer.explainRaw(cohort.get((first + k) % cohort.size())));
    }
    return results;
  }
}
