package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Holds results against the lines of a file, one after the other, or of the parts that a cluster
 * wrote into a folder, by whose they are; and stops at the first other.
 */
final class ResultComparison implements Closeable {
  private final Path file;
  private final LineSource lines;

  /** Of a folder the lines that were not yet compared, by subject; null for a file. */
  private final Map<String, String> parts;

  private int same;
  private long bytes;

  /**
   * Opens the file.
   *
   * @throws InvalidInputException if it cannot be read
   */
  ResultComparison(Path file) {
    this.file = file;
    boolean folder = Files.isDirectory(file);
    this.lines = folder ? null : LineSource.open(file);
    this.parts = folder ? parts(file) : null;
  }

  private static Map<String, String> parts(Path folder) {
    FolderFiles found =
        FolderFiles.under(folder, part -> part.getFileName().toString().startsWith("part-"));
    Map<String, String> bySubject = new LinkedHashMap<>();
    for (Path part : found.files()) {
      if (FolderFiles.hasEnding(part.toString(), ".parquet")) {
        throw new InvalidInputException(
            part + ": results in Parquet are not verified; write them with --out-format jsonl");
      }
      try (LineSource lines = LineSource.open(part)) {
        for (String line = lines.next(); line != null; line = lines.next()) {
          String subject = Json.object(line, lines.where()).string("subject_id");
          if (bySubject.put(subject, line) != null) {
            throw new DifferentResultException(
                lines.where() + ": is a second result of " + Text.shorten(Json.quote(subject), 60));
          }
        }
      } catch (IOException e) {
        throw InvalidInputException.reading(part, e);
      }
    }
    return bySubject;
  }

  private String where() {
    return parts == null ? lines.where() : file.toString();
  }

  /**
   * Compares the next line.
   *
   * @param patient whose result it is
   * @param expected what the line must be
   * @throws DifferentResultException naming the field that differs and both values
   */
  void next(String patient, String expected) {
    String line = parts == null ? lines.next() : parts.remove(patient);
    String of = ", patient " + Text.shorten(Json.quote(patient), 60) + ": ";
    if (line == null) {
      throw new DifferentResultException(
          file
              + of
              + "has no result"
              + (parts == null ? "; the file ends after " + Text.count(same, "result") : ""));
    }
    if (!line.equals(expected)) {
      JsonObject there;
      try {
        there = Json.object(line, where());
      } catch (InvalidInputException e) {
        throw new DifferentResultException(e.getMessage() + ", but recomputed it is a result");
      }
      EarlierResults.refuse(there);
      throw new DifferentResultException(where() + of + difference(line, expected));
    }
    same++;
    bytes += expected.getBytes(StandardCharsets.UTF_8).length + 1;
  }

  private String difference(String line, String expected) {
    JsonDifference first =
        JsonDifference.first(
            Json.parse(line, where()), Json.parse(expected, "the recomputed result"));
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
    if (parts != null) {
      if (!parts.isEmpty()) {
        throw new DifferentResultException(
            file
                + ": has a result of "
                + Text.shorten(Json.quote(parts.keySet().iterator().next()), 60)
                + ", who is not among the "
                + Text.count(same, "patient")
                + " of the run");
      }
      return;
    }
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
    if (lines == null) {
      return;
    }
    try {
      lines.close();
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }
}
