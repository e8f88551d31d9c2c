package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * JSON Lines that grow. Each line reaches the file in one piece as soon as it is written; when the
 * file system fails in the middle of one, the file is cut back to the line before. Nothing is
 * created, cut or overwritten before the first line is there, and results that are replaced wait
 * beside the file until all new ones are ({@link FormerResults}).
 */
final class ResultFile implements Closeable {
  private final Path file;
  private final boolean regular;
  private final Terminal stream;
  private final FormerResults former;
  private long end;
  private long kept;
  private int written;
  private WritableByteChannel channel;

  private ResultFile(Path file, boolean regular, Terminal stream, FormerResults former) {
    this.file = file;
    this.regular = regular;
    this.stream = stream;
    this.former = former;
  }

  /** What to do about results that are there already. */
  enum Existing {
    /** Refuse to touch them. */
    REFUSE,
    /** Replace them. */
    OVERWRITE,
    /** Continue behind them. */
    RESUME
  }

  /**
   * Names the file, and finds what would keep it from being written before any work is done.
   *
   * @param file the file; may be a device or a pipe
   * @param existing what to do if it has content
   * @throws InvalidInputException if it has content and that is to be refused or is of others, or
   *     if it evidently cannot be written
   */
  static ResultFile at(Path file, Existing existing) {
    requireWritable(file);
    boolean regular = !Files.exists(file) || Files.isRegularFile(file);
    if (regular && FolderFiles.hasEnding(file.toString(), ".gz")) {
      throw new InvalidInputException(
          file
              + ": results are not packed while they grow; leave out .gz, or pack them in a pipe:"
              + " --out - | gzip");
    }
    FormerResults former = regular ? FormerResults.of(file) : null;
    if (regular) {
      former.restoreIfAlone();
    }
    if (existing == Existing.REFUSE && regular && Files.exists(file) && sizeOf(file) > 0) {
      throw new InvalidInputException(
          file
              + ": has results already; continue them with --resume, replace them with --overwrite,"
              + " or name another --out"
              + former.inWords());
    }
    if (existing == Existing.RESUME && !regular) {
      throw new InvalidInputException(file + ": is not a regular file, so --resume cannot read it");
    }
    if (existing != Existing.RESUME) {
      Kinds.RESULTS.requireReplaceable(file);
    }
    return new ResultFile(file, regular, null, existing == Existing.RESUME ? null : former);
  }

  /**
   * Finds what would keep a file from being written.
   *
   * @param file the file; may be a device or a pipe
   * @throws InvalidInputException if it evidently cannot be written
   */
  static void requireWritable(Path file) {
    boolean exists = Files.exists(file);
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": cannot be written: is a folder; name a file");
    }
    if (exists && !Files.isWritable(file)) {
      throw new InvalidInputException(
          file + ": cannot be written: permission is denied; name another file");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!exists && !Files.isDirectory(folder)) {
      throw new InvalidInputException(
          file + ": cannot be written: its folder does not exist; create it or name another file");
    }
    if (!exists && !Files.isWritable(folder)) {
      throw new InvalidInputException(
          file + ": cannot be written: its folder is write-protected; name another file");
    }
  }

  /**
   * Lines that go to standard output, each as soon as it is there.
   *
   * @param out left open
   */
  static ResultFile standardOutput(Terminal out) {
    return new ResultFile(Path.of(Terminal.STANDARD_OUTPUT), false, out, null);
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /** What messages call it: the file as the user named it, or standard output. */
  String name() {
    return file.toString();
  }

  /** Whether it is a file on disk, which can be read again and have a side file. */
  boolean isRegular() {
    return regular;
  }

  /**
   * Keeps the start of what is there.
   *
   * @param bytes how much; the rest is cut off when the file is opened
   */
  void keep(long bytes) {
    end = bytes;
    kept = bytes;
  }

  /**
   * Cuts off what is not kept and gets ready to write; done by the first {@link #write}, too.
   *
   * @throws InvalidInputException if the file cannot be written
   */
  void open() {
    if (channel != null) {
      return;
    }
    try {
      if (stream != null) {
        channel = Channels.newChannel(new StandardOutput(stream));
      } else if (regular) {
        if (former != null) {
          former.setAside();
        }
        FileChannel disk =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel = disk;
        if (former != null) {
          former.copyPermissions();
        }
        disk.truncate(end);
        disk.position(end);
      } else {
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(file, e);
    }
  }

  /**
   * Writes a line.
   *
   * @param line without a line end
   * @throws InvalidInputException if the file cannot be written; all lines before are whole
   */
  void write(String line) {
    open();
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    int length = bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      cutBack();
      throw InvalidInputException.writing(file, e);
    }
    end += length;
    written++;
  }

  /**
   * Ends a run that came to its end: everything is brought to the disk, and results that it
   * replaced are deleted.
   *
   * @throws InvalidInputException if that fails
   */
  void finish() {
    close();
    if (regular && stream == null) {
      FormerResults.of(file).delete();
    }
  }

  /**
   * Takes back what was written to a regular file: what was kept, what was to be replaced, or
   * nothing is there again.
   *
   * @throws InvalidInputException if that fails
   */
  void takeBack() {
    if (written == 0) {
      return;
    }
    try {
      if (channel instanceof FileChannel disk) {
        disk.truncate(kept);
      }
      close();
      if (kept == 0) {
        FormerResults.of(file).restore();
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(file, e);
    }
  }

  /** How many lines were written, kept ones not included. */
  int written() {
    return written;
  }

  private void cutBack() {
    if (regular && channel instanceof FileChannel disk) {
      try {
        disk.truncate(end);
      } catch (IOException e) {
        // Half a line is left at the end, which --resume drops; the fault itself is reported.
      }
    }
  }

  /**
   * Brings everything to the disk.
   *
   * @throws InvalidInputException if that fails
   */
  @Override
  public void close() {
    if (channel == null) {
      return;
    }
    try (WritableByteChannel closing = channel) {
      channel = null;
      if (regular && closing instanceof FileChannel disk) {
        disk.force(true);
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(file, e);
    }
  }
}
