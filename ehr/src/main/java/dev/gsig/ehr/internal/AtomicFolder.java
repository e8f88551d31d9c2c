package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes a folder whole or not at all: its files go to a new folder beside it, which then takes the
 * name in one step.
 */
public final class AtomicFolder {
  private AtomicFolder() {}

  /** Writes the files of a folder. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything into an empty folder.
     *
     * @param folder where to
     * @throws IOException if a file cannot be written
     */
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Makes sure that a folder may be written, before any work is done.
   *
   * @param folder the folder
   * @param overwrite whether one that is there may be replaced
   * @param mark a file that a folder of this kind has: one without it is never replaced
   * @throws InvalidInputException if it may not be written
   */
  public static void requireFree(Path folder, boolean overwrite, String mark) {
    if (!Files.exists(folder) || isEmpty(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(folder + ": is a file; name a folder");
    }
    if (!overwrite) {
      throw new InvalidInputException(
          folder + ": exists already; replace it with --overwrite, or name another --out");
    }
    if (!Files.exists(folder.resolve(mark))) {
      throw new InvalidInputException(
          folder
              + ": holds no "
              + mark
              + ", so it is not replaced; remove it yourself, or name another --out");
    }
  }

  /**
   * Creates or replaces a folder; look at {@link #requireFree} first. A symbolic link is followed.
   *
   * @param folder the folder; folders above it are created
   * @param content writes the files; whatever it throws is passed on, and then nothing is changed
   * @throws InvalidInputException if a file cannot be written
   */
  public static void write(Path folder, Content content) {
    try {
      boolean replaces = Files.exists(folder);
      replace(replaces ? folder.toRealPath() : folder.toAbsolutePath(), replaces, content);
    } catch (IOException e) {
      throw InvalidInputException.writing(folder, e);
    }
  }

  private static void replace(Path target, boolean replaces, Content content) throws IOException {
    String tag = ".gsig-" + UUID.randomUUID();
    Path temporary = target.resolveSibling(tag + ".tmp");
    Path former = target.resolveSibling(tag + ".old");
    try {
      Files.createDirectories(target.getParent());
      Files.createDirectory(temporary);
      content.writeTo(temporary);
      if (replaces) {
        Files.move(target, former);
      }
      try {
        Files.move(temporary, target);
      } catch (IOException e) {
        if (replaces) {
          Files.move(former, target);
        }
        throw e;
      }
      delete(former);
    } finally {
      delete(temporary);
    }
  }

  private static boolean isEmpty(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    }
  }

  /** What cannot be deleted stays beside the folder, under a name that says whose it is. */
  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
