package dev.gsig.importer.internal.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that PyTorch wrote itself ({@code tools/make_import_fixtures.py}). */
class TorchFileTest {
  private static final Path FILES = Path.of("src/test/resources/torch");

  @TempDir Path folder;

  @Test
  void everyTypeAndKindOfView() {
    try (TorchFile file = TorchFile.open(FILES.resolve("formats.pt"), null);
        Safetensors expected = Safetensors.open(FILES.resolve("formats.safetensors"))) {
      assertThat(file.names()).contains("int64", "boolean").containsAll(expected.names());
      for (String name : expected.names()) {
        assertThat(file.shape(name)).as(name).isEqualTo(expected.shape(name));
        assertThat(file.read(name)).as(name).containsExactly(expected.read(name));
      }
      assertThat(file.dtype("float16")).isEqualTo(DType.F16);
      assertThat(file.dtype("bfloat16")).isEqualTo(DType.BF16);
      assertThatThrownBy(() -> file.read("int64"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has dtype I64");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "legacy.pt, is in the format of PyTorch before 1.6",
    "script.pt, is a TorchScript program",
    "namespace.pt, it names argparse.Namespace",
    "formats.safetensors, is no file of torch.save",
  })
  void otherKindsAreRefusedWithTheWayOut(String name, String message) {
    Path file = FILES.resolve(name);
    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageContaining("torch.save(")
        .extracting(Throwable::getMessage)
        .asString()
        .hasLineCount(1);
  }

  @Test
  void aWholeModuleIsRefusedWithTwoLinesOfPython() {
    Path file = FILES.resolve("module.pt");
    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(WholeModuleException.class)
        .hasMessageContaining("holds a whole Python object")
        .hasMessageContaining("torch.nn.modules.linear.Linear")
        .extracting(e -> ((WholeModuleException) e).python())
        .isEqualTo(
            List.of(
                "model = torch.load(\"" + file + "\", map_location=\"cpu\", weights_only=False)",
                "torch.save(model.state_dict(), \"state_dict.pt\")"));
  }

  @Test
  void anOldTarIsRecognised() throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, tar, 257, 5);
    Path file = Files.write(folder.resolve("old.pt"), tar);
    assertThatThrownBy(() -> TorchFile.open(file, null).close()).hasMessageContaining("before 1.6");
  }

  /** What PyTorch wrote, cut off: a clean refusal at every hundredth. */
  @Test
  void truncatedAtEveryHundredth() throws IOException {
    byte[] bytes = Files.readAllBytes(FILES.resolve("formats.pt"));
    for (int percent = 0; percent < 100; percent++) {
      Path file =
          Files.write(folder.resolve("cut.pt"), Arrays.copyOf(bytes, bytes.length * percent / 100));
      assertThatThrownBy(() -> TorchFile.open(file, null).close())
          .as("%d%%", percent)
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void theStateDictOfACheckpointIsFoundOrAskedFor() {
    Pickle tensors = new Pickle().tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1});
    Pickle two =
        Pickle.protocol2()
            .op('}', '(')
            .text("first")
            .op('}')
            .text("w")
            .raw(tensors.bytes())
            .op('s')
            .text("second")
            .op('}')
            .text("v")
            .raw(tensors.bytes())
            .op('s', 'u', '.');
    Path file = Archive.of(two).write(folder);
    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("more than one state dict; choose one with --key: first, second");
    try (TorchFile second = TorchFile.open(file, "second")) {
      assertThat(second.names()).containsExactly("v");
    }
    assertThatThrownBy(() -> TorchFile.open(file, "third").close())
        .hasMessageContaining("no state dict at third; there are first, second");
  }
}
