package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The one decoder of all text that is read: strict UTF-8, with or without a byte order mark.
 * Anything else is refused, naming the line and, where its first bytes tell, what the file is.
 */
public final class Utf8 {
  private static final int MARK_BYTES = 3;
  private static final int LONGEST_SIGNATURE = 4;

  private Utf8() {}

  /**
   * Reads a whole text file.
   *
   * @param file the file
   * @param largest the most bytes it may have
   * @return its text, without a byte order mark
   * @throws InvalidInputException if it cannot be read, is larger, or is not UTF-8
   */
  public static String read(Path file, int largest) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    LfsPointer.refuse(file);
    // not by the file's size: pipes have none
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(largest);
      if (in.read() >= 0) {
        throw new InvalidInputException(
            file + ": is larger than " + largest + " bytes; is it the right file?");
      }
      return decode(bytes, 0, bytes.length, file.toString());
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /**
   * Decodes bytes in memory.
   *
   * @param bytes hold the text. Not modified.
   * @param offset where it begins
   * @param length how many bytes it has
   * @param source what messages call it
   * @return the text, without a byte order mark
   * @throws InvalidInputException if it is not UTF-8; of text of several lines, naming the line
   */
  public static String decode(byte[] bytes, int offset, int length, String source) {
    int skip = hasMark(bytes, offset, length) ? MARK_BYTES : 0;
    ByteBuffer rest = ByteBuffer.wrap(bytes, offset + skip, length - skip);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(rest).toString();
    } catch (CharacterCodingException e) {
      throw refused(bytes, offset, length, source, e);
    }
  }

  /**
   * Decodes a stream as it is read.
   *
   * @param in closed with the reader
   * @param source what messages call it
   * @return the text, without a byte order mark; reading throws {@link InvalidInputException} with
   *     the line where it is not UTF-8
   */
  public static Reader reader(InputStream in, String source) {
    return new Decoding(in, source);
  }

  private static boolean hasMark(byte[] bytes, int offset, int length) {
    return length >= MARK_BYTES
        && bytes[offset] == (byte) 0xEF
        && bytes[offset + 1] == (byte) 0xBB
        && bytes[offset + 2] == (byte) 0xBF;
  }

  private static InvalidInputException refused(
      byte[] bytes, int offset, int length, String source, CharacterCodingException cause) {
    int valid = validBytes(ByteBuffer.wrap(bytes, offset, length));
    long line = 1;
    boolean several = false;
    for (int i = offset; i < offset + length; i++) {
      several |= bytes[i] == '\n';
      line += i < offset + valid && bytes[i] == '\n' ? 1 : 0;
    }
    byte[] start = Arrays.copyOfRange(bytes, offset, offset + Math.min(length, 4));
    return refused(several ? source + ", line " + line : source, source, start, cause);
  }

  private static int validBytes(ByteBuffer bytes) {
    int start = bytes.position();
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer chars = CharBuffer.allocate(1 << 12);
    while (decoder.decode(bytes, chars, true).isOverflow()) {
      chars.clear();
    }
    return bytes.position() - start;
  }

  private static InvalidInputException refused(
      String where, String source, byte[] start, CharacterCodingException cause) {
    String signature = signature(start);
    return signature != null
        ? new InvalidInputException(source + ": " + signature, cause)
        : new InvalidInputException(where + ": is not valid UTF-8; save it as UTF-8", cause);
  }

  /** What a file is that begins so, and how to mend it; null if that cannot be told. */
  private static String signature(byte[] start) {
    if (begins(start, 0xFF, 0xFE) || begins(start, 0xFE, 0xFF)) {
      return "is UTF-16; save it as UTF-8";
    }
    if (begins(start, 0x1F, 0x8B)) {
      return "is packed with gzip; unpack it with gunzip";
    }
    if (begins(start, 'P', 'K', 3, 4)) {
      return "is a zip archive; unpack it";
    }
    if (begins(start, 0x28, 0xB5, 0x2F, 0xFD)) {
      return "is packed with zstd; unpack it with unzstd";
    }
    if (begins(start, 0xFD, '7', 'z', 'X')) {
      return "is packed with xz; unpack it with unxz";
    }
    return begins(start, 'B', 'Z', 'h') ? "is packed with bzip2; unpack it with bunzip2" : null;
  }

  private static boolean begins(byte[] start, int... signature) {
    for (int i = 0; i < signature.length; i++) {
      if (i >= start.length || (start[i] & 0xFF) != signature[i]) {
        return false;
      }
    }
    return true;
  }

  /** Decodes strictly, and counts the lines that it has given out. */
  private static final class Decoding extends Reader {
    private final InputStream in;
    private final String source;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final byte[] chunk = new byte[1 << 16];
    private final ByteBuffer bytes = ByteBuffer.wrap(chunk).limit(0);
    private byte[] start;
    private boolean ended;
    private long line = 1;
    private boolean afterReturn;
    private int held = -1;

    private Decoding(InputStream in, String source) {
      this.in = in;
      this.source = source;
    }

    @Override
    public int read(char[] out, int offset, int length) throws IOException {
      if (length < 2) {
        return length == 0 ? 0 : readOne(out, offset);
      }
      if (held >= 0) {
        out[offset] = (char) held;
        held = -1;
        return 1;
      }
      if (start == null) {
        begin();
      }
      CharBuffer chars = CharBuffer.wrap(out, offset, length);
      while (true) {
        CoderResult result = decoder.decode(bytes, chars, ended);
        int count = chars.position() - offset;
        countLines(out, offset, count);
        if (result.isError()) {
          throw refused(source + ", line " + line, source, start, new CharacterCodingException());
        }
        if (count > 0) {
          return count;
        }
        if (ended) {
          return -1;
        }
        fill();
      }
    }

    /** A character beyond the first plane takes two places. */
    private int readOne(char[] out, int offset) throws IOException {
      char[] pair = new char[2];
      int count = read(pair, 0, 2);
      if (count > 0) {
        out[offset] = pair[0];
        held = count == 2 ? pair[1] : -1;
      }
      return Math.min(count, 1);
    }

    private void begin() throws IOException {
      int count = in.readNBytes(chunk, 0, LONGEST_SIGNATURE);
      start = Arrays.copyOf(chunk, count);
      bytes.limit(count);
      if (hasMark(chunk, 0, count)) {
        bytes.position(MARK_BYTES);
      }
    }

    private void fill() throws IOException {
      bytes.compact();
      int count = in.read(chunk, bytes.position(), bytes.remaining());
      ended = count < 0;
      bytes.position(bytes.position() + Math.max(0, count)).flip();
    }

    /** A line ends at a line feed, a carriage return, or both. */
    private void countLines(char[] out, int offset, int count) {
      for (int i = offset; i < offset + count; i++) {
        if (out[i] == '\r' || (out[i] == '\n' && !afterReturn)) {
          line++;
        }
        afterReturn = out[i] == '\r';
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
