package dev.gsig.importer.internal.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files for {@code --check} that were made to mislead. */
class CheckFileTest {
  @TempDir Path folder;

  /** {@code ids} as given, and one logit. */
  private Path npz(String type, String shape, int bytes) throws IOException {
    Path file = folder.resolve("check.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("input_ids.npy"));
      zip.write(npy(type, shape, bytes));
      zip.putNextEntry(new ZipEntry("logits.npy"));
      zip.write(npy("<f8", "1, 1", 8));
    }
    return file;
  }

  private static byte[] npy(String type, String shape, int bytes) {
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    byte[] header = text.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(10 + header.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) header.length)
        .put(header)
        .array();
  }

  @Test
  void aSoundFileIsRead() throws IOException {
    CheckFile check = CheckFile.read(npz("<i8", "1, 3", 24));
    assertThat(check.size()).isEqualTo(1);
    assertThat(check.length()).isEqualTo(3);
    assertThat(check.logits(0)).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // more digits than an int holds were once left out of the shape
        "<i8|10000000000, 3|24|does not hold",
        "<i8|99999999999999999999, 3|24|impossible shape",
        // products that are 3 modulo 2^64
        "<i8|4294967296, 4294967296, 3|24|impossible shape",
        "<i8|6148914691236517206, 3, 3|48|impossible shape",
        // no bytes for as many values as one likes
        "<i0|999999999, 1|0|type i0",
        "<c8|1, 3|24|type c8",
        "<i3|1, 3|9|type i3",
        "<i8|0, 1000000000000|0|is not there",
        "<i8|1000000000000, 0|0|is not there",
      })
  void impossibleArraysAreRefused(String type, String shape, int bytes, String named)
      throws IOException {
    Path file = npz(type, shape, bytes);
    assertThatThrownBy(() -> CheckFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(named);
  }

  @Test
  void aTensorOfNoValuesHasNoRows() throws IOException {
    String header =
        "{\"input_ids\":{\"dtype\":\"F32\",\"shape\":[1099511627776,0],\"data_offsets\":[0,0]},"
            + "\"logits\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    ByteBuffer bytes = ByteBuffer.allocate(12 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    Path file = Files.write(folder.resolve("check.safetensors"), bytes.array());
    assertThatThrownBy(() -> CheckFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("\"input_ids\" is not there");
  }
}
