package dev.gsig.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The PTX that is shipped. */
class PtxTest {
  private static final Path SOURCES = Path.of("src", "main", "cuda");
  private static final Path SHIPPED =
      Path.of("src", "main", "resources", "dev", "gsig", "cuda", "internal");

  static Stream<String> families() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".cu"))
          .map(f -> f.substring(0, f.length() - 3))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void everySourceIsShipped() throws IOException {
    try (Stream<Path> files = Files.list(SHIPPED)) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".ptx", "")).sorted())
          .containsExactlyElementsOf(families().toList());
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void isMadeFromItsSources(String family) throws IOException, NoSuchAlgorithmException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    for (String file : List.of(family + ".cu", "common.cuh", "math.cuh")) {
      hash.update(Files.readAllBytes(SOURCES.resolve(file)));
    }
    assertThat(KernelModule.ptx(family))
        .as("cuda-kernels/build-ptx.sh makes it again")
        .startsWith("// sources: " + HexFormat.of().formatHex(hash.digest()) + "\n");
  }

  @ParameterizedTest
  @MethodSource("families")
  void isForDriversSinceCuda11AndHoldsNoPathsOfAMachine(String family) {
    String ptx = KernelModule.ptx(family);
    assertThat(ptx).contains(".version 6.0\n.target sm_50\n.address_size 64\n");
    assertThat(ptx.lines().filter(l -> l.contains(".file")))
        .isNotEmpty()
        .noneMatch(l -> l.contains("/"));
  }

  /** Nothing whose result a device may choose: no approximation, nothing that may be fused. */
  @ParameterizedTest
  @MethodSource("families")
  void leavesNoBitToTheDevice(String family) {
    assertThat(KernelModule.ptx(family).lines().map(String::strip))
        .noneMatch(l -> l.matches("(@\\S+ )?\\w+\\.(approx|full)\\..*"))
        .noneMatch(l -> l.matches("(@\\S+ )?(add|sub|mul|mad|fma|div)\\.(ftz|f32|f64).*"));
  }

  @ParameterizedTest
  @MethodSource("families")
  void declaresKernelsWithKnownParameters(String family) {
    Map<String, String> signatures = KernelModule.signatures(KernelModule.ptx(family));
    assertThat(signatures).isNotEmpty();
    assertThat(signatures.values()).allMatch(s -> s.matches("[pif]+") && s.length() <= 24);
  }

  /** The compiler that is linked into JCuda needs neither a driver nor a GPU. */
  @ParameterizedTest
  @MethodSource("families")
  @EnabledOnOs(
      value = {OS.LINUX, OS.WINDOWS},
      architectures = "amd64")
  void assemblesFromMaxwellToHopper(String family) {
    byte[] text = KernelModule.ptx(family).getBytes(StandardCharsets.US_ASCII);
    byte[] ended = Arrays.copyOf(text, text.length + 1);
    for (String arch : List.of("sm_50", "sm_70", "sm_80", "sm_90")) {
      nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
      assertThat(JNvPTXCompiler.nvPTXCompilerCreate(compiler, ended.length, ended)).isZero();
      String[] options = {"--gpu-name=" + arch, "--warn-on-spills"};
      int code = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      assertThat(code).as("%s: %s", arch, nvPTXCompileResult.stringFor(code)).isZero();
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }
}
