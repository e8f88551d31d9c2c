package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.attribution.internal.run.WorkspacePool;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ModelCloseTest {
  private final Fixture fixture = Fixture.named("bert-pooler");
  private final Trajectory patient = fixture.cohort().get(0);

  @Test
  void aClosedModelIsRefused() {
    Model model = fixture.model("simd");
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    assertThat(model.predict(patient)).isNotNull();
    model.close();
    model.close();
    String message = "the model " + model.folder() + " was closed";
    assertThatThrownBy(() -> model.predict(patient))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> explainer.explain(patient)).hasMessage(message);
    assertThat(model.parameterCount()).isPositive();
  }

  @Test
  void backendsAreClosedOnceNobodyUsesThem() {
    Model model = fixture.model("simd");
    Backend[] used = new Backend[2];
    model.withBackend(
        outer -> {
          used[0] = outer;
          model.withBackend(inner -> used[1] = inner);
          assertThat(used[1]).isNotSameAs(outer);
          model.close();
          assertThatThrownBy(() -> used[1].allocate(Shape.matrix(1, 1)))
              .hasMessageContaining("closed");
          outer.release(outer.allocate(Shape.matrix(1, 1)));
          return null;
        });
    assertThatThrownBy(() -> used[0].allocate(Shape.matrix(1, 1))).hasMessageContaining("closed");
  }

  /** It has the weights that the workspaces read. */
  @Test
  void theLoaderIsClosedAfterTheLastWorkspace() {
    Backend loader = Backends.open("simd");
    WorkspacePool pool = new WorkspacePool("the fixture", loader);
    pool.with(
        workspace -> {
          pool.close();
          loader.release(loader.allocate(Shape.matrix(1, 1)));
          return null;
        });
    assertThatThrownBy(() -> loader.allocate(Shape.matrix(1, 1))).hasMessageContaining("closed");
  }

  @Test
  void whatIsIdleIsClosedAtOnce() {
    Backend loader = Backends.open("simd");
    WorkspacePool pool = new WorkspacePool("the fixture", loader);
    Backend idle = pool.with(Workspace::backend);
    pool.close();
    for (Backend backend : new Backend[] {idle, loader}) {
      assertThatThrownBy(() -> backend.allocate(Shape.matrix(1, 1))).hasMessageContaining("closed");
    }
  }

  @Test
  void aBackendThatATaskFailedInIsNotUsedAgain() {
    try (Model model = fixture.model("simd")) {
      Backend[] used = new Backend[1];
      assertThatThrownBy(
              () ->
                  model.withBackend(
                      backend -> {
                        used[0] = backend;
                        throw new IllegalStateException("given up");
                      }))
          .hasMessage("given up");
      assertThatThrownBy(() -> used[0].allocate(Shape.matrix(1, 1))).hasMessageContaining("closed");
      assertThat(model.<Backend>withBackend(b -> b)).isNotSameAs(used[0]);
    }
  }

  /** Borrows workspaces at the same time, and returns them. */
  private static List<Backend> borrow(Model model, int count) {
    return model.withBackend(
        backend -> {
          List<Backend> all = count == 1 ? new ArrayList<>() : borrow(model, count - 1);
          all.add(backend);
          return all;
        });
  }

  private static long open(List<Backend> backends) {
    return backends.stream().filter(ModelCloseTest::isOpen).count();
  }

  private static boolean isOpen(Backend backend) {
    try {
      backend.release(backend.allocate(Shape.matrix(1, 1)));
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void whatIsIdleForLongIsLetGo() {
    try (Model model = fixture.model("simd")) {
      List<Backend> busy = borrow(model, 12);
      assertThat(open(busy)).isEqualTo(12);
      for (int i = 0; i < WorkspacePool.LATELY / 2; i++) {
        borrow(model, 2);
        assertThat(open(busy)).isEqualTo(12);
      }
      for (int i = 0; i < WorkspacePool.LATELY; i++) {
        borrow(model, 2);
      }
      assertThat(open(busy)).isEqualTo(2);
      for (int i = 0; i < 2 * WorkspacePool.LATELY; i++) {
        borrow(model, 1);
      }
      assertThat(open(busy)).isEqualTo(1);
    }
  }

  @Test
  void whatManyThreadsUsedIsLetGoWhenTheyHaveEnded() {
    try (Model model = fixture.model("simd")) {
      List<Backend> busy = borrow(model, 12);
      Explainer explainer = Explainer.of(model, null, Options.zero().steps(2).build());
      explainer.explainAll(fixture.cohort(), 4, result -> {});
      assertThat(open(busy)).isLessThanOrEqualTo(1);
    }
  }

  /** A service takes a new model while others explain with the old one. */
  @Test
  @Timeout(120)
  void aModelIsSwappedWhileOthersExplain() throws Exception {
    ExplainOptions options = Options.zero().steps(8).build();
    AtomicReference<Model> current = new AtomicReference<>(fixture.model("simd"));
    double[] expected = Explainer.of(current.get(), null, options).explainRaw(patient).values();
    AtomicInteger explained = new AtomicInteger();
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        results.add(
            callers.submit(
                () -> {
                  for (int done = 0; done < 25; ) {
                    Model model = current.get();
                    try {
                      double[] found =
                          Explainer.of(model, null, options).explainRaw(patient).values();
                      assertThat(found).isEqualTo(expected);
                      done++;
                      explained.incrementAndGet();
                    } catch (IllegalStateException e) {
                      assertThat(e).hasMessageEndingWith(" was closed");
                      assertThat(current.get()).isNotSameAs(model);
                    }
                  }
                }));
      }
      for (int swap = 1; swap <= 10; swap++) {
        while (explained.get() < 9 * swap) {
          Thread.onSpinWait();
        }
        try (Model old = current.getAndSet(fixture.model("simd"))) {
          assertThat(old.parameterCount()).isPositive();
        }
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      callers.shutdownNow();
      current.get().close();
    }
    assertThat(explained).hasValue(100);
  }
}
