package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Holds results against the lines of a file, one after the other, and stops at the first other. */
final class ResultComparison implements Closeable {
  private final Path file;
  private final LineSource lines;
  private int same;
  private long bytes;

  /**
   * Opens the file.
   *
   * @throws InvalidInputException if it cannot be read
   */
  ResultComparison(Path file) {
    this.file = file;
    this.lines = LineSource.open(file);
  }

  /**
   * Compares the next line.
   *
   * @param patient whose result it is
   * @param expected what the line must be
   * @throws DifferentResultException naming the field that differs and both values
   */
  void next(String patient, String expected) {
    String line = lines.next();
    String of = ", patient " + Text.shorten(Json.quote(patient), 60) + ": ";
    if (line == null) {
      throw new DifferentResultException(
          file + of + "has no result; the file ends after " + Text.count(same, "result"));
    }
    if (!line.equals(expected)) {
      JsonObject there;
      try {
        there = Json.object(line, lines.where());
      } catch (InvalidInputException e) {
        throw new DifferentResultException(e.getMessage() + ", but recomputed it is a result");
      }
      EarlierResults.refuse(there);
      throw new DifferentResultException(lines.where() + of + difference(line, expected));
    }
    same++;
    bytes += expected.getBytes(StandardCharsets.UTF_8).length + 1;
  }

  private String difference(String line, String expected) {
    JsonDifference first =
        JsonDifference.first(
            Json.parse(line, lines.where()), Json.parse(expected, "the recomputed result"));
    return first == null
        ? "has the recomputed values, but is not written as gsig writes them"
        : (first.path().isEmpty() ? "the line" : first.path())
            + " is "
            + first.one()
            + ", but recomputed it is "
            + first.other();
  }

  /**
   * Makes sure that nothing is left.
   *
   * @throws DifferentResultException if the file goes on, or a line has no end
   */
  void requireEnd() {
    if (lines.next() != null) {
      throw new DifferentResultException(
          lines.where() + ": is one more than the " + Text.count(same, "result") + " of the run");
    }
    if (lines.bytes() != bytes) {
      throw new DifferentResultException(
          file + ": has " + lines.bytes() + " bytes, but recomputed it has " + bytes);
    }
  }

  /** How many lines were the same. */
  int same() {
    return same;
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }
}
