package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The lines of UTF-8 text, packed with gzip or not, one at a time, each bounded in length so that
 * memory is too.
 */
public final class LineSource implements Closeable {
  /** The most bytes that one line may have. */
  static final int MAX_LINE_BYTES = 16 << 20;

  private final String name;
  private final InputStream in;
  private InputStream unpacked;
  private final MessageDigest digest = FileHash.sha256();
  private final byte[] chunk = new byte[1 << 16];
  private int chunkStart;
  private int chunkEnd;
  private byte[] line = new byte[1 << 12];
  private int length;
  private boolean tooLong;
  private long number;
  private long bytes;

  /**
   * The lines of a stream.
   *
   * @param in UTF-8, or that packed with gzip; closed with this
   * @param name what messages call it
   */
  public LineSource(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /**
   * Opens a file.
   *
   * @param file the file
   * @return its lines, the first one next
   * @throws InvalidInputException if it cannot be read
   */
  public static LineSource open(Path file) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    LfsPointer.refuse(file);
    try {
      return new LineSource(Files.newInputStream(file), file.toString());
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /**
   * Finds lines in a folder, packed or not.
   *
   * @param folder the folder
   * @param name of the file where it is not packed
   * @return the file of that name, or with {@code .gz} behind it where there is only that
   * @throws InvalidInputException if there are both, of which one would have to be guessed
   */
  public static Path find(Path folder, String name) {
    Path plain = folder.resolve(name);
    Path packed = folder.resolve(name + ".gz");
    if (!Files.exists(packed)) {
      return plain;
    }
    if (Files.exists(plain)) {
      throw new InvalidInputException(
          plain + " and " + packed.getFileName() + ": are they the same twice? Move one elsewhere");
    }
    return packed;
  }

  /** What messages call the source. */
  public String name() {
    return name;
  }

  /** What messages call the line last read. */
  public String where() {
    return name + ", line " + number;
  }

  /** How many bytes of text were read, unpacked where they were packed. */
  public long bytes() {
    return bytes;
  }

  /** The number of the line last read, from 1. */
  public long number() {
    return number;
  }

  /**
   * Identifies the text by its bytes, unpacked where they were packed, once {@link #next} has
   * returned null; also where it cannot be read twice.
   *
   * @return its SHA-256, 64 lower-case hexadecimal digits; what follows begins a new one
   */
  public String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Reads a line.
   *
   * @return the next line without its line feed, or null at the end of the file
   * @throws InvalidInputException if it cannot be read, is not UTF-8 or is too long
   */
  public String next() {
    return advance() ? text() : null;
  }

  /**
   * Goes to the next line, also behind one that {@link #text} refused.
   *
   * @return false at the end of the file
   * @throws InvalidInputException if the source cannot be read
   */
  public boolean advance() {
    if (tooLong) {
      passOver();
    }
    length = 0;
    boolean any = false;
    boolean complete = false;
    while (!complete && !tooLong && fill()) {
      if (!any) {
        any = true;
        number++;
      }
      int stop = chunkStart;
      while (stop < chunkEnd && chunk[stop] != '\n') {
        stop++;
      }
      tooLong = length + stop - chunkStart > MAX_LINE_BYTES;
      if (!tooLong) {
        append(stop);
        complete = stop < chunkEnd;
        chunkStart = complete ? stop + 1 : stop;
      }
    }
    return any;
  }

  /**
   * The line that {@link #advance} went to.
   *
   * @return its text without its line feed
   * @throws InvalidInputException if it is not UTF-8 or is too long
   */
  public String text() {
    if (tooLong) {
      throw new InvalidInputException(
          where()
              + ": the line is longer than "
              + MAX_LINE_BYTES
              + " bytes; write one patient a line");
    }
    return Utf8.decode(line, 0, length, where());
  }

  /** What is left of a line that is too long. */
  private void passOver() {
    while (tooLong && fill()) {
      while (chunkStart < chunkEnd && chunk[chunkStart] != '\n') {
        chunkStart++;
      }
      tooLong = chunkStart == chunkEnd;
      chunkStart += tooLong ? 0 : 1;
    }
    tooLong = false;
  }

  private void append(int stop) {
    int total = length + stop - chunkStart;
    if (total > line.length) {
      line = Arrays.copyOf(line, Math.max(total, 2 * line.length));
    }
    System.arraycopy(chunk, chunkStart, line, length, stop - chunkStart);
    length = total;
  }

  private boolean fill() {
    if (chunkStart < chunkEnd) {
      return true;
    }
    try {
      if (unpacked == null) {
        unpacked = GzipStream.unpacked(in, name);
      }
      chunkStart = 0;
      chunkEnd = unpacked.read(chunk);
      if (chunkEnd <= 0) {
        return false;
      }
      digest.update(chunk, 0, chunkEnd);
      bytes += chunkEnd;
      return true;
    } catch (IOException e) {
      throw GzipStream.unreadable(name, e);
    }
  }

  @Override
  public void close() throws IOException {
    (unpacked == null ? in : unpacked).close();
  }
}
