package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.cuda.internal.EmulatedDriver;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which backend a command takes, and what it says when it cannot have the GPU. */
@ExtendWith(EmulatedDriver.class)
class CudaCommandTest {
  @TempDir private Path folder;
  private Fixture fixture;
  private String onSimd;

  /** Standard error of the process: where the engine's log goes. */
  private String logged = "";

  @BeforeEach
  void explainOnSimd() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, folder);
    assertThat(explain("simd").code()).isZero();
    onSimd = Fixture.read(fixture.out);
  }

  @AfterEach
  void reset() {
    EmulatedDriver.forgetFault();
    EmulatedDriver.reset();
  }

  private Cli.Outcome explain(String backend) {
    return logging(
        () ->
            fixture.explain(
                "--backend",
                backend,
                "--overwrite",
                "--threads",
                2,
                "--method",
                "ig",
                "--steps",
                2));
  }

  private Cli.Outcome logging(Supplier<Cli.Outcome> command) {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      return command.get();
    } finally {
      System.setErr(before);
      logged = log.toString(StandardCharsets.UTF_8);
    }
  }

  private String usedBackend() {
    return Json.read(fixture.provenance()).string("backend");
  }

  private void assertSimdWentOn(String reason) {
    Cli.Outcome outcome = explain("auto");
    assertThat(outcome.code()).isZero();
    assertThat(logged.lines()).hasSize(1);
    assertThat(logged).contains("not using cuda", reason, "simd goes on");
    assertThat(usedBackend()).startsWith("simd");
    assertThat(Fixture.read(fixture.out)).isEqualTo(onSimd);
  }

  @Test
  void cudaGivesTheNumbersOfSimd() {
    Cli.Outcome outcome = explain("cuda:0");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(usedBackend()).startsWith("cuda: float32").contains("Emulated device");
    assertThat(logged).isEmpty();
    List<String> expected = onSimd.lines().toList();
    List<String> found = Fixture.lines(fixture.out);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      JsonObject e = Json.object(expected.get(i), "simd");
      JsonObject f = Json.object(found.get(i), "cuda");
      assertThat(f.number("theta")).isEqualTo(e.number("theta"));
      assertThat(f.number("score")).isCloseTo(e.number("score"), within(1e-4));
      assertThat(f.number("l21")).isCloseTo(e.number("l21"), within(1e-4 * e.number("l21")));
    }
  }

  @Test
  void autoTakesTheGpu() {
    assertThat(explain("auto").code()).isZero();
    assertThat(usedBackend()).startsWith("cuda");
    assertThat(logged).isEmpty();
  }

  @Test
  void autoSaysNothingWithoutADriver() {
    String driver = System.setProperty("gsig.cuda.driver", "none");
    try {
      assertThat(explain("auto").code()).isZero();
      assertThat(logged).isEmpty();
      assertThat(usedBackend()).startsWith("simd");
      assertThat(Fixture.read(fixture.out)).isEqualTo(onSimd);
    } finally {
      System.setProperty("gsig.cuda.driver", driver);
    }
  }

  @Test
  void autoSaysWhyItLeavesADriverAlone() {
    EmulatedDriver.set("devices=0");
    assertSimdWentOn("the NVIDIA driver finds no GPU");
    EmulatedDriver.set("devices=1 driver=10020");
    assertSimdWentOn("too old: it knows CUDA 10.2, and CUDA 11.0 or newer is needed");
    EmulatedDriver.set("driver=13000 init=999");
    assertSimdWentOn("does not start");
  }

  @Test
  void autoSaysThatThereIsNoMemoryForTheWeights() {
    EmulatedDriver.limitMemoryTo(1000);
    assertSimdWentOn("the GPU is out of memory");
  }

  @Test
  void autoSaysTheSameOfACheckpoint() {
    EmulatedDriver.limitMemoryTo(1000);
    Path checkpoint = Path.of("..", "gsig", "src", "test", "resources", "import", "behrt");
    Cli.Outcome outcome =
        logging(
            () ->
                Cli.run(
                    "import",
                    "--input",
                    checkpoint.resolve("checkpoint.pt"),
                    "--out",
                    folder.resolve("imported"),
                    "--config",
                    checkpoint.resolve("said.json"),
                    "--vocab",
                    checkpoint.resolve("vocab.json"),
                    "--check",
                    checkpoint.resolve("check.npz")));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(logged).contains("not using cuda", "the GPU is out of memory", "simd goes on");
  }

  @Test
  void cudaThatCannotBeHadIsRefusedInOneLine() {
    EmulatedDriver.set("devices=0");
    assertRefused("cuda", "the NVIDIA driver finds no GPU");
    EmulatedDriver.reset();
    assertRefused("cuda:7", "there is no CUDA device 7; the last one is 0");
    assertRefused("cuda:x", "'x' is not the number of a CUDA device");
    EmulatedDriver.limitMemoryTo(1000);
    assertRefused("cuda", "the GPU is out of memory");
  }

  private void assertRefused(String backend, String reason) {
    Cli.Outcome outcome = explain(backend);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).contains("--backend", reason).doesNotContain("Exception");
    assertThat(Fixture.read(fixture.out)).isEqualTo(onSimd);
  }

  @Test
  void aFaultInTheFirstKernelEndsTheRun() throws IOException {
    Files.delete(fixture.out);
    assertThat(linesBeforeFault("fail_launch=1")).isEmpty();
  }

  @Test
  void aFaultInALaterKernelLeavesOnlyWhatWasFinished() throws IOException {
    assertThat(explain("cuda").code()).isZero();
    List<String> undisturbed = Fixture.lines(fixture.out);
    Files.delete(fixture.out);
    List<String> finished = linesBeforeFault("fail_launch=100");
    assertThat(finished.size()).isLessThan(undisturbed.size());
    assertThat(finished).isEqualTo(undisturbed.subList(0, finished.size()));
  }

  private List<String> linesBeforeFault(String fault) {
    EmulatedDriver.set(fault);
    Cli.Outcome outcome = explain("auto");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("internal fault", "CUDA_ERROR_ILLEGAL_ADDRESS");
    return Files.exists(fixture.out) ? Fixture.lines(fixture.out) : List.of();
  }
}
