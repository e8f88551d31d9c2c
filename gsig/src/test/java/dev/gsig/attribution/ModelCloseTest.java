package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.internal.Backend;
import dev.gsig.tensor.internal.Backends;
import dev.gsig.tensor.internal.Shape;
import org.junit.jupiter.api.Test;

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
    WorkspacePool pool = new WorkspacePool(fixture.folder(), loader);
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
    WorkspacePool pool = new WorkspacePool(fixture.folder(), loader);
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
}
