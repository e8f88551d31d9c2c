package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one set of the challenge of 2012.
 *
 * @param name which, in lower case: a, b or c
 * @param measurements a folder of files, one a stay, or a table
 * @param outcomes a table, perhaps one called {@code .txt}
 */
record IcuSet(String name, Path measurements, Path outcomes) {
  private static final String TEXT = ".txt";
  private static final Pattern NAMED =
      Pattern.compile("(?:set|measurements)-([a-z0-9]{1,8})(\\..*)?");

  /**
   * Finds the sets of a folder, by their names.
   *
   * @throws InvalidInputException if there is none, or one is not whole or there in two forms
   */
  static List<IcuSet> in(Path folder) {
    List<Path> content = content(folder);
    TreeSet<String> names = new TreeSet<>();
    for (Path path : content) {
      Matcher named = NAMED.matcher(lower(path));
      if (named.matches()) {
        names.add(named.group(1));
      }
    }
    List<IcuSet> sets = new ArrayList<>();
    for (String name : names) {
      Path stays =
          either(named(content, "set-" + name, true), Tables.find(folder, "measurements-" + name));
      if (stays != null) {
        Path outcomes =
            either(
                named(content, "outcomes-" + name + TEXT, false),
                Tables.find(folder, "outcomes-" + name));
        if (outcomes == null) {
          throw new InvalidInputException(
              folder
                  + ": Outcomes-"
                  + name
                  + TEXT
                  + " (or outcomes-"
                  + name
                  + ".csv) is missing; put it"
                  + " beside "
                  + stays.getFileName());
        }
        sets.add(new IcuSet(name, stays, outcomes));
      }
    }
    if (sets.isEmpty()) {
      throw new InvalidInputException(
          folder
              + ": has neither a folder set-a nor a table measurements-a.csv.gz (or .csv); name the"
              + " folder that has it, unpacked");
    }
    return sets;
  }

  private static List<Path> content(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(folder + ": no such folder; check the path");
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    }
  }

  private static String lower(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static Path named(List<Path> content, String name, boolean folder) {
    Path found = null;
    for (Path path : content) {
      if (lower(path).equals(name) && Files.isDirectory(path) == folder) {
        found = either(found, path);
      }
    }
    return found;
  }

  /** The one of two that is there. */
  private static Path either(Path one, Path other) {
    if (one != null && other != null) {
      throw new InvalidInputException(
          one
              + " and "
              + other.getFileName()
              + ": are they the same twice? Move one of them elsewhere");
    }
    return one == null ? other : one;
  }

  /** Reads the set into the records of a reading, through the stays. */
  void read(Reading reading, IcuStays stays) {
    stays.beginSet();
    String table = "set " + name;
    reading.begin(table);
    if (Files.isDirectory(measurements)) {
      for (Path file : files(reading.records)) {
        String text = file.getFileName().toString();
        String stay = text.substring(0, text.length() - TEXT.length());
        stays.addStay(stay, file.toString());
        reading.each(
            Tables.openCsv(file, IcuStays.COLUMNS, List.of()), table, row -> stays.add(row, stay));
      }
    } else {
      List<String> columns =
          Stream.concat(IcuStays.COLUMNS.stream(), Stream.of(IcuStays.RECORD)).toList();
      reading.each(
          Tables.open(measurements, columns, List.of()),
          table,
          row -> stays.add(row, row.requiredIdentifier(IcuStays.COLUMNS.size())));
    }
    outcomes(reading);
  }

  private List<Path> files(Records records) {
    FolderFiles found =
        FolderFiles.under(
            measurements, file -> FolderFiles.hasEnding(file.getFileName().toString(), TEXT));
    if (found.files().isEmpty()) {
      throw new InvalidInputException(measurements + ": has no file of a stay, such as 132539.txt");
    }
    found.passedOver().forEach(file -> records.passedOver.add("set-" + name + "/" + file));
    return found.files();
  }

  private void outcomes(Reading reading) {
    List<String> columns = List.of(IcuStays.RECORD, "In-hospital_death");
    String file = outcomes.getFileName().toString();
    Table table =
        FolderFiles.hasEnding(file, TEXT)
            ? Tables.openCsv(outcomes, columns, List.of())
            : Tables.open(outcomes, columns, List.of());
    Records records = reading.records;
    reading.begin("outcomes " + name);
    reading.each(
        table,
        "outcomes " + name,
        row -> {
          int patient = records.patients.find(row.requiredIdentifier(0));
          int died = row.integer(1, -1);
          if (died < -1 || died > 1) {
            throw new InvalidInputException(
                row.where() + ": In-hospital_death must be 1 or 0, but is " + died);
          }
          if (patient < 0) {
            records.drop("outcome of a stay without measurements");
          } else if (died >= 0 && records.hospitalDeaths.put(patient, died) != null) {
            throw new InvalidInputException(
                row.where()
                    + ": a second outcome of the stay "
                    + Json.quote(row.text(0))
                    + "; remove one");
          }
        });
  }
}
