package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952), all members of it. Unlike {@link java.util.zip.GZIPInputStream} it does
 * not take a member whose header is cut, or anything else behind a member, for the end of the file:
 * whoever reads a patient's tables must not miss the rest of them.
 */
final class GzipStream extends InputStream {
  private static final int HEADER_CHECKSUM = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int TRAILER = 8;

  private final PushbackInputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private int inputLength;
  private boolean ended;

  /** Reads the first header. */
  GzipStream(InputStream in) throws IOException {
    this.in = new PushbackInputStream(in, input.length);
    header(byteOrEnd());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      try {
        int n = inflater.inflate(out, offset, length);
        if (n > 0) {
          checksum.update(out, offset, n);
          return n;
        }
      } catch (DataFormatException e) {
        throw new ZipException("it is damaged");
      }
      if (inflater.finished()) {
        nextMember();
      } else if (inflater.needsDictionary()) {
        throw new ZipException("it is damaged");
      } else {
        inputLength = in.read(input);
        if (inputLength <= 0) {
          throw cut();
        }
        inflater.setInput(input, 0, inputLength);
      }
    }
    return -1;
  }

  private void nextMember() throws IOException {
    int rest = inflater.getRemaining();
    in.unread(input, inputLength - rest, rest);
    long crc = littleEndian(TRAILER / 2);
    long size = littleEndian(TRAILER / 2);
    if (crc != checksum.getValue() || size != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw new ZipException("its checksum differs");
    }
    inflater.reset();
    checksum.reset();
    int next = in.read();
    if (next < 0) {
      ended = true;
    } else {
      header(next);
    }
  }

  private void header(int first) throws IOException {
    if (first != 0x1f || byteOrEnd() != 0x8b || byteOrEnd() != 8) {
      throw new ZipException("it is not gzip, or something follows its end");
    }
    int flags = byteOrEnd();
    littleEndian(6); // time, flags, system
    if ((flags & EXTRA) != 0) {
      pass(littleEndian(2));
    }
    for (int text : new int[] {NAME, COMMENT}) {
      while ((flags & text) != 0 && byteOrEnd() != 0) {
        // up to its zero
      }
    }
    if ((flags & HEADER_CHECKSUM) != 0) {
      littleEndian(2);
    }
  }

  private void pass(long bytes) throws IOException {
    for (long i = 0; i < bytes; i++) {
      byteOrEnd();
    }
  }

  private long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) byteOrEnd() << (8 * i);
    }
    return value;
  }

  private int byteOrEnd() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw cut();
    }
    return value;
  }

  private static EOFException cut() {
    return new EOFException("it is cut short");
  }

  /** What the user is told of a file that does not unpack to its end. */
  static InvalidInputException damaged(Path file, IOException cause) {
    return new InvalidInputException(
        file + ": cannot be unpacked: " + cause.getMessage() + "; fetch the file again", cause);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
