package dev.gsig.onnx.internal.format;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Values that lie in files beside the model (ONNX, "External Data"): {@code location}, {@code
 * offset} and {@code length}. A location that leads out of the model's folder, by its text or by a
 * link, is refused: it would make a model read files of its reader's.
 */
final class ExternalData {
  private final Path folder;
  private final TreeSet<String> files = new TreeSet<>();

  /**
   * Files of a folder.
   *
   * @param folder the model's folder, or null where there is none
   */
  ExternalData(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads a tensor's bytes.
   *
   * @param entries what the tensor says of where they are
   * @param bytes how many its type and shape need
   * @return the bytes
   */
  ByteBuffer read(Map<String, String> entries, long bytes) {
    String location = entries.getOrDefault("location", "");
    Path file = inside(location);
    files.add(folder.normalize().relativize(file).toString());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long offset = number(entries, "offset", 0);
      long length = number(entries, "length", bytes);
      if (length != bytes || offset > channel.size() - length) {
        throw new InvalidInputException(
            "its "
                + bytes
                + " bytes are not in \""
                + location
                + "\" at "
                + offset
                + "; copy the model's files again, all of them");
      }
      if (length > Integer.MAX_VALUE - 8) {
        throw new InvalidInputException("it is larger than 2 GB");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /** The files that were read, by their place in the folder. */
  List<String> files() {
    return List.copyOf(files);
  }

  private Path inside(String location) {
    if (folder == null || location.isEmpty()) {
      throw new InvalidInputException("its values are in another file, which is not named");
    }
    try {
      Path given = Path.of(location);
      Path file = folder.resolve(given).normalize();
      boolean within = !given.isAbsolute() && file.startsWith(folder.normalize());
      if (!within || !file.toRealPath().startsWith(folder.toRealPath())) {
        throw new InvalidInputException(
            "its values are in \""
                + location
                + "\", outside of the model's folder; move them there");
      }
      return file;
    } catch (InvalidPathException e) {
      throw new InvalidInputException(
          "its values are in \"" + location + "\", which is no path", e);
    } catch (IOException e) {
      throw InvalidInputException.reading(folder.resolve(location), e);
    }
  }

  private static long number(Map<String, String> entries, String key, long otherwise) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new InvalidInputException(
        "its \"" + key + "\" is \"" + text + "\", not a number of bytes");
  }
}
