package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps an output for one run: a lock of the operating system on the file {@code .NAME.gsig-lock}
 * beside it, which ends with the process however that ends. A file that a killed run left behind
 * holds nothing up.
 */
public final class OutputLock implements Closeable {
  private static final String ENDING = ".gsig-lock";
  private static final int MOST_BYTES = 1 << 9;

  /** Locks of this process. Opening and closing a locked file again would release its lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final RandomAccessFile open;
  private final Deque<Path> made;
  private final boolean sure;

  private OutputLock(Path file, RandomAccessFile open, Deque<Path> made, boolean sure) {
    this.file = file;
    this.open = open;
    this.made = made;
    this.sure = sure;
  }

  /**
   * Locks a file. Where its folder does not exist or cannot be written, there is nothing to lock:
   * nobody can write the file.
   *
   * @param output the file, which need not exist
   * @throws InvalidInputException if another run has locked it
   */
  public static OutputLock ofFile(Path output) {
    return take(output, new ArrayDeque<>());
  }

  /**
   * Locks a folder. Folders above it are created, and go again with the lock if they stay empty.
   *
   * @param output the folder, which need not exist
   * @throws InvalidInputException if another run has locked it
   */
  public static OutputLock ofFolder(Path output) {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path above = Places.real(output).getParent();
        above != null && !Files.exists(above);
        above = above.getParent()) {
      missing.push(above);
    }
    Deque<Path> made = new ArrayDeque<>();
    try {
      for (Path folder : missing) {
        Files.createDirectory(folder);
        made.push(folder);
      }
    } catch (IOException e) {
      // it cannot be written; who tries says why
    }
    return take(output, made);
  }

  private static OutputLock take(Path output, Deque<Path> made) {
    Path target = Places.real(output);
    try {
      if (target.getParent() != null) {
        return lock(target.resolveSibling("." + target.getFileName() + ENDING), output, made);
      }
    } catch (IOException e) {
      // the folder above may be somebody else's
    }
    try {
      if (Files.isDirectory(target)) {
        return lock(target.resolve(ENDING), output, made);
      }
    } catch (IOException e) {
      // nor can the folder be written; who tries says why
    }
    return new OutputLock(null, null, made, true);
  }

  private static OutputLock lock(Path file, Path output, Deque<Path> made) throws IOException {
    if (!HELD.add(file)) {
      throw busy(output);
    }
    OutputLock lock = null;
    try {
      while (lock == null) {
        lock = tryLock(file, output, made);
      }
      return lock;
    } finally {
      if (lock == null) {
        HELD.remove(file);
      }
    }
  }

  /** Null if the file was removed meanwhile by the run that had locked it. */
  private static OutputLock tryLock(Path file, Path output, Deque<Path> made) throws IOException {
    RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
    FileLock lock;
    try {
      lock = open.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      // some network file systems have no locks
      return new OutputLock(file, open, made, false);
    }
    if (lock == null) {
      open.close();
      throw busy(output);
    }
    // Its length tells the file that is locked from a new one of its name, without opening it.
    int length = 1 + new Random().nextInt(MOST_BYTES);
    try {
      open.setLength(length);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      open.close();
      throw e;
    }
    if (file.toFile().length() == length) {
      return new OutputLock(file, open, made, true);
    }
    open.close();
    return null;
  }

  private static InvalidInputException busy(Path output) {
    return new InvalidInputException(
        output + ": another run is writing it; wait for its end, or name another place");
  }

  /** Whether no other run can write; not so where the file system has no locks. */
  public boolean isSure() {
    return sure;
  }

  /** Lets the output go. */
  @Override
  public void close() {
    try {
      if (file != null && HELD.contains(file)) {
        Files.deleteIfExists(file); // while it is locked, so that nobody else's is removed
        open.close();
      }
      for (Path folder : made) {
        Files.deleteIfExists(folder); // fails where something is in it
      }
    } catch (IOException e) {
      // An empty file or folder is left over, which holds nothing up.
    } finally {
      if (file != null) {
        HELD.remove(file);
      }
    }
  }
}
