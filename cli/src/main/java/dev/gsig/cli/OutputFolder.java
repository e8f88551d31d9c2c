package dev.gsig.cli;

import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A folder that a command writes a few small files into, at its end and all together. */
final class OutputFolder {
  private final Path folder;
  private final FileSet set;
  private final Map<String, String> texts = new LinkedHashMap<>();

  private OutputFolder(Path folder, FileSet set) {
    this.folder = folder;
    this.set = set;
  }

  /**
   * Finds what would keep the files from being written before any work is done.
   *
   * @param folder null for none: then nothing is written
   * @param overwrite whether files of the set that are there may be replaced
   * @param set what the files are
   */
  static OutputFolder at(Path folder, boolean overwrite, FileSet set) {
    if (folder != null) {
      set.requireFree(folder, overwrite);
    }
    return new OutputFolder(folder, set);
  }

  /** Adds a file to those that {@link #save} writes. */
  void add(String name, String text) {
    texts.put(name, text);
  }

  /** Writes all files. */
  void save() {
    if (folder != null) {
      set.write(
          folder,
          at -> {
            for (Map.Entry<String, String> text : texts.entrySet()) {
              Files.writeString(at.resolve(text.getKey()), text.getValue());
            }
          });
    }
  }
}
