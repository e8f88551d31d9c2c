package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * The bundled demo.
 *
 * @param folder the folder {@code demo} of the project
 */
record DemoFolder(Path folder) {
  /** Names the project's folder, where it cannot be found otherwise. */
  static final String HOME = "gsig.home";

  /**
   * Finds the demo: in the folder that {@value #HOME} names; else above the jar that this class
   * comes from; else in the current folder or above.
   *
   * @throws InvalidInputException if it is nowhere
   */
  static DemoFolder find() {
    String home = System.getProperty(HOME);
    Path found =
        home != null ? in(Path.of(home)) : firstOf(upwards(codeLocation()), upwards(Path.of("")));
    if (found == null) {
      throw new InvalidInputException(
          "the bundled demo was not found"
              + (home == null ? "" : " in " + home)
              + "; run bin/gsig of a checkout, or name the checkout with GSIG_JAVA_OPTS=-D"
              + HOME
              + "=FOLDER");
    }
    return new DemoFolder(Text.display(found));
  }

  /** The model folder, baseline included. */
  Path model() {
    return folder.resolve("model");
  }

  /** Patients to explain. */
  Path test() {
    return folder.resolve("test.jsonl");
  }

  /** Patients that the baseline is made of. */
  Path validation() {
    return folder.resolve("validation.jsonl");
  }

  private static Path firstOf(Path one, Path other) {
    return one == null ? other : one;
  }

  private static Path upwards(Path start) {
    for (Path p = start == null ? null : start.toAbsolutePath(); p != null; p = p.getParent()) {
      if (in(p) != null) {
        return in(p);
      }
    }
    return null;
  }

  private static Path in(Path project) {
    Path demo = project.resolve("demo");
    return Files.isRegularFile(demo.resolve("model").resolve("config.json")) ? demo : null;
  }

  private static Path codeLocation() {
    CodeSource source = DemoFolder.class.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }
}
