package dev.gsig.cli.table;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values, RFC 4180 but for the line end, which is a line feed. */
final class CsvWriter implements TableWriter {
  private final Writer out;

  CsvWriter(List<Column> columns, OutputStream out) throws IOException {
    this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    line(columns.stream().map(column -> (Object) column.name()).toList());
  }

  @Override
  public void row(List<Object> cells) throws IOException {
    line(cells);
  }

  private void line(List<Object> cells) throws IOException {
    out.write(cells.stream().map(CsvWriter::cell).collect(Collectors.joining(",")));
    out.write('\n');
  }

  private static String cell(Object cell) {
    if (cell == null) {
      return "";
    }
    return cell instanceof String text ? CsvText.cell(text) : Json.write(cell);
  }

  @Override
  public void close() throws IOException {
    out.flush();
  }
}
