package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952), all members of it. Unlike {@link java.util.zip.GZIPInputStream} it does
 * not take a member whose header is cut, or anything else behind a member, for the end of the file:
 * whoever reads a patient's tables must not miss the rest of them.
 */
public final class GzipStream extends InputStream {
  private static final int HEADER_CHECKSUM = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int TRAILER = 8;
  private static final int MAGIC = 2;

  private final PushbackInputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private int inputLength;
  private boolean ended;

  /** Reads the first header. */
  private GzipStream(InputStream in) throws IOException {
    this.in = new PushbackInputStream(in, input.length);
    header(byteOrEnd());
  }

  /**
   * Unpacks a stream if it is packed, which its first bytes tell, whatever its name.
   *
   * @param in the stream; closed with the result
   * @param name what it is called: one named {@code .gz} that has hardly begun is cut short
   * @return its content
   * @throws IOException if it cannot be read, or, as an {@link EOFException} or a {@link
   *     ZipException}, if it does not unpack; so do reads of the result
   */
  public static InputStream unpacked(InputStream in, String name) throws IOException {
    byte[] first = new byte[1 << 16];
    int length = 0;
    // no more than is there: whoever writes to a pipe may wait for an answer
    for (int n = 0; n >= 0 && length < MAGIC; length += Math.max(0, n)) {
      n = in.read(first, length, first.length - length);
    }
    if (length < MAGIC && FolderFiles.hasEnding(name, ".gz")) {
      throw cut();
    }
    InputStream all = new SequenceInputStream(new ByteArrayInputStream(first, 0, length), in);
    boolean packed = length >= MAGIC && first[0] == 0x1f && first[1] == (byte) 0x8b;
    return packed ? new GzipStream(all) : all;
  }

  /**
   * Says why a stream could not be read.
   *
   * @param name what the user calls it
   * @param cause what reading answered
   * @return the exception to throw
   */
  public static InvalidInputException unreadable(String name, IOException cause) {
    return cause instanceof EOFException || cause instanceof ZipException
        ? new InvalidInputException(
            name + ": cannot be unpacked: " + cause.getMessage() + "; fetch the file again", cause)
        : InvalidInputException.reading(name, cause);
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
    checksum.update(first);
    if (first != 0x1f || headerByte() != 0x8b || headerByte() != 8) {
      throw new ZipException("it is not gzip, or something follows its end");
    }
    int flags = headerByte();
    pass(6); // time, flags, system
    if ((flags & EXTRA) != 0) {
      pass(headerByte() | headerByte() << 8);
    }
    for (int text : new int[] {NAME, COMMENT}) {
      while ((flags & text) != 0 && headerByte() != 0) {
        // up to its zero
      }
    }
    long expected = checksum.getValue() & 0xffff;
    if ((flags & HEADER_CHECKSUM) != 0 && littleEndian(2) != expected) {
      throw new ZipException("its header is damaged");
    }
    checksum.reset();
  }

  private void pass(int headerBytes) throws IOException {
    for (int i = 0; i < headerBytes; i++) {
      headerByte();
    }
  }

  private int headerByte() throws IOException {
    int value = byteOrEnd();
    checksum.update(value);
    return value;
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

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
