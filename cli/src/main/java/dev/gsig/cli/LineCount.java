package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.GzipStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the patients of a cohort without parsing them. */
final class LineCount {
  private LineCount() {}

  /**
   * The number of lines that are not blank.
   *
   * @param file in JSON Lines
   * @return the count; -1 where the file can be read only once, such as a pipe
   * @throws InvalidInputException if it cannot be read
   */
  static long of(Path file) {
    return of(file, Long.MAX_VALUE);
  }

  /** As {@link #of(Path)}, but reads no further once there are so many. */
  static long of(Path file, long most) {
    if (!Files.isRegularFile(file)) {
      return -1;
    }
    long lines = 0;
    boolean blank = true;
    byte[] chunk = new byte[1 << 16];
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = GzipStream.unpacked(raw, file.toString())) {
      for (int read = in.read(chunk); read >= 0 && lines < most; read = in.read(chunk)) {
        for (int i = 0; i < read; i++) {
          if (chunk[i] == '\n') {
            blank = true;
          } else if (blank && chunk[i] > ' ') {
            blank = false;
            lines++;
          }
        }
      }
    } catch (IOException e) {
      throw GzipStream.unreadable(file.toString(), e);
    }
    return Math.min(lines, most);
  }
}
