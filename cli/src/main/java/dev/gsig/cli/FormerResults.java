package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Results that others are to replace: they wait beside them, as {@code .NAME.gsig-old}, with their
 * side file, until all of the new ones are there. So a run that is cut short loses nothing: its
 * results can be continued, and those of before are whole.
 */
final class FormerResults {
  private final Path file;
  private final List<Path> places;

  private FormerResults(Path file) {
    this.file = Places.real(file); // a link stays one
    this.places = List.of(this.file, Provenance.of(file));
  }

  /** Former results of a file, whether or not there are any. */
  static FormerResults of(Path file) {
    return new FormerResults(file);
  }

  private static Path aside(Path place) {
    return place.resolveSibling("." + place.getFileName() + ".gsig-old");
  }

  /** Puts them back where a run was cut short before it had a result. */
  void restoreIfAlone() {
    if (!Files.exists(aside(file)) || !Files.exists(file)) {
      for (Path place : places) {
        if (!Files.exists(place)) {
          move(aside(place), place);
        }
      }
    }
  }

  /** Puts them back in the place of results that are of no use. */
  void restore() throws IOException {
    for (Path place : places) {
      Files.deleteIfExists(place);
    }
    restoreIfAlone();
  }

  /** Gives the new results their permissions. */
  void copyPermissions() throws IOException {
    if (Files.exists(aside(file))) {
      AtomicFile.copyPermissions(aside(file), file);
    }
  }

  /** Moves them aside. What a run that was cut short has made in their place is not kept. */
  void setAside() {
    if (Files.exists(file) && !Files.exists(aside(file))) {
      for (int i = places.size() - 1; i >= 0; i--) {
        move(places.get(i), aside(places.get(i))); // the results last: they tell that it is done
      }
    }
  }

  /** Deletes the former results. */
  void delete() {
    try {
      for (Path place : places) {
        Files.deleteIfExists(aside(place));
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(aside(file), e);
    }
  }

  /** Where they are, for a message about what is in their place; empty if there are none. */
  String inWords() {
    return Files.exists(aside(file))
        ? " (those that they were to replace: " + aside(file) + ")"
        : "";
  }

  private static void move(Path from, Path to) {
    try {
      if (Files.exists(from)) {
        Files.move(from, to);
      }
    } catch (IOException e) {
      throw InvalidInputException.writing(to, e);
    }
  }
}
