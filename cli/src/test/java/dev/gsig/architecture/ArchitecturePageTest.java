package dev.gsig.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/architecture.md} says of folders, packages and classes is so. */
class ArchitecturePageTest {
  private static final Path ROOT = Path.of("..");
  private static final String PAGE = page();

  /**
   * A row of the table.
   *
   * @param packageName in full
   * @param uses names in its last column
   */
  private record Room(
      String folder, String artifact, String packageName, boolean isModule, Set<String> uses) {}

  private static String page() {
    try {
      return Files.readString(ROOT.resolve("docs").resolve("architecture.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Room> rooms() {
    String table = PAGE.substring(PAGE.indexOf("| folder |"), PAGE.indexOf("\n\nBesides"));
    List<Room> rooms = new ArrayList<>();
    Room module = null;
    for (String line : table.lines().skip(2).toList()) {
      List<String> cells = Stream.of(line.split("\\|", -1)).map(String::strip).toList();
      String name = cells.get(3).replace("`", "");
      if (name.startsWith(".")) {
        String full = module.packageName + name;
        rooms.add(new Room(module.folder, module.artifact, full, false, Set.of()));
      } else {
        String folder = cells.get(1).replace("`", "");
        String artifact = cells.get(2).replace("`", "");
        module = new Room(folder, artifact, "dev.gsig." + name, true, quoted(cells.get(5)));
        rooms.add(module);
      }
    }
    return rooms;
  }

  private static Set<String> quoted(String text) {
    Matcher name = Pattern.compile("`([^`]+)`").matcher(text);
    Set<String> names = new TreeSet<>();
    while (name.find()) {
      names.add(name.group(1));
    }
    return names;
  }

  @Test
  void everyFolderHasItsArtifactAndItsPackages() throws IOException {
    for (Room room : rooms()) {
      Path folder = ROOT.resolve(room.folder);
      assertThat(Files.readString(folder.resolve("pom.xml")))
          .as(room.folder)
          .contains("<artifactId>" + room.artifact + "</artifactId>\n  <name>");
      assertThat(folder.resolve("src/main/java").resolve(room.packageName.replace('.', '/')))
          .isDirectory();
    }
  }

  @Test
  void everyPackageOfTheEngineIsInTheTable() {
    Set<String> described = rooms().stream().map(Room::packageName).collect(Collectors.toSet());
    assertThat(described)
        .containsAll(
            ClassFiles.ofTheEngine().stream()
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** The last column is the rule that the class files are held to. */
  @Test
  void everyModuleMayUseWhatTheTableSays() {
    Map<String, Set<String>> said = new TreeMap<>();
    rooms().stream().filter(Room::isModule).forEach(r -> said.put(r.packageName, r.uses));
    for (ModuleDirectionTest.Module module : ModuleDirectionTest.Module.values()) {
      assertThat(said.get(module.name))
          .as(module.name)
          .containsExactlyInAnyOrderElementsOf(
              module.allowed().stream()
                  .map(name -> name.replaceFirst("\\.\\.$", "").replaceFirst("^dev\\.gsig\\.", ""))
                  .collect(Collectors.toSet()));
    }
  }

  /** Classes and tests that the page names. */
  @Test
  void whatThePageNamesIsThere() throws IOException {
    Set<String> sources = new TreeSet<>();
    for (Room room : rooms()) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(room.folder).resolve("src"))) {
        files.map(file -> file.getFileName().toString()).forEach(sources::add);
      }
    }
    List<String> classes =
        quoted(PAGE).stream()
            .filter(name -> name.matches("[A-Z][a-z]\\w+(\\.\\w+)?"))
            .map(name -> name.replaceFirst("\\..*", "") + ".java")
            .toList();
    assertThat(classes).hasSizeGreaterThan(20).allMatch(sources::contains);
  }
}
