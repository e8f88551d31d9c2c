package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tensors taken, retained and released in an order that chance chooses: none ever loses its
 * contents to another, and the arena never holds more than what was in use at once.
 */
class ArenaStressTest {
  private static final int OPERATIONS = 20_000;
  private static final int MOST_IN_USE = 60;

  /** A tensor in use: what it was filled with, and how often it must be released. */
  private static final class Held {
    final Tensor tensor;
    final double value;
    int holders = 1;

    Held(Tensor tensor, double value) {
      this.tensor = tensor;
      this.value = value;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "simd-scalar", "ejml"})
  void noTensorLosesItsContents(String name) {
    Random random = new Random(5);
    List<Held> held = new ArrayList<>();
    try (Backend backend = Backends.open(name).fork()) {
      for (int i = 0; i < OPERATIONS; i++) {
        int choice = random.nextInt(10);
        if (held.isEmpty() || (choice < 5 && held.size() < MOST_IN_USE)) {
          Shape shape =
              new Shape(1 + random.nextInt(3), 1 + random.nextInt(40), 1 + random.nextInt(40));
          Tensor tensor = backend.allocate(shape);
          backend.fill(tensor, i);
          held.add(new Held(tensor, i));
        } else if (choice == 5) {
          Held one = held.get(random.nextInt(held.size()));
          one.tensor.retain();
          one.holders++;
        } else {
          int at = random.nextInt(held.size());
          Held one = held.get(at);
          requireKept(backend, one);
          backend.release(one.tensor);
          if (--one.holders == 0) {
            held.remove(at);
          }
        }
      }
      held.forEach(one -> requireKept(backend, one));
      for (Held one : held) {
        for (int n = one.holders; n > 0; n--) {
          backend.release(one.tensor);
        }
      }
      // 20,000 tensors went through it; a size class holds as many as were ever in use at once.
      assertThat(backend.arenaBytes()).isBetween(1L, 32L << 20);
      backend.close();
      assertThat(backend.arenaBytes()).isZero();
    }
  }

  private static void requireKept(Backend backend, Held one) {
    double[] expected = new double[one.tensor.shape().size()];
    Arrays.fill(expected, one.value);
    assertThat(Arrays.equals(backend.download(one.tensor), expected)).isTrue();
  }
}
