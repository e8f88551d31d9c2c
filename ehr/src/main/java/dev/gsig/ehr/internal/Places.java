package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where paths lead, whatever they are called: through links and relative names, and, where the file
 * system can tell, in any case and by hard links.
 */
public final class Places {
  private Places() {}

  /**
   * The place that a path leads to; of one that is not there, below what is there of it.
   *
   * @param path any path
   * @return absolute, without links
   * @throws InvalidInputException if the file system cannot tell
   */
  public static Path real(Path path) {
    Path there = path.toAbsolutePath();
    Path rest = there.getFileSystem().getPath("");
    while (!Files.exists(there) && there.getParent() != null) {
      Path name = there.getFileName();
      rest = rest.toString().isEmpty() ? name : name.resolve(rest);
      there = there.getParent();
    }
    try {
      Path real = Files.exists(there) ? there.toRealPath() : there;
      return rest.toString().isEmpty() ? real : real.resolve(rest).normalize();
    } catch (IOException e) {
      throw InvalidInputException.reading(path, e);
    }
  }

  /**
   * Makes sure that writing destroys no input. Devices, pipes and standard streams hold nothing
   * that could be lost.
   *
   * @param output a file or folder that is to be written
   * @param input a file or folder that is read
   * @throws InvalidInputException if the output is the input, or one lies inside the other
   */
  public static void requireApart(Path output, Path input) {
    if (isNoPlace(output) || isNoPlace(input) || !Files.exists(input)) {
      return;
    }
    Path to = real(output);
    Path from = real(input);
    if (isSame(to, from)) {
      throw new InvalidInputException(
          output + ": is also an input and would be lost; name another place");
    }
    if (isBelow(from, to)) {
      throw new InvalidInputException(
          output + ": holds the input " + input + ", which could be lost; name another place");
    }
    if (isBelow(to, from)) {
      throw new InvalidInputException(
          output + ": lies inside the input " + input + "; name a place outside of it");
    }
  }

  /** Whether a path is a standard stream, a device or a pipe. */
  public static boolean isNoPlace(Path path) {
    return path.toString().equals("-")
        || (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path));
  }

  private static boolean isBelow(Path inner, Path outer) {
    for (Path above = inner.getParent(); above != null; above = above.getParent()) {
      if (isSame(above, outer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether two paths are one file or folder.
   *
   * @throws InvalidInputException if the file system cannot tell
   */
  public static boolean isSame(Path a, Path b) {
    try {
      return a.equals(b) || (Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b));
    } catch (IOException e) {
      throw InvalidInputException.reading(a, e);
    }
  }
}
