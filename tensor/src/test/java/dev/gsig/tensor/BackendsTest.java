package dev.gsig.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BackendsTest {
  @Test
  void namesAreSortedAndHideTheTwins() {
    assertThat(Backends.names()).containsExactly("auto", "ejml", "simd");
  }

  @Test
  void everyNameOpens() {
    for (String name : Backends.names()) {
      try (Backend backend = Backends.open(name)) {
        assertThat(backend.name()).isEqualTo(name.equals("auto") ? Backends.DEFAULT : name);
      }
    }
  }

  @Test
  void theTwinOpensByNameAndSaysWhy() {
    try (Backend backend = Backends.open("simd-scalar")) {
      assertThat(backend.name()).isEqualTo("simd-scalar");
      assertThat(backend.description()).contains("float32", "scalar kernels", "asked for by name");
    }
  }

  @Test
  void descriptionsTellPrecisionAndKernels() {
    try (Backend simd = Backends.open("simd");
        Backend ejml = Backends.open("ejml")) {
      assertThat(ejml.description()).contains("float64");
      boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
      assertThat(simd.description()).contains("float32");
      if (!module) {
        assertThat(simd.description())
            .contains("scalar kernels", "--add-modules jdk.incubator.vector");
      }
    }
  }

  @Test
  void anUnknownNameListsTheChoices() {
    assertThatThrownBy(() -> Backends.open("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("backend 'gpu' is not known; choose one of auto, ejml, simd");
  }
}
