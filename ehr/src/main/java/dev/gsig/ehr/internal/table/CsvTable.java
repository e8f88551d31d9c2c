package dev.gsig.ehr.internal.table;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.GzipStream;
import dev.gsig.ehr.internal.Utf8;
import dev.gsig.ehr.internal.Values;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/** The rows of a CSV file; text is made only of the columns asked for. */
final class CsvTable implements Table {
  /** So many characters of a header are looked at to tell what separates its names. */
  private static final int MOST_HEADER = 1 << 16;

  /** What no text has stands for quotation marks where there are none. */
  private static final char NO_QUOTE = '\b';

  private final String file;
  private final CsvReader<Boolean> reader;
  private final CloseableIterator<Boolean> records;
  private final Row row = new Row();
  private final Columns columns;

  CsvTable(String file, InputStream in, List<String> required, List<String> optional)
      throws IOException {
    this.file = file;
    BufferedReader text = new BufferedReader(Utf8.reader(in, file), MOST_HEADER);
    boolean tabs = hasTabs(text);
    this.reader =
        CsvReader.builder()
            .fieldSeparator(tabs ? '\t' : ',')
            .quoteCharacter(tabs ? NO_QUOTE : '"')
            .allowUnclosedQuote(false)
            // counted here, for one message that names the row
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .build(row, text);
    this.records = reader.iterator();
    List<String> header = header();
    this.columns = Columns.find(file, header, required, optional);
    row.select(columns, header.size());
  }

  /** Whether the first line has tabs and no comma. Nothing is read on. */
  private static boolean hasTabs(BufferedReader text) throws IOException {
    text.mark(MOST_HEADER);
    boolean tabs = false;
    boolean commas = false;
    int c = text.read();
    for (int i = 1; i < MOST_HEADER && c >= 0 && c != '\n' && c != '\r'; i++) {
      tabs |= c == '\t';
      commas |= c == ',';
      c = text.read();
    }
    text.reset();
    return tabs && !commas;
  }

  private List<String> header() {
    if (!read()) {
      throw new InvalidInputException(file + ": is empty; a header with column names is needed");
    }
    return List.of(row.header());
  }

  @Override
  public boolean next() {
    if (!read()) {
      return false;
    }
    if (row.fields != row.width) {
      throw new InvalidInputException(
          where()
              + ": has "
              + row.fields
              + (row.fields == 1 ? " value" : " values")
              + " for "
              + row.width
              + " columns; is the file cut short, or a quotation mark missing?");
    }
    return true;
  }

  private boolean read() {
    try {
      if (!records.hasNext()) {
        return false;
      }
      records.next();
      return true;
    } catch (NoSuchElementException e) {
      return false;
    } catch (UncheckedIOException e) {
      throw GzipStream.unreadable(file, e.getCause());
    } catch (CsvParseException e) {
      if (e.getCause() instanceof IOException io) {
        throw GzipStream.unreadable(file, io);
      }
      if (e.getCause() instanceof InvalidInputException refused) {
        throw refused;
      }
      throw new InvalidInputException(
          file
              + ", after line "
              + row.line
              + ": malformed CSV: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + "; is the file cut short?",
          e);
    }
  }

  @Override
  public String text(int column) {
    return row.values[column];
  }

  @Override
  public String raw(int column) {
    return text(column) == null ? null : row.raw[column];
  }

  @Override
  public boolean has(int column) {
    return columns.position(column) >= 0;
  }

  @Override
  public String name(int column) {
    return columns.name(column);
  }

  @Override
  public String where() {
    return file + ", line " + row.line;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      // Everything that was wanted has been read.
    }
  }

  /** Takes the fields of a row: all of them of the header, then only those asked for. */
  private static final class Row extends AbstractBaseCsvCallbackHandler<Boolean> {
    private int[] wanted;
    private int width;
    private String[] values = new String[16];
    private String[] raw;
    private int fields;
    private long line;

    String[] header() {
      String[] names = Arrays.copyOf(values, fields);
      for (int i = 0; i < fields; i++) {
        names[i] = names[i] == null ? "" : names[i];
      }
      return names;
    }

    void select(Columns columns, int width) {
      this.width = width;
      this.wanted = columns.byPosition(width);
      this.values = new String[columns.count()];
      this.raw = new String[columns.count()];
    }

    @Override
    protected void handleBegin(long startingLineNumber) {
      line = startingLineNumber;
      fields = 0;
      Arrays.fill(values, null);
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      fields = index + 1;
      if (wanted == null) {
        if (index >= values.length) {
          values = Arrays.copyOf(values, 2 * values.length);
        }
        values[index] = text(new String(buffer, offset, length), true);
      } else if (index < wanted.length && wanted[index] >= 0) {
        raw[wanted[index]] = new String(buffer, offset, length);
        values[wanted[index]] = text(raw[wanted[index]], quoted);
      }
    }

    /** In quotation marks, as R writes texts, NA is a text. */
    private static String text(String raw, boolean quoted) {
      String text = raw.strip();
      return text.isEmpty() || (!quoted && Values.isMissing(text)) ? null : text;
    }

    @Override
    protected Boolean buildRecord() {
      return Boolean.TRUE;
    }
  }
}
