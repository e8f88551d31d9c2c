package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Files of an OMOP common data model: {@code person.csv}, {@code CONCEPT.csv.gz}, {@code
 * measurement.parquet}, in any case; or a folder of files for a table.
 */
public final class OmopFolder extends OmopInput {
  private final Path folder;

  /**
   * A folder that is not looked into yet.
   *
   * @param folder the folder of the files
   */
  public OmopFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  OmopTables open() {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(folder + ": no such folder; check the path");
    }
    return new Opened();
  }

  private final class Opened implements OmopTables {
    @Override
    public boolean has(String table) {
      return find(table) != null;
    }

    /** A file, or a folder of the table's name. */
    private Path find(String table) {
      Path file = Tables.find(folder, table);
      try (Stream<Path> all = Files.list(folder)) {
        List<Path> folders =
            all.filter(path -> path.getFileName().toString().equalsIgnoreCase(table))
                .filter(Files::isDirectory)
                .sorted()
                .toList();
        if (folders.size() + (file == null ? 0 : 1) > 1) {
          throw new InvalidInputException(
              folder
                  + ": has the table "
                  + table
                  + " twice; move one of them elsewhere: "
                  + FolderFiles.shown(
                      Stream.concat(folders.stream(), Stream.ofNullable(file))
                          .map(path -> path.getFileName().toString())
                          .toList()));
        }
        return folders.isEmpty() ? file : folders.get(0);
      } catch (IOException e) {
        throw InvalidInputException.reading(folder, e);
      }
    }

    @Override
    public void each(
        Reading reading,
        String table,
        List<String> required,
        List<String> optional,
        Consumer<Table> row) {
      Path found = find(table);
      if (found == null) {
        found = Tables.require(folder, table);
      }
      FolderFiles files = Tables.under(found, table);
      reading.records.passedOver.addAll(files.passedOver());
      reading.begin(table);
      for (Path file : files.files()) {
        reading.each(Tables.open(file, required, optional), table, row);
      }
    }

    @Override
    public String concluded() {
      return null;
    }

    @Override
    public void close() {
      // each file is closed when it is read
    }
  }
}
