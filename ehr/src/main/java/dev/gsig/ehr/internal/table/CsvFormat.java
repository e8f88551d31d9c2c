package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.GzipStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CSV with a header, in UTF-8, packed with gzip or not; separated by tabs, and then without
 * quotation marks, where the header is, as OHDSI's Athena writes its vocabularies.
 */
final class CsvFormat implements TableFormat {
  @Override
  public List<String> endings() {
    return List.of(".csv", ".csv.gz");
  }

  @Override
  public Table open(Path file, List<String> required, List<String> optional) {
    try {
      return open(Files.newInputStream(file), file.toString(), required, optional);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /**
   * Reads a stream as a table.
   *
   * @param in closed with the table, and if there is none
   * @param name what messages call it
   */
  Table open(InputStream in, String name, List<String> required, List<String> optional) {
    try {
      return new CsvTable(name, GzipStream.unpacked(in, name), required, optional);
    } catch (IOException e) {
      close(in);
      throw GzipStream.unreadable(name, e);
    } catch (RuntimeException e) {
      close(in);
      throw e;
    }
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      // What went wrong before is what is reported.
    }
  }
}
