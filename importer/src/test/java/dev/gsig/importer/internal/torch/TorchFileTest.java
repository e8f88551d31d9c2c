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
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote itself ({@code tools/fixtures/make_import_fixtures.py}). */
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
    "numpy-bias.pt, among its weights is bias (numpy.core.multiarray._reconstruct)",
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

  /** NumPy numbers, arguments, paths, times: nothing of them is needed, made or called. */
  @ParameterizedTest
  @ValueSource(strings = {"namespace.pt", "training.pt"})
  void whatATrainingRunKeepsBesideTheWeightsIsPassedOver(String name) {
    try (TorchFile file = TorchFile.open(FILES.resolve(name), null)) {
      assertThat(file.names()).containsExactly("weight", "bias");
      assertThat(file.read("weight")).hasSize(6);
    }
  }

  @Test
  void negatedViewsAreNegated() {
    Pickle dictionary = new Pickle().op('}').text("neg").op(0x88, 's');
    Path file = Archive.of(tensorWith(dictionary)).write(folder);
    try (TorchFile opened = TorchFile.open(file, null)) {
      assertThat(opened.read("a")).containsExactly(-0.0, -1, -2, -3, -4, -5);
    }
    Path plain =
        Archive.of(tensorWith(new Pickle().op('}').text("neg").op(0x89, 's'))).write(folder);
    try (TorchFile opened = TorchFile.open(plain, null)) {
      assertThat(opened.read("a")).containsExactly(0, 1, 2, 3, 4, 5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"conj", "zero_point", "neg "})
  void unknownMetadataOfATensorIsRefused(String key) {
    Pickle dictionary = new Pickle().op('}').text(key).op(0x88, 's');
    Path file = Archive.of(tensorWith(dictionary)).write(folder);
    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("unknown metadata " + key);
  }

  private static Pickle tensorWith(Pickle metadata) {
    return Pickle.holding(
        new Pickle()
            .global("torch._utils", "_rebuild_tensor_v2")
            .op('(')
            .storage("FloatStorage", "0", 6)
            .integer(0)
            .longs(6)
            .longs(1)
            .op(0x89, '}')
            .raw(metadata.bytes())
            .op('t', 'R'));
  }

  @Test
  void aGitLfsPointerIsNamed() throws IOException {
    Path file = folder.resolve("model.pt");
    Files.writeString(
        file, "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 438000000\n");
    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a Git LFS pointer, not the file itself");
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

  /** Averaged weights beside those of the last step, a teacher, the best epoch. */
  @ParameterizedTest
  @ValueSource(strings = {"model_ema", "best_state_dict", "teacher"})
  void anotherStateDictOfTheSameModelIsAskedFor(String beside) {
    Pickle tensor = new Pickle().tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1});
    Pickle two = Pickle.protocol2().op('}', '(').text("model").op('}').text("module.w");
    two.raw(tensor.bytes()).op('s').text(beside).op('}').text("w").raw(tensor.bytes());
    Path file = Archive.of(two.op('s', 'u', '.')).write(folder);

    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("more than one state dict; choose one with --key: model, " + beside);
    try (TorchFile chosen = TorchFile.open(file, beside)) {
      assertThat(chosen.names()).containsExactly("w");
    }
  }

  /** As {@code defaultdict(int)} is by PyTorch's protocol. */
  @Test
  void countsBesideTheWeightsArePassedOver() {
    Pickle tensor = new Pickle().tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1});
    Pickle counted = Pickle.protocol2().op('}', '(').text("state_dict").op('}').text("w");
    counted.raw(tensor.bytes()).op('s').text("seen").global("collections", "defaultdict");
    counted.global("__builtin__", "long").op(0x85, 'R').text("a").integer(3).op('s', 'u', '.');
    try (TorchFile file = TorchFile.open(Archive.of(counted).write(folder), null)) {
      assertThat(file.names()).containsExactly("w");
    }
  }
}
