package dev.gsig.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.cuda.internal.EmulatedDriver.Count;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.PrimitiveRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** Device memory, pinned memory, streams, and what the backend does when the device fails. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
@DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
class CudaMemoryTest {
  @AfterEach
  void reset() {
    EmulatedDriver.forgetFault();
    EmulatedDriver.reset();
  }

  private static int[] counts() {
    return new int[] {
      EmulatedDriver.count(Count.BUFFERS),
      EmulatedDriver.count(Count.PINNED_BUFFERS),
      EmulatedDriver.count(Count.CONTEXTS)
    };
  }

  @Test
  void everythingIsGivenBack() {
    int[] before = counts();
    long bytes = DeviceBuffer.totalBytes();
    Backend backend = Backends.open("cuda");
    Backend fork = backend.fork();
    PrimitiveRuns.ALL.values().forEach(run -> run.apply(backend));
    PrimitiveRuns.ALL.values().forEach(run -> run.apply(fork));
    assertThat(DeviceBuffer.totalBytes()).isGreaterThan(bytes + backend.arenaBytes());
    backend.close();
    // weights live as long as somebody may use them
    assertThat(counts()).isNotEqualTo(before);
    fork.close();
    assertThat(counts()).isEqualTo(before);
    assertThat(DeviceBuffer.totalBytes()).isEqualTo(bytes);
  }

  @Test
  void aBackendThatCannotBeOpenedLeavesNothing() {
    int[] before = counts();
    EmulatedDriver.set("driver=8000");
    assertThatThrownBy(() -> Backends.open("cuda")).hasMessageContaining("too old");
    EmulatedDriver.set("driver=13000 init=999");
    assertThatThrownBy(() -> Backends.open("cuda")).hasMessageContaining("does not start");
    assertThat(counts()).isEqualTo(before);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theNativeLibraryComesFromAFolderOfItsOwnThatIsGone() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      assertThat(maps.filter(line -> line.contains("libJCudaDriver-")))
          .isNotEmpty()
          .allMatch(line -> line.matches(".*/gsig-cuda[0-9]+/libJCudaDriver-.* \\(deleted\\)"));
    }
  }

  @Test
  void tensorsOfMostSizesShareBuffers() {
    try (Backend backend = Backends.open("cuda")) {
      for (int rows = 1000; rows < 1100; rows++) {
        backend.release(backend.allocate(Shape.matrix(rows, 32)));
      }
      assertThat(backend.arenaBytes()).isLessThan(2 * 4 * 1100 * 32);
    }
  }

  @Test
  void littleMoreIsKeptThanWasInUseAtTheSameTime() {
    try (Backend backend = Backends.open("cuda")) {
      int largest = 1 << 22;
      for (int floats = 1 << 19; floats <= largest; floats += 1 << 19) {
        backend.release(backend.allocate(Shape.matrix(floats, 1)));
      }
      assertThat(backend.arenaBytes()).isBetween(4L * largest, 4L * largest / 8 * 9);
    }
  }

  @Test
  void whatIsKeptIsGivenUpBeforeMemoryIsOut() {
    try (Backend backend = Backends.open("cuda")) {
      EmulatedDriver.limitMemoryTo(3 << 20);
      Tensor large = backend.allocate(Shape.matrix(1 << 19, 1));
      backend.release(large);
      // the same amount in another size does not fit beside what is kept
      Tensor other = backend.allocate(Shape.matrix(5 << 17, 1));
      backend.fill(other, 1);
      assertThat(backend.arenaBytes()).isLessThan(3 << 20);
      assertThatThrownBy(() -> backend.allocate(Shape.matrix(1 << 19, 1)))
          .isInstanceOf(DeviceMemoryException.class)
          .hasMessageMatching("the GPU is out of memory: 2,097,152 bytes asked for, .* MiB free");
      assertThat(backend.download(other)[7]).isEqualTo(1);
    }
  }

  /** What an attempt made is free again, what was there before and what it released is not lost. */
  @Test
  void anAttemptThatFailsLeavesNothing() {
    try (Backend device = Backends.open("cuda")) {
      for (String name : PrimitiveRuns.ALL.keySet()) {
        int k = 1;
        while (leavesNothing(device, name, k)) {
          k++;
        }
        assertThat(k).as(name).isGreaterThan(2);
      }
    }
  }

  /** Returns false if the run needs fewer allocations. */
  private static boolean leavesNothing(Backend device, String run, int allocation) {
    try (Backend backend = device.fork()) {
      Tensor before = backend.upload(Shape.matrix(1, 3), new double[] {1, 2, 3});
      backend.fill(backend.allocate(Shape.matrix(5, 3)), 7);
      long bytes = backend.arenaBytes();
      boolean failed = fails(backend, run, allocation);
      assertThat(backend.download(before)).containsExactly(1, 2, 3);
      if (failed) {
        EmulatedDriver.makeRoom(backend);
        assertThat(backend.arenaBytes()).as("%s, allocation %d", run, allocation).isEqualTo(bytes);
      }
      return failed;
    }
  }

  private static boolean fails(Backend backend, String run, int allocation) {
    EmulatedDriver.limitAllocations(allocation, 2);
    try {
      backend.attempt(() -> PrimitiveRuns.ALL.get(run).apply(backend));
      return false;
    } catch (DeviceMemoryException e) {
      return true;
    } finally {
      EmulatedDriver.limitAllocations(0, 0);
    }
  }

  @Test
  void whatIsNotReleasedIsGivenBackByClosing() {
    int[] before = counts();
    Backend backend = Backends.open("cuda");
    Tensor lost = backend.allocate(Shape.matrix(5, 3));
    backend.fill(lost, 1);
    backend.close();
    backend.close();
    assertThat(counts()).isEqualTo(before);
    assertThatThrownBy(() -> backend.fill(lost, 1)).hasMessage("this backend, cuda, was closed");
  }

  @Test
  void onlyABackendsOwnTensorsAreReleased() {
    try (Backend backend = Backends.open("cuda");
        Backend fork = backend.fork()) {
      Tensor t = backend.allocate(Shape.matrix(5, 3));
      assertThatThrownBy(() -> fork.release(t)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFaultInAKernelIsLoudAndNamesTheError() {
    Backend backend = Backends.open("cuda");
    Tensor x = backend.upload(Shape.matrix(1, 2), new double[] {1, 2});
    EmulatedDriver.set("fail_launch=1");
    assertThatThrownBy(
            () -> {
              backend.add(x, x, x);
              backend.download(x);
            })
        .isInstanceOf(CudaFault.class)
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    // and it stays: no later call gives a number
    assertThatThrownBy(() -> backend.download(x)).isInstanceOf(CudaFault.class);
    assertThatThrownBy(() -> backend.upload(x.shape(), new double[2]))
        .isInstanceOf(CudaFault.class);
    EmulatedDriver.forgetFault();
    backend.close();
  }

  /**
   * The context is given back, and no user is counted who is none, even by a device that failed.
   */
  @Test
  void aDeviceThatFailedIsGivenBack() {
    int contexts = EmulatedDriver.count(Count.CONTEXTS);
    Backend backend = Backends.open("cuda");
    Backend fork = backend.fork();
    Tensor x = backend.upload(Shape.matrix(1, 2), new double[] {1, 2});
    EmulatedDriver.set("fail_launch=1");
    assertThatThrownBy(
            () -> {
              backend.add(x, x, x);
              backend.download(x);
            })
        .isInstanceOf(CudaFault.class);
    assertThatThrownBy(backend::fork).isInstanceOf(CudaFault.class);
    backend.close();
    assertThat(EmulatedDriver.count(Count.CONTEXTS)).isEqualTo(contexts + 1);
    fork.close();
    assertThat(EmulatedDriver.count(Count.CONTEXTS)).isEqualTo(contexts);
  }

  @Test
  void smallArraysAreNotOverwrittenBeforeKernelsReadThem() {
    try (Backend backend = Backends.open("cuda")) {
      int n = 3000;
      double[] numbers = new double[n];
      Arrays.setAll(numbers, i -> i);
      Tensor table = backend.upload(Shape.matrix(n, 1), numbers);
      Tensor[] results = new Tensor[40];
      for (int k = 0; k < results.length; k++) {
        int[] ids = new int[n];
        int shift = 7 * k;
        Arrays.setAll(ids, i -> (i + shift) % n);
        results[k] = backend.allocate(Shape.matrix(n, 1));
        backend.gather(table, ids, results[k], false);
      }
      for (int k = 0; k < results.length; k++) {
        double[] found = backend.download(results[k]);
        for (int i = 0; i < n; i++) {
          assertThat(found[i]).as("gather %d, entry %d", k, i).isEqualTo((i + 7 * k) % n);
        }
      }
    }
  }

  @Test
  void arraysOfAnySizeAreTaken() {
    try (Backend backend = Backends.open("cuda")) {
      int n = 70_000;
      Tensor table = backend.upload(Shape.matrix(2, 1), new double[] {3, 4});
      Tensor y = backend.allocate(Shape.matrix(n, 1));
      backend.gather(table, new int[n], y, false);
      assertThat(backend.download(y)).hasSize(n).containsOnly(3);
    }
  }

  @Test
  void aBackendMayChangeHands() {
    try (Backend backend = Backends.open("cuda")) {
      Tensor x = backend.upload(Shape.matrix(1, 2), new double[] {1, 2});
      double[] there =
          CompletableFuture.supplyAsync(
                  () -> {
                    backend.add(x, x, x);
                    return backend.download(x);
                  })
              .join();
      assertThat(there).containsExactly(2, 4);
      backend.add(x, x, x);
      assertThat(backend.download(x)).containsExactly(4, 8);
    }
  }

  @Test
  void devicesThatAreNotThereAreRefused() {
    assertThatThrownBy(() -> Backends.open("cuda:1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no CUDA device 1; the last one is 0");
    assertThatThrownBy(() -> Backends.open("cuda:first"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'first' is not the number of a CUDA device");
    EmulatedDriver.set("devices=2");
    try (Backend backend = Backends.open("cuda:1")) {
      assertThat(backend.description()).contains("float32", "Emulated device", "7.5", "CUDA 13.0");
    }
  }
}
