package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Tensors, holders, the arena and forks. */
interface MemoryContract extends ContractCase {
  @Test
  default void downloadReturnsWhatWasUploaded() {
    for (int b : new int[] {1, 3, 17}) {
      for (int r : SIZES) {
        for (int c : new int[] {1, 3, 16, 65}) {
          Shape shape = new Shape(b, r, c);
          double[] values = bench().values(shape.size());
          Tensor t = bench().input(shape, values);
          assertThat(t.shape()).isEqualTo(shape);
          bench().assertSame("round trip " + shape, t, values);
        }
      }
    }
  }

  @Test
  default void uploadKeepsSpecialValues() {
    double[] special = {
      0,
      -0.0,
      Float.MIN_VALUE,
      -Float.MIN_NORMAL,
      Float.MAX_VALUE,
      -1e30f,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NaN
    };
    bench().assertSame("special", bench().input(Shape.matrix(3, 3), special), special);
  }

  @Test
  default void uploadCopies() {
    double[] values = {1, 2};
    Tensor t = bench().input(Shape.matrix(1, 2), values);
    values[0] = 9;
    bench().backend().download(t)[1] = 9;
    bench().assertSame("tensor", t, new double[] {1, 2});
  }

  @Test
  default void writtenValuesReplaceThoseBefore() {
    Tensor t = bench().input(new Shape(2, 3, 1), 1, 2, 3, 4, 5, 6);
    bench().backend().write(t, new double[] {6, 5, 4, 3, 2, 1, 0});
    bench().assertSame("written", t, new double[] {6, 5, 4, 3, 2, 1});
  }

  @Test
  default void storageIsReusedOnceReleased() {
    Backend backend = bench().backend();
    Shape shape = new Shape(3, 65, 13);
    backend.release(backend.allocate(shape));
    long bytes = backend.arenaBytes();
    assertThat(bytes).isPositive();
    for (int i = 0; i < 100; i++) {
      Tensor a = backend.upload(shape, new double[shape.size()]);
      backend.release(a);
    }
    assertThat(backend.arenaBytes()).isEqualTo(bytes);
  }

  @Test
  default void everyPrimitiveReturnsItsScratch() {
    Backend backend = bench().backend();
    PrimitiveRuns.ALL.values().forEach(run -> run.apply(backend));
    long bytes = backend.arenaBytes();
    PrimitiveRuns.ALL.forEach(
        (name, run) -> {
          run.apply(backend);
          assertThat(backend.arenaBytes()).as(name).isEqualTo(bytes);
        });
  }

  @Test
  default void aRetainedTensorOutlivesOneRelease() {
    Backend backend = bench().backend();
    Shape shape = Shape.matrix(7, 3);
    double[] values = bench().values(21);
    Tensor t = backend.upload(shape, values);
    assertThat(t.isShared()).isFalse();
    assertThat(t.retain()).isSameAs(t);
    assertThat(t.isShared()).isTrue();
    backend.release(t);
    assertThat(t.isShared()).isFalse();
    bench().output(shape);
    bench().assertSame("still held", t, values);
    backend.release(t);
    assertThatThrownBy(() -> backend.release(t)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(t::retain).isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void resultsDoNotDependOnWhatTheArenaHeld() {
    Backend poisoned = bench().backend();
    PrimitiveRuns.ALL.forEach(
        (name, run) -> {
          try (Backend fresh = poisoned.fork()) {
            assertThat(run.apply(poisoned)).as(name).isEqualTo(run.apply(fresh));
          }
        });
  }

  @Test
  default void forksShareWeightsAndConstantsButNoArena() {
    Backend parent = bench().backend();
    double[] weight = bench().values(12);
    LinearWeights w = parent.linearWeights(4, 3, weight, null);
    NormWeights norm = parent.normWeights(new double[] {1, 1, 1}, new double[3], 1e-5);
    double[] in = bench().values(6);
    Tensor constant = bench().input(Shape.matrix(2, 3), in);
    Tensor own = bench().output(Shape.matrix(2, 4));
    parent.linear(constant, w, own);
    final long bytes = parent.arenaBytes();

    Backend fork = parent.fork();
    assertThat(fork.name()).isEqualTo(parent.name());
    assertThat(fork.description()).isEqualTo(parent.description());
    assertThat(fork.arenaBytes()).isZero();
    Tensor y = fork.allocate(Shape.matrix(2, 4));
    fork.linear(constant, w, y);
    assertThat(fork.download(y)).isEqualTo(parent.download(own));
    Tensor n = fork.allocate(Shape.matrix(2, 3));
    Tensor normalized = fork.allocate(Shape.matrix(2, 3));
    Tensor deviation = fork.allocate(Shape.matrix(2, 1));
    fork.layerNorm(constant, null, norm, n, normalized, deviation);
    for (Tensor t : new Tensor[] {y, n, normalized, deviation}) {
      fork.fill(t, Double.NaN);
      fork.release(t);
    }
    assertThat(fork.arenaBytes()).isPositive();
    fork.close();
    assertThat(fork.arenaBytes()).isZero();

    assertThat(parent.arenaBytes()).isEqualTo(bytes);
    bench().assertSame("the parent's constant", constant, in);
    bench().assertClose("the parent's result", own, Reference.linear(in, 3, 4, weight, null));
  }

  @Test
  default void aClosedBackendIsRefused() {
    Backend closed = bench().backend().fork();
    closed.release(closed.allocate(Shape.matrix(2, 3)));
    closed.allocate(Shape.matrix(7, 3)); // is not released
    closed.close();
    closed.close();
    assertThat(closed.arenaBytes()).isZero();
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            () -> closed.allocate(Shape.matrix(2, 3)),
            () -> closed.upload(Shape.matrix(1, 1), new double[1]),
            closed::fork)) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this backend, " + closed.name() + ", was closed");
    }
  }

  @Test
  default void whatAnAttemptReturnsIsKept() {
    Backend backend = bench().backend();
    double[] values = bench().values(6);
    Tensor kept = backend.attempt(() -> bench().input(Shape.matrix(2, 3), values));
    bench().output(Shape.matrix(2, 3));
    bench().assertSame("what was kept", kept, values);
    assertThatThrownBy(
            () ->
                backend.attempt(
                    () -> {
                      backend.allocate(Shape.matrix(2, 3));
                      throw new IllegalStateException("given up");
                    }))
        .hasMessage("given up");
    bench().output(Shape.matrix(2, 3));
    bench().assertSame("what was kept", kept, values);
  }

  @Test
  default void forksInOtherThreadsGiveTheSameNumbers() {
    Backend parent = bench().backend();
    Map<String, double[]> expected = runAll(parent);
    List<CompletableFuture<Map<String, double[]>>> others =
        Stream.generate(parent::fork)
            .limit(2)
            .map(fork -> CompletableFuture.supplyAsync(() -> runAll(fork)))
            .toList();
    for (CompletableFuture<Map<String, double[]>> other : others) {
      Map<String, double[]> found = other.join();
      expected.forEach((name, values) -> assertThat(found.get(name)).as(name).isEqualTo(values));
    }
  }

  private static Map<String, double[]> runAll(Backend backend) {
    Map<String, double[]> results = new HashMap<>();
    PrimitiveRuns.ALL.forEach((name, run) -> results.put(name, run.apply(backend)));
    return results;
  }

  @Test
  default void backendsNameAndDescribeThemselves() {
    assertThat(bench().backend().name()).isNotBlank();
    assertThat(bench().backend().description()).isNotBlank().doesNotContain("\n");
  }
}
