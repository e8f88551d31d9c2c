package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks stand in front of every backend, and of every call. */
class CheckedBackendTest {
  /** A default method of the contract would go past what a backend does better. */
  @Test
  void handsEveryCallOn() {
    for (Method m : Backend.class.getMethods()) {
      if (!Modifier.isStatic(m.getModifiers())) {
        assertThatCode(
                () -> CheckedBackend.class.getDeclaredMethod(m.getName(), m.getParameterTypes()))
            .as("%s", m)
            .doesNotThrowAnyException();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd", "simd-scalar", "simd-vector"})
  void standsInFrontOfEveryBackendAndItsForks(String name) {
    try (Backend backend = Backends.open(name);
        Backend fork = backend.fork()) {
      assertThat(backend).isInstanceOf(CheckedBackend.class);
      assertThat(fork).isInstanceOf(CheckedBackend.class);
      Tensor t = fork.allocate(Shape.matrix(2, 3));
      assertThatThrownBy(() -> fork.download(t, new double[5]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("5 values for [1, 2, 3]");
      assertThatThrownBy(() -> fork.write(t, new double[5]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("5 values for [1, 2, 3]");
    }
  }
}
