package dev.gsig.ehr.internal;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The steps that replacing is made of; each happens or does not. Tests let them fail. */
class Disk {
  /** Renames a file, in the place of another if there is one. */
  void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Creates a folder. */
  void create(Path folder) throws IOException {
    Files.createDirectory(folder);
  }

  /** Deletes a file or an empty folder; nothing if it is not there. */
  void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** Deletes a folder with all that is in it; nothing if it is not there. */
  final void deleteAll(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return;
    }
    for (Path file : files) {
      delete(file);
    }
  }
}
