package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipException;

/** CSV with a header, in UTF-8, packed with gzip where the name says so. */
final class CsvFormat implements TableFormat {
  @Override
  public boolean reads(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".csv") || name.endsWith(".csv.gz");
  }

  @Override
  public Table open(Path file, List<String> required, List<String> optional) {
    InputStream in = null;
    try {
      in = Files.newInputStream(file);
      if (file.toString().endsWith(".gz")) {
        in = new GzipStream(in);
      }
      return new CsvTable(file, in, required, optional);
    } catch (EOFException | ZipException e) {
      close(in);
      throw GzipStream.damaged(file, e);
    } catch (IOException e) {
      close(in);
      throw InvalidInputException.reading(file, e);
    } catch (RuntimeException e) {
      close(in);
      throw e;
    }
  }

  private static void close(InputStream in) {
    try {
      if (in != null) {
        in.close();
      }
    } catch (IOException e) {
      // What went wrong before is what is reported.
    }
  }
}
