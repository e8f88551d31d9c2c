package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a file whole or not at all: the content goes to a new file in the same folder, which then
 * takes the name in one step. Whatever had the name before stays whole until that moment, and for
 * ever if writing fails.
 */
public final class AtomicFile {
  private static final String NEW = ".gsig-new";
  private static final Disk DISK = new Disk();

  /** New files of this process that are not finished. */
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything to a stream.
     *
     * @param out buffered; need not be flushed or closed
     * @throws IOException if the stream fails
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file. A new file gets the permissions that the process gives to new
   * files, a replaced one keeps its own. A symbolic link is followed. A name that is not a regular
   * file, such as a pipe or {@code /dev/stdout}, is written to directly.
   *
   * @param file the file
   * @param content writes the content; whatever it throws is passed on, and then nothing is changed
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(Path file, Content content) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": cannot be written: is a folder; name a file");
    }
    try {
      boolean exists = Files.exists(file);
      if (exists && !Files.isWritable(file)) {
        throw new InvalidInputException(
            file + ": cannot be written: it is write-protected; remove it or name another file");
      }
      if (exists && !Files.isRegularFile(file)) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
          content.writeTo(out);
        }
        return;
      }
      replace(exists ? file.toRealPath() : file.toAbsolutePath(), exists, content);
    } catch (IOException e) {
      throw InvalidInputException.writing(file, e);
    }
  }

  private static void replace(Path target, boolean exists, Content content) throws IOException {
    String tag = String.format(Locale.ROOT, ".%08x", UUID.randomUUID().hashCode());
    Path temporary = target.resolveSibling("." + target.getFileName() + tag + NEW);
    UNFINISHED.add(temporary);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        if (exists) {
          copyPermissions(target, temporary);
        }
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      DISK.move(temporary, target);
    } finally {
      DISK.delete(temporary);
      UNFINISHED.remove(temporary);
    }
  }

  /**
   * Deletes the new files that this process has not finished, because it is ending. What they were
   * to replace stays.
   */
  public static void deleteUnfinished() {
    for (Path file : UNFINISHED) {
      try {
        DISK.delete(file);
      } catch (IOException e) {
        // Nobody is left who could do anything about it.
      }
    }
  }

  /**
   * Gives a file the permissions of another, where the file system has any.
   *
   * @throws IOException if that fails
   */
  public static void copyPermissions(Path from, Path to) throws IOException {
    try {
      Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    } catch (UnsupportedOperationException e) {
      // Not a POSIX file system: the folder's rules apply to both files.
    }
  }

  /**
   * Deletes new files that runs which were killed had not finished.
   *
   * @param folder where they are
   * @param names a regular expression of the files' names that no run is writing
   * @throws InvalidInputException if that fails
   */
  public static void deleteUnfinished(Path folder, String names) {
    Pattern unfinished = Pattern.compile("\\.(" + names + ")\\.[0-9a-f]{8}" + Pattern.quote(NEW));
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (unfinished.matcher(file.getFileName().toString()).matches()) {
          DISK.delete(file);
        }
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(folder, e);
    }
  }
}
