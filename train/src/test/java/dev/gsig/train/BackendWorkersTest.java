package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An item that does not fit beside others is computed alone, and its result is in its place. */
class BackendWorkersTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 40).boxed().toList();

  @Test
  void anItemThatDoesNotFitIsComputedAlone() {
    AtomicInteger computing = new AtomicInteger();
    ConcurrentHashMap<Integer, Integer> tries = new ConcurrentHashMap<>();
    List<Integer> results = new ArrayList<>();
    try (Backend base = Backends.open("ejml");
        BackendWorkers workers = new BackendWorkers(base, 4)) {
      workers.map(
          ITEMS,
          (backend, item) -> {
            int beside = computing.getAndIncrement();
            try {
              backend.allocate(Shape.matrix(100, 100)); // and never given back
              boolean first = tries.merge(item, 1, Integer::sum) == 1;
              if (item % 5 == 0 && first) {
                if (item % 2 == 0) {
                  throw new OutOfMemoryError("Java heap space");
                }
                throw DeviceMemoryException.ofHeap(8);
              }
              assertThat(item % 5 == 0 ? beside : 0).isZero();
              return item;
            } finally {
              computing.decrementAndGet();
            }
          },
          results::add);
    }
    assertThat(results).isEqualTo(ITEMS);
    ITEMS.forEach(i -> assertThat(tries).containsEntry(i, i % 5 == 0 ? 2 : 1));
  }

  @Test
  void anItemThatDoesNotFitAloneIsAnError() {
    try (Backend base = Backends.open("ejml");
        BackendWorkers workers = new BackendWorkers(base, 2)) {
      assertThatThrownBy(
              () ->
                  workers.map(
                      ITEMS,
                      (backend, item) -> {
                        throw new OutOfMemoryError("Java heap space");
                      },
                      result -> {}))
          .isInstanceOf(DeviceMemoryException.class)
          .hasMessageContaining("the JVM is out of memory");
    }
  }
}
