package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The small text that Git Large File Storage leaves in place of a file that was not downloaded.
 * Source: docs/spec.md of git-lfs.
 */
public final class LfsPointer {
  private static final byte[] START =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  private LfsPointer() {}

  /**
   * Makes sure that a file is not such a text. Readers of binary files call it before anything else
   * would make numbers of the letters.
   *
   * @param file the file; one that cannot be read, or is a folder, is left to the caller
   * @throws InvalidInputException if it is one, saying how to get the file
   */
  public static void refuse(Path file) {
    try {
      // Others than regular files, such as pipes, can be read only once.
      if (Files.isRegularFile(file) && startsAsOne(file)) {
        throw new InvalidInputException(
            file + ": is a Git LFS pointer, not the file itself; get it with 'git lfs pull'");
      }
    } catch (IOException e) {
      // The caller's own attempt says what is wrong.
    }
  }

  private static boolean startsAsOne(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(START.length), START);
    }
  }
}
