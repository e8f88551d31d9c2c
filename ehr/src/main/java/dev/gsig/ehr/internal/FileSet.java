package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Files that belong together in a folder: they are replaced all together or not at all, and only
 * where gsig wrote those that are there. Other files in the folder are left alone.
 *
 * <p>New files are made in {@code .gsig-new} in the folder. Once all are whole, {@code .gsig-old}
 * is created, files of the set move into it, the new ones take their places, and it is deleted. So
 * whoever finds {@code .gsig-old} knows that the new files are whole and completes the steps
 * ({@link #settle}); whoever finds {@code .gsig-new} alone deletes it, and so does a process that
 * can when it is ended ({@link #deleteUnfinished}). Whenever a run is cut short, one whole version
 * is there: the former one before {@code .gsig-old} is, then the new one.
 */
public final class FileSet {
  private static final String NEW = ".gsig-new";
  private static final String OLD = ".gsig-old";
  private static final String GONE = ".gsig-gone";

  /**
   * New files of this process that are not whole, by their folder: whether the folder above was
   * there before. Whoever declares them whole or deletes them holds the map.
   */
  private static final Map<Path, Boolean> UNFINISHED = new LinkedHashMap<>();

  private final String name;
  private final Map<Pattern, FileKind> kinds = new LinkedHashMap<>();
  private final Set<String> unmarked = new LinkedHashSet<>();
  private final Set<String> kept = new LinkedHashSet<>();

  private FileSet(String name) {
    this.name = name;
  }

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
   * A set without files.
   *
   * @param name what messages call it, as in "is no part of a cohort of gsig"
   */
  public static FileSet of(String name) {
    return new FileSet(name);
  }

  /**
   * Adds files that tell by their content who wrote them.
   *
   * @param names a regular expression of their names
   */
  public FileSet with(String names, FileKind kind) {
    kinds.put(Pattern.compile(names), kind);
    return this;
  }

  /** Adds files that do not tell who wrote them: one of the others has to be there with them. */
  public FileSet with(String... names) {
    unmarked.addAll(List.of(names));
    return this;
  }

  /** Adds files that do not tell who wrote them, and stay unless new ones take their places. */
  public FileSet withKept(String... names) {
    unmarked.addAll(List.of(names));
    kept.addAll(List.of(names));
    return this;
  }

  /**
   * Makes sure that the files may be written, before any work is done.
   *
   * @param folder the folder, which need not exist
   * @param overwrite whether files that are there may be replaced
   * @throws InvalidInputException if they may not
   */
  public void requireFree(Path folder, boolean overwrite) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new InvalidInputException(folder + ": is a file; name a folder");
    }
    requireWritable(folder);
    List<Path> there = members(folder);
    if (!there.isEmpty() && !overwrite) {
      throw new InvalidInputException(
          there.get(0) + ": exists already; replace it with --overwrite, or name another --out");
    }
    requireOurs(there);
  }

  private static void requireWritable(Path folder) {
    Path above = Places.real(folder);
    while (!Files.exists(above)) {
      above = above.getParent();
    }
    if (!Files.isDirectory(above) || !Files.isWritable(above)) {
      throw new InvalidInputException(
          folder
              + ": cannot be written: "
              + above
              + (Files.isDirectory(above) ? " is write-protected" : " is a file")
              + "; name another folder");
    }
  }

  private void requireOurs(List<Path> there) {
    boolean marked = false;
    for (Path file : there) {
      FileKind kind = kind(file);
      if (kind != null && !kind.recognises(file)) {
        throw kind.notOurs(file);
      }
      marked |= kind != null && kind.recognises(file);
    }
    for (Path file : there) {
      if (!marked || !Files.isRegularFile(file)) {
        throw new InvalidInputException(
            file
                + ": exists and is no part of a "
                + name
                + " that could be replaced; remove it or name another folder");
      }
    }
  }

  /** Files of the set that are in a folder. */
  private List<Path> members(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> unmarked.contains(fileName(f)) || kind(f) != null).sorted().toList();
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    }
  }

  private FileKind kind(Path file) {
    return kinds.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(fileName(file)).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static String fileName(Path file) {
    return file.getFileName().toString();
  }

  /**
   * Creates or replaces the files; look at {@link #requireFree} first, and let only one run at a
   * time write a folder. A link to a folder is followed.
   *
   * @param folder the folder; it and those above are created
   * @param content writes the files; whatever it throws is passed on, and then nothing is changed
   * @throws InvalidInputException if a file cannot be written, or one that is there is not of gsig
   */
  public void write(Path folder, Content content) {
    write(folder, content, new Disk());
  }

  void write(Path folder, Content content, Disk disk) {
    try {
      boolean exists = Files.exists(folder);
      Files.createDirectories(folder);
      settle(folder, disk);
      Path fresh = folder.resolve(NEW);
      boolean whole = false;
      begin(fresh, exists);
      try {
        disk.create(fresh);
        content.writeTo(fresh);
        List<Path> there = members(folder);
        requireOurs(there);
        Files.writeString(fresh.resolve(GONE), gone(folder, there));
        force(fresh);
        declareWhole(folder, disk);
        whole = true;
        complete(folder, disk);
      } finally {
        if (!whole) {
          delete(fresh, exists, disk);
        }
        end(fresh);
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(folder, e);
    }
  }

  private static void begin(Path fresh, boolean exists) {
    synchronized (UNFINISHED) {
      UNFINISHED.put(fresh, exists);
    }
  }

  private static void end(Path fresh) {
    synchronized (UNFINISHED) {
      UNFINISHED.remove(fresh);
    }
  }

  private static void declareWhole(Path folder, Disk disk) throws IOException {
    synchronized (UNFINISHED) {
      if (UNFINISHED.remove(folder.resolve(NEW)) == null) {
        throw new IOException("the process is ending");
      }
      disk.create(folder.resolve(OLD));
    }
  }

  private static void delete(Path fresh, boolean exists, Disk disk) throws IOException {
    disk.deleteAll(fresh);
    if (!exists) {
      disk.delete(fresh.getParent());
    }
  }

  /**
   * Deletes the new files that this process has not finished, because it is ending. What they were
   * to replace stays, and so do new files that are whole: whoever finds them completes the
   * replacement.
   */
  public static void deleteUnfinished() {
    synchronized (UNFINISHED) {
      UNFINISHED.forEach(
          (fresh, exists) -> {
            try {
              delete(fresh, exists, new Disk());
            } catch (IOException e) {
              // A file came while they were deleted; the next run deletes the rest.
            }
          });
      UNFINISHED.clear();
    }
  }

  private static void force(Path folder) throws IOException {
    for (Path file : list(folder)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  /** Files of the set that the new version does not have, by name, one a line. */
  private String gone(Path folder, List<Path> there) {
    StringBuilder names = new StringBuilder();
    for (Path file : there) {
      boolean replaced = Files.exists(folder.resolve(NEW).resolve(fileName(file)));
      if (!replaced && !kept.contains(fileName(file))) {
        names.append(fileName(file)).append('\n');
      }
    }
    return names.toString();
  }

  /** Every step but the last two can be taken again by whoever finds the folder in between. */
  private static void complete(Path folder, Disk disk) throws IOException {
    Path fresh = folder.resolve(NEW);
    Path gone = fresh.resolve(GONE);
    if (Files.exists(gone)) {
      for (String name : Files.readAllLines(gone)) {
        setAside(folder, name, disk);
      }
    }
    for (Path file : list(fresh)) {
      if (!file.equals(gone)) {
        Path place = folder.resolve(fileName(file));
        if (Files.exists(place)) {
          AtomicFile.copyPermissions(place, file);
        }
        setAside(folder, fileName(file), disk);
        disk.move(file, place);
      }
    }
    disk.delete(gone);
    disk.delete(fresh);
    disk.deleteAll(folder.resolve(OLD));
  }

  private static void setAside(Path folder, String name, Disk disk) throws IOException {
    Path place = folder.resolve(name);
    Path aside = folder.resolve(OLD).resolve(name);
    if (!Files.exists(place)) {
      return;
    }
    if (Files.exists(aside)) {
      throw new InvalidInputException(
          place
              + ": came while a replacement that was cut short waited in "
              + folder.resolve(NEW)
              + " and "
              + folder.resolve(OLD)
              + "; move it elsewhere");
    }
    disk.move(place, aside);
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.sorted().forEach(files::add);
    }
    return files;
  }

  /** Whether a run that was replacing files of a folder was cut short, or is at it. */
  public static boolean isUnsettled(Path folder) {
    return Files.exists(folder.resolve(OLD));
  }

  /**
   * Completes what a run that was cut short had begun: new files that were whole take their places,
   * others are deleted. Nothing where there is nothing left over.
   *
   * @param folder a folder that no other run writes
   * @throws InvalidInputException if that fails
   */
  public static void settle(Path folder) {
    try {
      settle(folder, new Disk());
    } catch (IOException e) {
      throw InvalidInputException.writing(folder, e);
    }
  }

  static void settle(Path folder, Disk disk) throws IOException {
    if (isUnsettled(folder)) {
      complete(folder, disk);
    } else {
      disk.deleteAll(folder.resolve(NEW));
    }
  }
}
