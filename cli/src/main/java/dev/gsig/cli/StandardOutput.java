package dev.gsig.cli;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output for data: what is written leaves at once, and a fault is thrown, where {@link
 * java.io.PrintStream} would keep it to itself. Closing it leaves standard output open.
 */
final class StandardOutput extends OutputStream {
  private final Terminal terminal;

  StandardOutput(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * Writes bytes.
   *
   * @throws ClosedPipeException if nobody reads them any more
   */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    terminal.out().write(bytes, offset, length);
    terminal.requireOutput();
  }
}
