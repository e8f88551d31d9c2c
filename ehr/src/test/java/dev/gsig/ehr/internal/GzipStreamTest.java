package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

class GzipStreamTest {
  /** Flags of a header with all that may be in it. */
  private static final byte EVERYTHING = 31;

  private static final byte[] CONTENT = "a patient".getBytes(StandardCharsets.UTF_8);

  private static byte[] unpack(byte[] packed) throws IOException {
    return GzipStream.unpacked(new ByteArrayInputStream(packed), "any.gz").readAllBytes();
  }

  /** Text, extra field, name and comment, and the header's checksum over all of them. */
  private static byte[] withFullHeader(byte[] content) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(plain)) {
      out.write(content);
    }
    byte[] simple = plain.toByteArray();
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(simple, 0, 3);
    header.write(EVERYTHING);
    header.write(simple, 4, 6);
    header.write(new byte[] {2, 0, 7, 9, 'n', 0, 'c', 0});
    CRC32 crc = new CRC32();
    crc.update(header.toByteArray());
    header.write((int) crc.getValue() & 0xff);
    header.write((int) crc.getValue() >> 8 & 0xff);
    header.write(simple, 10, simple.length - 10);
    return header.toByteArray();
  }

  @Test
  void aHeaderMayHaveEverything() throws IOException {
    byte[] packed = withFullHeader(CONTENT);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
        .isEqualTo(CONTENT);
    assertThat(unpack(packed)).isEqualTo(CONTENT);
  }

  @Test
  void aDamagedHeaderIsRefused() throws IOException {
    byte[] packed = withFullHeader(CONTENT);
    packed[14] = 'm';
    assertThatThrownBy(() -> unpack(packed))
        .isInstanceOf(ZipException.class)
        .hasMessage("its header is damaged");
  }

  /** Java's own reader refuses it, too. Found by fuzzing. */
  @Test
  void aHeaderWhoseChecksumDiffersIsRefused() {
    byte[] packed = Base64.getDecoder().decode("H4sIH4snCIsIAAAAAAAA/0vkAgAHoerdAgAAAA==");
    assertThatThrownBy(() -> unpack(packed)).isInstanceOf(ZipException.class);
  }
}
