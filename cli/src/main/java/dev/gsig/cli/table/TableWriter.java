package dev.gsig.cli.table;

import dev.gsig.ehr.InvalidInputException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** Writes a table row by row. Closing it completes the table and leaves the stream open. */
public interface TableWriter extends Closeable {
  /** A table's format. */
  enum Format {
    /** RFC 4180 with a header; null is empty. */
    CSV("csv"),
    /** JSON Lines. */
    JSONL("jsonl"),
    /** Apache Parquet. */
    PARQUET("parquet");

    private final String label;

    Format(String label) {
      this.label = label;
    }

    /** The name on the command line, and the ending of files. */
    public String label() {
      return label;
    }

    /**
     * Starts a table.
     *
     * @param out is flushed, not closed
     */
    public TableWriter open(List<Column> columns, OutputStream out) throws IOException {
      return switch (this) {
        case CSV -> new CsvWriter(columns, out);
        case JSONL -> new JsonLinesWriter(columns, out);
        case PARQUET -> new ParquetWriter(columns, out);
      };
    }
  }

  /**
   * Whether a file is a Parquet file that this package wrote, as its last bytes tell.
   *
   * @throws IOException if it cannot be read
   */
  static boolean isOwnParquet(Path file) throws IOException {
    return ParquetWriter.isOwn(file);
  }

  /**
   * Writes a row.
   *
   * @param cells one for each column, each of its type or null
   * @throws InvalidInputException if the format has no place for a cell
   */
  void row(List<Object> cells) throws IOException;
}
