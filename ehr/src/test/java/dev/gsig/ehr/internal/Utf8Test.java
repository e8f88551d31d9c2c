package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {
  @TempDir Path temp;

  private static String decoded(byte[] bytes) {
    return Utf8.decode(bytes, 0, bytes.length, "f");
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Gives out at most so many bytes at once. */
  private static InputStream slow(byte[] bytes, int most) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] out, int offset, int length) {
        return super.read(out, offset, Math.min(length, most));
      }
    };
  }

  private static String readAll(Reader reader, int most) throws IOException {
    StringBuilder text = new StringBuilder();
    char[] chars = new char[most];
    for (int n = reader.read(chars); n >= 0; n = reader.read(chars)) {
      text.append(chars, 0, n);
    }
    return text.toString();
  }

  @Test
  void aByteOrderMarkIsNoText() throws IOException {
    byte[] bytes = "\ufeff\"id\",\u00e4".getBytes(StandardCharsets.UTF_8);

    assertThat(decoded(bytes)).isEqualTo("\"id\",\u00e4");
    assertThat(readAll(Utf8.reader(new ByteArrayInputStream(bytes), "f"), 100))
        .isEqualTo("\"id\",\u00e4");
    assertThat(Utf8.read(Files.write(temp.resolve("f"), bytes), 100)).isEqualTo("\"id\",\u00e4");
  }

  @Test
  void charactersAreWholeHoweverTheBytesAndThePlacesForThemAreCut() throws IOException {
    Random random = new Random(3);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.appendCodePoint(new int[] {'a', '\n', 0xe9, 0x20ac, 0x1f600}[random.nextInt(5)]);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int chunk : new int[] {1, 2, 3, 5, 64, bytes.length}) {
      for (int places : new int[] {1, 2, 3, 7, 4096}) {
        assertThat(readAll(Utf8.reader(slow(bytes, chunk), "f"), places))
            .isEqualTo(text.toString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"'a\u00e9', 1", "'x|a\u00e9|y', 2", "'x|y|\u00e9', 3", "'|||\u00e9|', 4"})
  void badBytesAreNamedWithTheirLine(String text, long line) {
    String where = text.contains("|") ? "f, line " + line : "f";
    byte[] bytes = latin(text.replace('|', '\n'));

    assertThatThrownBy(() -> decoded(bytes))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(where + ": is not valid UTF-8; save it as UTF-8");
    for (String end : new String[] {"\n", "\r", "\r\n"}) {
      InputStream in = slow(latin(text.replace("|", end)), 3);
      assertThatThrownBy(() -> readAll(Utf8.reader(in, "f"), 5))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("f, line " + line + ": is not valid UTF-8; save it as UTF-8");
    }
  }

  @Test
  void aCharacterCutAtTheEndIsRefused() {
    byte[] euro = "a\u20ac".getBytes(StandardCharsets.UTF_8);
    InputStream in = new ByteArrayInputStream(Arrays.copyOf(euro, 3));

    assertThatThrownBy(() -> readAll(Utf8.reader(in, "f"), 9)).hasMessageContaining("line 1");
  }

  @Test
  void whatIsNoTextIsCalledByItsName() {
    byte[] zip = {'P', 'K', 3, 4, (byte) 0xff};
    byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0};
    for (byte[] bytes :
        new byte[][] {"id".getBytes(StandardCharsets.UTF_16), {(byte) 0xff, (byte) 0xfe, 'i', 0}}) {
      assertThatThrownBy(() -> decoded(bytes)).hasMessage("f: is UTF-16; save it as UTF-8");
      assertThatThrownBy(() -> readAll(Utf8.reader(new ByteArrayInputStream(bytes), "f"), 9))
          .hasMessage("f: is UTF-16; save it as UTF-8");
    }
    assertThatThrownBy(() -> decoded(zip)).hasMessage("f: is a zip archive; unpack it");
    assertThatThrownBy(() -> decoded(zstd)).hasMessageStartingWith("f: is packed with zstd");
  }

  @Test
  void aFileLargerThanItMayBeIsRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("f"), "1234");

    assertThat(Utf8.read(file, 4)).isEqualTo("1234");
    assertThatThrownBy(() -> Utf8.read(file, 3)).hasMessageContaining("larger than 3 bytes");
  }
}
