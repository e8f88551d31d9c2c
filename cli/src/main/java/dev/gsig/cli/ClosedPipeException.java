package dev.gsig.cli;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Whoever read standard output has had enough, as {@code head} does: no fault, but the end. */
final class ClosedPipeException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  ClosedPipeException(IOException cause) {
    super(cause);
  }
}
