package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder that a command writes a few whole files into, at its end.
 *
 * @param folder null for none: then nothing is written
 */
record OutputFolder(Path folder) {
  /**
   * Finds what would keep the files from being written before any work is done, and creates the
   * folder.
   *
   * @throws InvalidInputException if the folder cannot be written, or has one of the files already
   */
  static OutputFolder at(Path folder, boolean overwrite, List<String> names) {
    if (folder == null) {
      return new OutputFolder(null);
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw InvalidInputException.writing(folder, e);
    }
    if (!Files.isWritable(folder)) {
      throw new InvalidInputException(folder + ": is write-protected; name another --out");
    }
    for (String name : names) {
      if (!overwrite && Files.exists(folder.resolve(name))) {
        throw new InvalidInputException(
            folder.resolve(name)
                + ": exists already; replace it with --overwrite, or name another --out");
      }
    }
    return new OutputFolder(folder);
  }

  /** Writes a file whole. */
  void write(String name, String text) {
    if (folder != null) {
      AtomicFile.write(
          folder.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
