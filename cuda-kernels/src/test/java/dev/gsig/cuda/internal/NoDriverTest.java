package dev.gsig.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A machine without a GPU pays nothing for this backend. */
class NoDriverTest {
  /** What the child process runs. */
  public static final class Main {
    private Main() {}

    /** Prints the backend that {@code auto} takes. */
    public static void main(String[] args) {
      try (Backend backend = Backends.open("auto")) {
        System.out.println("backend " + backend.name());
      }
    }
  }

  @Test
  void autoLoadsNoClassOfJcudaWithoutADriver() throws IOException {
    String output = run("none");
    assertThat(output).contains("dev.gsig.cuda.internal.CudaProvider", "backend simd");
    assertThat(output).doesNotContain("jcuda").doesNotContain("not using cuda");
  }

  @Test
  void aDriverThatCannotBeLoadedIsSaidInOneLine() throws IOException {
    String output = run(Path.of("nowhere", "libcuda.so.1").toString());
    assertThat(output)
        .contains("backend simd", "not using cuda: the NVIDIA driver cannot be loaded");
  }

  private static String run(String driver) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-D" + DriverLibrary.PROPERTY + "=" + driver,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
