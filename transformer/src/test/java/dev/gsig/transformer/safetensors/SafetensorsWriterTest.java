package dev.gsig.transformer.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("out.safetensors");
  }

  @Test
  void writesTheseBytes() throws Exception {
    SafetensorsWriter.write(path, Map.of(), Map.of("w", NamedTensor.f32(new float[] {1f, -2f}, 2)));

    byte[] content = Files.readAllBytes(path);
    String json = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    String padded = json + " ".repeat((8 - json.length() % 8) % 8);
    assertThat(content).isEqualTo(SafetensorsFile.bytes(padded, SafetensorsFile.floats(1f, -2f)));
  }

  @Test
  void roundTrip() {
    Random random = new Random(3);
    double[] doubles = random.doubles(10_007, -1, 1).toArray();
    float[] singles = new float[9_001];
    for (int i = 0; i < singles.length; i++) {
      singles[i] = (float) random.nextGaussian();
    }
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    tensors.put("scalar", NamedTensor.f32(new float[] {3f}));
    tensors.put("singles", NamedTensor.f32(singles, 9_001));
    tensors.put("empty", NamedTensor.f32(new double[0], 0, 4));
    tensors.put("doubles \"é\"\n", NamedTensor.f64(doubles, 1, 10_007));
    Map<String, String> metadata = Map.of("sha256", "abc", "a", "\u00fc");

    SafetensorsWriter.write(path, metadata, tensors);

    try (Safetensors file = Safetensors.open(path)) {
      assertThat(file.names()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
      assertThat(file.metadata()).isEqualTo(metadata);
      assertThat(file.info("empty").shape()).containsExactly(0L, 4L);
      assertThat(file.info("scalar").shape()).isEmpty();
      assertThat(file.info("doubles \"é\"\n").dtype()).isEqualTo(DType.F64);
      assertThat(file.read("scalar")).containsExactly(3);
      assertThat(file.read("doubles \"é\"\n")).containsExactly(doubles);
      double[] read = file.read("singles");
      for (int i = 0; i < singles.length; i++) {
        assertThat(read[i]).isEqualTo(singles[i]);
      }
    }
  }

  @Test
  void roundsToTheNearestSingle() {
    SafetensorsWriter.write(
        path, Map.of(), Map.of("w", NamedTensor.f32(new double[] {0.1, 1e-60, -1e-60}, 3)));

    try (Safetensors file = Safetensors.open(path)) {
      assertThat(file.read("w")).containsExactly(0.1f, 0.0, -0.0);
    }
  }

  @Test
  void dataStartAtAMultipleOfEightWhateverTheHeader() throws Exception {
    for (int length = 1; length <= 9; length++) {
      SafetensorsWriter.write(
          path,
          Map.of("k", "é".repeat(length)),
          Map.of("w".repeat(length), NamedTensor.f64(new double[] {length})));
      ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(content.getLong() % 8).isZero();
      try (Safetensors file = Safetensors.open(path)) {
        assertThat(file.read("w".repeat(length))).containsExactly(length);
      }
    }
  }

  @Test
  void sameContentGivesTheSameBytesInAnyOrder() throws Exception {
    NamedTensor a = NamedTensor.f32(new float[] {1f}, 1);
    NamedTensor b = NamedTensor.f64(new double[] {2}, 1);
    Map<String, NamedTensor> forward = new LinkedHashMap<>();
    forward.put("a", a);
    forward.put("b", b);
    forward.put("c", a);
    Map<String, NamedTensor> backward = new LinkedHashMap<>();
    backward.put("c", a);
    backward.put("b", b);
    backward.put("a", a);
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("z", "1");
    metadata.put("y", "2");
    Path other = folder.resolve("other.safetensors");

    SafetensorsWriter.write(path, metadata, forward);
    SafetensorsWriter.write(other, Map.of("y", "2", "z", "1"), backward);

    assertThat(other).hasSameBinaryContentAs(path);
    // F64 first: every tensor is then aligned to its own element size.
    String header = Files.readString(path, StandardCharsets.ISO_8859_1);
    assertThat(header.indexOf("\"b\"")).isLessThan(header.indexOf("\"a\""));
    assertThat(header).contains("{\"__metadata__\":{\"y\":\"2\",\"z\":\"1\"},");
  }

  @Test
  void nonFiniteAndOverflowingValuesAreRefusedAndTheOldFileStays() throws Exception {
    Files.writeString(path, "old");
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e39}) {
      double[] values = {0, 0, 0, bad};
      assertThatThrownBy(
              () ->
                  SafetensorsWriter.write(
                      path, Map.of(), Map.of("w", NamedTensor.f32(values, 2, 2))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              path
                  + ": tensor \"w\" can't be written as F32: it holds "
                  + bad
                  + " at index [1, 1]");
    }
    assertThat(path).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void unwritableOutputIsOneLine() throws Exception {
    Path noFolder = folder.resolve("no").resolve("out.safetensors");
    Path belowFile = Files.writeString(folder.resolve("file"), "x").resolve("out.safetensors");
    for (Path bad : List.of(noFolder, belowFile, folder)) {
      assertThatThrownBy(() -> SafetensorsWriter.write(bad, Map.of(), Map.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(bad + ": cannot be written: ")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void faultsOfTheCaller() {
    assertThatThrownBy(() -> NamedTensor.f32(new float[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [2, 2] has 4 elements, but there are 3");
    assertThatThrownBy(() -> NamedTensor.f32(new float[1], -1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a negative dimension in shape [-1, -1]");
    assertThatThrownBy(() -> new NamedTensor(DType.F16, List.of(), new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("only F32 and F64 are written, not F16");
    Map<String, NamedTensor> reserved = Map.of("__metadata__", NamedTensor.f32(new float[1], 1));
    assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of(), reserved))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no tensor may be called __metadata__");
    assertThat(path).doesNotExist();
  }
}
