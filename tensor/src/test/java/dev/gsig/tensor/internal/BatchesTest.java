package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches fit the memory, and no item is done twice. */
class BatchesTest {
  private final Backend backend = Backends.open("ejml");
  private final Batches batches = new Batches(16);
  private final List<Integer> done = new ArrayList<>();
  private int largest;

  static List<Supplier<Throwable>> shortages() {
    return List.of(
        () -> new OutOfMemoryError("Java heap space"),
        () -> new DeviceMemoryException("the GPU is out of memory"),
        () -> DeviceMemoryException.ofHeap(8));
  }

  private static void fail(Supplier<Throwable> shortage) {
    Throwable e = shortage.get();
    if (e instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) e;
  }

  private void run(int items, int fitting, Supplier<Throwable> shortage) {
    batches.run(
        backend,
        items,
        (from, to) -> {
          if (to - from > fitting) {
            fail(shortage);
          }
          largest = Math.max(largest, to - from);
          for (int i = from; i < to; i++) {
            done.add(i);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("shortages")
  void batchesAreHalvedUntilTheyFit(Supplier<Throwable> shortage) {
    run(50, 5, shortage);
    assertThat(done).hasSize(50).isSorted().doesNotHaveDuplicates();
    assertThat(largest).isEqualTo(4);
    run(50, 50, shortage);
    assertThat(largest).as("from then on").isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("shortages")
  void oneItemThatDoesNotFitIsAnError(Supplier<Throwable> shortage) {
    assertThatThrownBy(() -> run(50, 0, shortage)).isInstanceOf(DeviceMemoryException.class);
    assertThat(done).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("shortages")
  void whatABatchTookIsGone(Supplier<Throwable> shortage) {
    batches.run(
        backend,
        32,
        (from, to) -> {
          backend.allocate(Shape.matrix(1000, 1));
          if (to - from > 2) {
            fail(shortage);
          }
        });
    assertThat(backend.arenaBytes()).isEqualTo(16 * 8L * SizeClasses.classOf(1000));
  }
}
