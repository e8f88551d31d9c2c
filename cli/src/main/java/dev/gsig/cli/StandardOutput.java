package dev.gsig.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard output for data: what is written leaves at once, and a fault is thrown, where {@link
 * PrintStream} would keep it to itself. Closing it leaves standard output open.
 */
final class StandardOutput extends OutputStream {
  private final PrintStream stream;

  StandardOutput(PrintStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    stream.write(bytes, offset, length);
    if (stream.checkError()) { // flushes, too
      throw new IOException("nobody reads it any more, or it cannot take more");
    }
  }
}
