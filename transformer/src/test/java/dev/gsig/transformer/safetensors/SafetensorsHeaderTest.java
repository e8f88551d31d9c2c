package dev.gsig.transformer.safetensors;

import static dev.gsig.transformer.safetensors.SafetensorsFile.bytes;
import static dev.gsig.transformer.safetensors.SafetensorsFile.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of the format, broken on purpose. */
class SafetensorsHeaderTest {
  private static final String A = entry("a", "F32", "[2]", 0, 8);
  private static final String B = entry("b", "F32", "[1]", 8, 12);

  @TempDir Path folder;

  @Test
  void readsNamesMetadataAndInfo() throws Exception {
    byte[] content =
        bytes(
            "{\"__metadata__\":{\"format\":\"pt\"},"
                + entry("b", "F16", "[2,1]", 4, 8)
                + ","
                + entry("a", "F32", "[]", 0, 4)
                + "}   ",
            new byte[8]);
    try (Safetensors file = open(content)) {
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(file.names()).containsExactly("b", "a");
      assertThat(file.info("b")).isEqualTo(new TensorInfo(DType.F16, List.of(2L, 1L), 4, 8));
      assertThat(file.info("a").elements()).isEqualTo(1);
      assertThat(file.file()).isEqualTo(folder.resolve("m.safetensors"));
      assertThatThrownBy(() -> file.info("c"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(file.file() + ": tensor \"c\" is missing");
    }
  }

  @Test
  void aFileWithoutTensorsIsLegal() throws Exception {
    try (Safetensors file = open(bytes("{}"))) {
      assertThat(file.names()).isEmpty();
      assertThat(file.metadata()).isEmpty();
    }
  }

  @Test
  void emptyTensorsTakeNoSpace() throws Exception {
    String header =
        "{"
            + entry("z", "F64", "[0,7]", 8, 8)
            + ","
            + A
            + ","
            + entry("y", "F32", "[3,0]", 0, 0)
            + "}";
    try (Safetensors file = open(bytes(header, new byte[8]))) {
      assertThat(file.read("z")).isEmpty();
      assertThat(file.read("y")).isEmpty();
      assertThat(file.read("a")).containsExactly(0, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeOfTheFormatHasItsSize(DType dtype) throws Exception {
    // Four elements fill whole bytes in every type: 2 bytes of F4, 3 of the 6-bit floats.
    int bytes = dtype.bits() / 2;
    try (Safetensors file =
        open(bytes("{" + entry("t", dtype.name(), "[4]", 0, bytes) + "}", new byte[bytes]))) {
      assertThat(file.info("t").dtype()).isEqualTo(dtype);
      if (dtype.isReadable()) {
        assertThat(file.read("t")).containsExactly(0, 0, 0, 0);
      } else {
        assertThatThrownBy(() -> file.read("t"))
            .isInstanceOf(InvalidInputException.class)
            .hasMessage(
                file.file()
                    + ": tensor \"t\" has dtype "
                    + dtype
                    + "; store it as F32, F64, F16 or BF16");
      }
    }
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] whole = bytes("{" + A + "," + B + "}", new byte[12]);
    open(whole).close();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> open(part))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(InvalidInputException.class)
          .message()
          .startsWith(folder.resolve("m.safetensors").toString())
          .doesNotContain("\n");
    }
  }

  @Test
  void surplusBytesAreRefused() throws Exception {
    refused(bytes("{" + A + "}", new byte[9]), ": 1 bytes after the last tensor belong to none");
    refused(bytes("{}", new byte[3]), ": 3 bytes after the last tensor belong to none");
  }

  @Test
  void everySingleByteChangedIsReadOrRefusedInOneLine() throws Exception {
    byte[] whole = bytes("{" + A + "," + B + "}", new byte[12]);
    for (int at = 0; at < whole.length; at++) {
      for (int value : new int[] {0, 1, ' ', '"', '9', '[', 0x7F, 0x80, 0xFF}) {
        byte[] changed = whole.clone();
        changed[at] = (byte) value;
        try (Safetensors file = open(changed)) {
          for (String name : file.names()) {
            file.info(name);
          }
        } catch (InvalidInputException e) {
          assertThat(e.getMessage()).doesNotContain("\n").contains("m.safetensors");
        }
      }
    }
  }

  @Test
  void headerLength() throws Exception {
    refused(new byte[0], ": has 0 bytes; a safetensors file has at least 8");
    refused(new byte[7], ": has 7 bytes; a safetensors file has at least 8");
    refused(bytes(0, ""), ": the header does not start with '{'; is it a safetensors file?");
    refused(
        bytes(100, "{}"),
        ": the file is truncated: a header of 100 bytes is announced, but the file has 10 bytes");
    String tooLong = " is above the limit of 100000000; is it a safetensors file?";
    refused(bytes(100_000_001, "{}"), ": the header length 100000001" + tooLong);
    refused(bytes(Long.MAX_VALUE, "{}"), ": the header length 9223372036854775807" + tooLong);
    refused(bytes(-1, "{}"), ": the header length 18446744073709551615" + tooLong);
    refused(bytes(Long.MIN_VALUE, "{}"), ": the header length 9223372036854775808" + tooLong);
  }

  @Test
  void headerLengthAboveTheLimitIsRefusedEvenIfTheFileIsThatLong() throws Exception {
    Path file = folder.resolve("m.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(bytes(100_000_001, "{"));
      sparse.setLength(200_000_000);
    }
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the header length 100000001 is above the limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {" {}", "[]", "\ufeff{}", "null", "\n{}"})
  void headerMustStartWithABrace(String header) throws Exception {
    refused(bytes(header), ": the header does not start with '{'; is it a safetensors file?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{} {}", "{}x", "{\"a\":}", "{\"a\":1", "{'a':1}"})
  void headerMustBeOneJsonObject(String header) throws Exception {
    assertThatThrownBy(() -> open(bytes(header)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder.resolve("m.safetensors") + ": header: malformed JSON at ");
  }

  @Test
  void headerMustBeUtf8() throws Exception {
    byte[] latin = "{\"é\":1}".getBytes(StandardCharsets.ISO_8859_1);
    byte[] content = bytes(latin.length, "", latin);
    refused(content, ": header: is not valid UTF-8; save it as UTF-8");
  }

  @Test
  void duplicateKeys() throws Exception {
    refused(
        bytes("{" + A + "," + entry("a", "F32", "[1]", 8, 12) + "}", new byte[12]),
        ": header: the key \"a\" occurs twice in one object; remove one");
    refused(
        bytes("{" + A + "," + A + "}", new byte[8]),
        ": header: the key \"a\" occurs twice in one object; remove one");
    refused(
        bytes("{\"__metadata__\":{},\"__metadata__\":{}}"),
        ": header: the key \"__metadata__\" occurs twice in one object; remove one");
    refused(
        bytes(
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
            new byte[4]),
        ": header: the key \"dtype\" occurs twice in one object; remove one");
  }

  @Test
  void metadataMapsTextToText() throws Exception {
    refused(
        bytes("{\"__metadata__\":{\"n\":1}}"),
        ": header: \"__metadata__.n\" must be a text, but is 1");
    refused(
        bytes("{\"__metadata__\":[]}"),
        ": header: \"__metadata__\" must be an object, but is a list");
    refused(
        bytes("{\"__metadata__\":null}"),
        ": header: \"__metadata__\" is null; it must be an object");
  }

  @Test
  void overlapsAndHoles() throws Exception {
    refused(
        bytes("{" + A + "," + entry("b", "F32", "[1]", 4, 8) + "}", new byte[8]),
        ": tensor \"b\": its data begins at 4, inside another tensor's");
    refused(
        bytes("{" + A + "," + entry("b", "F32", "[2]", 0, 8) + "}", new byte[8]),
        ": tensor \"b\": its data begins at 0, inside another tensor's");
    refused(
        bytes("{" + A + "," + entry("b", "F32", "[0]", 4, 4) + "}", new byte[8]),
        ": tensor \"b\": its data begins at 4, inside another tensor's");
    refused(
        bytes("{" + A + "," + entry("b", "F32", "[1]", 12, 16) + "}", new byte[16]),
        ": tensor \"b\": no tensor covers the 4 bytes before its data");
    refused(
        bytes("{" + entry("a", "F32", "[1]", 4, 8) + "}", new byte[8]),
        ": tensor \"a\": no tensor covers the 4 bytes before its data");
  }

  @Test
  void oversized() throws Exception {
    refused(
        bytes("{" + entry("a", "F32", "[3]", 0, 12) + "}", new byte[8]),
        ": the file is truncated: its tensors take 12 bytes, but only 8 follow the header");
    long large = 1L << 59;
    refused(
        bytes("{" + entry("a", "U8", "[" + large + "]", 0, large) + "}", new byte[8]),
        ": the file is truncated: its tensors take "
            + large
            + " bytes, but only 8 follow the header");
  }

  @Test
  void sizeMustMatchShapeAndType() throws Exception {
    refused(
        bytes("{" + entry("a", "F32", "[3]", 0, 8) + "}", new byte[8]),
        ": tensor \"a\": F32 of shape [3] takes 12 bytes, but data_offsets give it 8");
    refused(
        bytes("{" + entry("a", "F64", "[]", 0, 4) + "}", new byte[4]),
        ": tensor \"a\": F64 of shape [] takes 8 bytes, but data_offsets give it 4");
    refused(
        bytes("{" + entry("a", "F32", "[0,5]", 0, 4) + "}", new byte[4]),
        ": tensor \"a\": F32 of shape [0, 5] takes 0 bytes, but data_offsets give it 4");
    refused(
        bytes("{" + entry("a", "F4", "[3]", 0, 1) + "}", new byte[1]),
        ": tensor \"a\": F4 of shape [3] does not fill whole bytes");
    refused(
        bytes("{" + entry("a", "F32", "[1]", 8, 4) + "}", new byte[8]),
        ": tensor \"a\": the data begins at 8 but ends before, at 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[4294967296,4294967296]",
        "[4294967296,4294967296,0]",
        "[9223372036854775807]",
        "[9223372036854775807,2]",
        "[2305843009213693952,1]",
        "[3037000500,3037000500]"
      })
  void overflowingShapes(String shape) throws Exception {
    for (long end : new long[] {0, 4, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> open(bytes("{" + entry("a", "F32", shape, 0, end) + "}")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(": tensor \"a\": the size of F32 of shape ")
          .hasMessageEndingWith(" overflows; the file is damaged");
    }
  }

  @Test
  void aZeroBeforeHugeDimensionsIsNoOverflow() throws Exception {
    String header = "{" + entry("a", "F32", "[0,4294967296,4294967296]", 0, 0) + "}";
    try (Safetensors file = open(bytes(header))) {
      assertThat(file.read("a")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "FLOAT", "F128", "", "F8_E4M3X"})
  void unknownTypes(String dtype) throws Exception {
    refused(
        bytes("{" + entry("a", dtype, "[1]", 0, 4) + "}", new byte[4]),
        ": tensor \"a\": unknown dtype \"" + dtype + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[-1]", "[1.0]", "[1.5]", "[\"1\"]", "[null]", "[18446744073709551616]"})
  void dimensionsAreUnsignedIntegers(String shape) throws Exception {
    assertThatThrownBy(() -> open(bytes("{" + entry("a", "F32", shape, 0, 4) + "}", new byte[4])))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            ": tensor \"a\": shape must hold whole numbers from 0 up, but holds ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1}",
        "{\"a\":{}}",
        "{\"a\":null}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":5,\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":4}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0.0,4.0]}}"
      })
  void malformedEntries(String header) throws Exception {
    assertThatThrownBy(() -> open(bytes(header, new byte[4])))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("m.safetensors: ")
        .hasMessageContaining("\"a");
  }

  @Test
  void missingFileAndFolder() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> Safetensors.open(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(missing + ": cannot be read: no such file; check the path");
    assertThatThrownBy(() -> Safetensors.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": is a folder; name a file");
  }

  @Test
  void refusedFilesAreClosedAgain() throws Exception {
    Path file = Files.write(folder.resolve("m.safetensors"), new byte[3]);
    for (int i = 0; i < 20_000; i++) {
      assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(InvalidInputException.class);
    }
  }

  private void refused(byte[] content, String message) {
    assertThatThrownBy(() -> open(content))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder.resolve("m.safetensors") + message);
  }

  private Safetensors open(byte[] content) throws IOException {
    return Safetensors.open(SafetensorsFile.write(folder, content));
  }
}
