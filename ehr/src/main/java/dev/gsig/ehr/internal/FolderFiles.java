package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which files of a folder, and of the folders in it, are data. Links are followed. What is hidden
 * is none: systems and tools leave such files and folders beside the data, for example {@code
 * ._0.parquet}, {@code .cache} and {@code _SUCCESS}. A file that several links lead to is data
 * once.
 *
 * @param files those that are, in the order of their paths
 * @param passedOver the others and why, by their paths below the folder; of a hidden folder only
 *     itself
 */
public record FolderFiles(List<Path> files, List<String> passedOver) {
  private static final int SHOWN = 3;

  /** Copies the lists. */
  public FolderFiles {
    files = List.copyOf(files);
    passedOver = List.copyOf(passedOver);
  }

  /**
   * Looks through a folder.
   *
   * @param folder the folder
   * @param isData tells by a file's name whether it is of the kind that is looked for
   * @return what is there
   * @throws InvalidInputException if a folder cannot be read, or a link of a name that would be
   *     data leads to nothing
   */
  public static FolderFiles under(Path folder, Predicate<Path> isData) {
    Search search = new Search(folder, isData);
    try {
      search.folder(folder);
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    }
    return new FolderFiles(search.files, search.passedOver);
  }

  /**
   * Shows what was passed over in a message.
   *
   * @param passedOver of one folder or several
   * @return the first of them
   */
  public static String shown(List<String> passedOver) {
    String first = String.join(", ", passedOver.subList(0, Math.min(SHOWN, passedOver.size())));
    return passedOver.size() > SHOWN ? first + ", ..." : first;
  }

  /**
   * Says whether a name is that of a hidden file or folder.
   *
   * @param name the name, without what is above it
   * @return whether it begins with {@code .} or {@code _}
   */
  public static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  /**
   * Says whether a name has an ending, in upper or lower case.
   *
   * @param name the name
   * @param ending for example {@code .csv}
   * @return whether it ends so
   */
  public static boolean hasEnding(String name, String ending) {
    int start = name.length() - ending.length();
    return start >= 0 && name.regionMatches(true, start, ending, 0, ending.length());
  }

  private static final class Search {
    private final Path root;
    private final Predicate<Path> isData;
    private final List<Path> files = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();

    /** The files, by the path that they have once links are followed. */
    private final Map<Path, Path> found = new HashMap<>();

    private final List<Path> above = new ArrayList<>();

    private Search(Path root, Predicate<Path> isData) {
      this.root = root;
      this.isData = isData;
    }

    private void folder(Path folder) throws IOException {
      Path real = folder.toRealPath();
      if (above.contains(real)) {
        pass(folder, "leads back to a folder that it is in");
        return;
      }
      above.add(real);
      List<Path> content;
      try (Stream<Path> all = Files.list(folder)) {
        content = all.sorted().toList();
      }
      for (Path path : content) {
        if (isHidden(path.getFileName().toString())) {
          pass(path, "hidden");
        } else if (Files.isDirectory(path)) {
          folder(path);
        } else {
          file(path);
        }
      }
      above.remove(above.size() - 1);
    }

    private void file(Path file) throws IOException {
      if (!isData.test(file)) {
        pass(file, "of another kind");
        return;
      }
      if (!Files.exists(file)) {
        throw new InvalidInputException(
            file + ": is a link to a file that is not there; mend the link or remove it");
      }
      Path other = found.putIfAbsent(file.toRealPath(), file);
      if (other == null) {
        files.add(file);
      } else {
        pass(file, "the file that " + root.relativize(other) + " is, too");
      }
    }

    private void pass(Path path, String why) {
      passedOver.add(root.relativize(path) + " (" + why + ")");
    }
  }
}
