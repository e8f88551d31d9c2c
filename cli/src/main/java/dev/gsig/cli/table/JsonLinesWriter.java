package dev.gsig.cli.table;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One object a line. */
final class JsonLinesWriter implements TableWriter {
  private final List<Column> columns;
  private final Writer out;

  JsonLinesWriter(List<Column> columns, OutputStream out) {
    this.columns = columns;
    this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
  }

  @Override
  public void row(List<Object> cells) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      json.put(columns.get(i).name(), cells.get(i));
    }
    out.write(Json.write(json) + "\n");
  }

  @Override
  public void close() throws IOException {
    out.flush();
  }
}
