package dev.gsig.transformer.safetensors;

import static dev.gsig.transformer.safetensors.SafetensorsFile.bytes;
import static dev.gsig.transformer.safetensors.SafetensorsFile.entry;
import static dev.gsig.transformer.safetensors.SafetensorsFile.floats;
import static dev.gsig.transformer.safetensors.SafetensorsFile.shorts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsValuesTest {
  @TempDir Path folder;

  @Test
  void readsSingles() throws Exception {
    float[] values = {0f, -0f, 1f, -1.5f, 0.1f, Float.MIN_VALUE, Float.MAX_VALUE, 0x1p-126f};
    double[] read = read("F32", values.length, floats(values));
    for (int i = 0; i < values.length; i++) {
      assertThat(Double.doubleToRawLongBits(read[i]))
          .isEqualTo(Double.doubleToRawLongBits(values[i]));
    }
  }

  @Test
  void readsDoublesBitForBit() throws Exception {
    double[] values = {0.1, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, Math.PI};
    ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      data.putDouble(value);
    }
    assertThat(read("F64", values.length, data.array())).containsExactly(values);
  }

  /** Values from the definition of binary16 in IEEE 754-2008, section 3.6. */
  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x3C00, 1",
    "0xC000, -2",
    "0x3555, 0.333251953125",
    "0x7BFF, 65504",
    "0xFBFF, -65504",
    "0x0400, 6.103515625E-5",
    "0x03FF, 6.097555160522461E-5",
    "0x0001, 5.960464477539063E-8",
    "0x8001, -5.960464477539063E-8",
    "0x3C01, 1.0009765625"
  })
  void readsHalves(String bits, double value) throws Exception {
    double[] read = read("F16", 1, shorts(Integer.decode(bits)));
    assertThat(Double.doubleToRawLongBits(read[0])).isEqualTo(Double.doubleToRawLongBits(value));
  }

  /** For every finite bit pattern the defining formula, written another way. */
  @Test
  void everyHalfFollowsTheFormula() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      int mantissa = bits & 1023;
      double sign = (bits & 0x8000) == 0 ? 1 : -1;
      double expected =
          exponent == 0
              ? sign * Math.pow(2, -14) * (mantissa / 1024.0)
              : sign * Math.pow(2, exponent - 15) * (1 + mantissa / 1024.0);
      double actual = Widening.half((short) bits);
      if (exponent < 31) {
        assertThat(Double.doubleToRawLongBits(actual))
            .isEqualTo(Double.doubleToRawLongBits(expected));
      } else if (mantissa == 0) {
        assertThat(actual).isEqualTo(sign * Double.POSITIVE_INFINITY);
      } else {
        assertThat(actual).isNaN();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x3F80, 1",
    "0xC040, -3",
    "0x3EAB, 0.333984375",
    "0x7F7F, 3.3895313892515355E38",
    "0x0080, 1.1754943508222875E-38",
    "0x0001, 9.183549615799121E-41"
  })
  void readsBrainFloats(String bits, double value) throws Exception {
    double[] read = read("BF16", 1, shorts(Integer.decode(bits)));
    assertThat(Double.doubleToRawLongBits(read[0])).isEqualTo(Double.doubleToRawLongBits(value));
  }

  @Test
  void readsScalarsAndEveryTensorAtItsPlace() throws Exception {
    String header =
        "{"
            + entry("pair", "F32", "[1,2]", 6, 14)
            + ","
            + entry("scalar", "F32", "[]", 2, 6)
            + ","
            + entry("half", "F16", "[1]", 0, 2)
            + "}";
    byte[] data = ByteBuffer.allocate(14).put(shorts(0x3C00)).put(floats(7f, 8f, 9f)).array();
    try (Safetensors file = Safetensors.open(SafetensorsFile.write(folder, bytes(header, data)))) {
      assertThat(file.read("half")).containsExactly(1);
      assertThat(file.read("scalar")).containsExactly(7);
      assertThat(file.read("pair")).containsExactly(8, 9);
    }
  }

  @Test
  void readsIntegersWhereAskedTo() throws Exception {
    String header =
        "{" + entry("ids", "I64", "[1,2]", 0, 16) + "," + entry("ages", "I32", "[2]", 16, 24) + "}";
    byte[] data =
        ByteBuffer.allocate(24)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(30521)
            .putLong(-7)
            .putInt(40)
            .putInt(41)
            .array();
    try (Safetensors file = Safetensors.open(SafetensorsFile.write(folder, bytes(header, data)))) {
      assertThat(file.readIntegers("ids")).containsExactly(30521, -7);
      assertThat(file.readIntegers("ages")).containsExactly(40, 41);
      assertThatThrownBy(() -> file.read("ids")).hasMessageContaining("has dtype I64");
    }
  }

  @Test
  void nanAndInfinityAreRefusedWithTheirPlace() throws Exception {
    refused("F32", "[2,3]", floats(1, 2, 3, 4, Float.NaN, 6), "NaN at index [1, 1]");
    refused("F32", "[2]", floats(Float.NEGATIVE_INFINITY, 1), "-Infinity at index [0]");
    refused("F32", "[]", floats(Float.POSITIVE_INFINITY), "Infinity at index []");
    refused("F16", "[2]", shorts(0, 0x7C00), "Infinity at index [1]");
    refused("F16", "[1]", shorts(0x7C01), "NaN at index [0]");
    refused("F16", "[1]", shorts(0xFE00), "NaN at index [0]");
    refused("BF16", "[1]", shorts(0xFF80), "-Infinity at index [0]");
    refused("BF16", "[1,1,1]", shorts(0x7FC0), "NaN at index [0, 0, 0]");
    byte[] nan =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(Double.NaN).array();
    refused("F64", "[1]", nan, "NaN at index [0]");
  }

  @Test
  void rowMajorIndices() {
    assertThat(TensorValues.index(0, List.of(2L, 3L, 4L))).containsExactly(0L, 0L, 0L);
    assertThat(TensorValues.index(23, List.of(2L, 3L, 4L))).containsExactly(1L, 2L, 3L);
    assertThat(TensorValues.index(17, List.of(2L, 3L, 4L))).containsExactly(1L, 1L, 1L);
  }

  /** A sparse file: one tensor of 2.1 GB before a small one, and another that is read in pieces. */
  @Test
  void readsBehindTwoGigabytesAndInPieces() throws Exception {
    long bulk = 2_200_000_000L;
    int wide = 600_000;
    String header =
        "{"
            + entry("bulk", "U8", "[" + bulk + "]", 0, bulk)
            + ","
            + entry("last", "F32", "[2]", bulk, bulk + 8)
            + ","
            + entry("wide", "F32", "[" + wide + "]", bulk + 8, bulk + 8 + 4L * wide)
            + "}";
    Path path = folder.resolve("large.safetensors");
    byte[] start = bytes(header);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.setLength(start.length + bulk + 8 + 4L * wide);
      file.seek(start.length + bulk);
      file.write(floats(3f, 4f, 5f));
      file.seek(start.length + bulk + 8 + (1L << 20) - 4);
      file.write(floats(6f, 7f));
      file.seek(start.length + bulk + 8 + 4L * (wide - 1));
      file.write(floats(8f));
    }
    try (Safetensors file = Safetensors.open(path)) {
      assertThat(file.read("last")).containsExactly(3, 4);
      double[] read = file.read("wide");
      assertThat(read[0]).isEqualTo(5);
      assertThat(read[(1 << 18) - 1]).isEqualTo(6);
      assertThat(read[1 << 18]).isEqualTo(7);
      assertThat(read[wide - 1]).isEqualTo(8);
      assertThat(read[1]).isZero();
    }
  }

  @Test
  void aFileThatBecomesShorterIsRefused() throws Exception {
    byte[] whole = bytes("{" + entry("t", "F32", "[3]", 0, 12) + "}", floats(1f, 2f, 3f));
    Path path = SafetensorsFile.write(folder, whole);
    try (Safetensors file = Safetensors.open(path)) {
      try (RandomAccessFile shorter = new RandomAccessFile(path.toFile(), "rw")) {
        shorter.setLength(whole.length - 4);
      }
      assertThatThrownBy(() -> file.read("t"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(path + ": the file became shorter while it was read");
    }
  }

  @Test
  void moreElementsThanAnArrayHoldsAreRefused() throws Exception {
    long elements = 2_147_483_648L;
    Path path = folder.resolve("large.safetensors");
    byte[] start = bytes("{" + entry("t", "F16", "[2,1073741824]", 0, 2 * elements) + "}");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.setLength(start.length + 2 * elements);
    }
    try (Safetensors file = Safetensors.open(path)) {
      assertThatThrownBy(() -> file.read("t"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              path + ": tensor \"t\" has 2147483648 elements, more than one array can hold");
    }
  }

  private void refused(String dtype, String shape, byte[] data, String found) throws Exception {
    byte[] content = bytes("{" + entry("w", dtype, shape, 0, data.length) + "}", data);
    try (Safetensors file = Safetensors.open(SafetensorsFile.write(folder, content))) {
      assertThatThrownBy(() -> file.read("w"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              file.file()
                  + ": tensor \"w\" holds "
                  + found
                  + "; mend the model and export it again");
    }
  }

  private double[] read(String dtype, int count, byte[] data) throws Exception {
    byte[] content = bytes("{" + entry("w", dtype, "[" + count + "]", 0, data.length) + "}", data);
    try (Safetensors file = Safetensors.open(SafetensorsFile.write(folder, content))) {
      return file.read("w");
    }
  }
}
