package dev.gsig.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * A stream that keeps the first fault, of which {@link java.io.PrintStream} says only that it was.
 */
final class WatchedStream extends FilterOutputStream {
  private volatile IOException fault;

  WatchedStream(OutputStream out) {
    super(out);
  }

  /** What went wrong first; null if nothing did. */
  IOException fault() {
    return fault;
  }

  /** Whether nobody reads any more. The words are the operating system's, in any language. */
  static boolean isClosedPipe(IOException fault) {
    return String.valueOf(fault.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      keep(e);
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      keep(e);
      throw e;
    }
  }

  private void keep(IOException e) {
    if (fault == null) {
      fault = e;
    }
  }
}
