package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A kind of file that gsig writes, which is told from files of others by what it holds: only what
 * gsig wrote may be replaced.
 *
 * @param name what messages call one, as in "is no report of gsig"
 * @param content looks into a regular file that is not empty
 */
public record FileKind(String name, Content content) {
  /** Looks into a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Whether gsig wrote a file.
     *
     * @param file a regular file
     * @throws IOException if it cannot be read
     * @throws InvalidInputException if it is evidently of another kind
     */
    boolean isOurs(Path file) throws IOException;
  }

  /**
   * Whether a file is one of this kind. One without content is: nothing can be lost with it.
   *
   * @throws InvalidInputException if it cannot be read
   */
  public boolean recognises(Path file) {
    try {
      return Files.isRegularFile(file) && (Files.size(file) == 0 || content.isOurs(file));
    } catch (InvalidInputException e) {
      return false;
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /**
   * Makes sure that a file may be replaced: that it is not there, or is one of this kind. Devices
   * and pipes are written to, not replaced.
   *
   * @throws InvalidInputException if it may not
   */
  public void requireReplaceable(Path file) {
    if (Files.isSymbolicLink(file) && !Files.exists(file)) {
      throw new InvalidInputException(
          file + ": is a link to nothing; remove it or name another file");
    }
    if (Files.isRegularFile(file) && !recognises(file)) {
      throw notOurs(file);
    }
  }

  InvalidInputException notOurs(Path file) {
    return new InvalidInputException(
        file
            + ": exists and is no "
            + name
            + " that could be replaced; remove it or name another file");
  }
}
