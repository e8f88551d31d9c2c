package dev.gsig.cli.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table in Apache Parquet: every column optional, of values or lists of texts, one page for each
 * column of a row group, encoded PLAIN, packed with gzip. As little of the format as a reader needs
 * to have it all; it spares a library with parts for every machine. A row group is held in memory.
 * Source: {@code README.md} and {@code src/main/thrift/parquet.thrift} of apache/parquet-format,
 * version 2.
 */
final class ParquetWriter implements TableWriter {
  /** Bytes before packing at which a row group ends. */
  private static final long GROUP_BYTES = 32 << 20;

  private static final String MADE_BY = "gsig";
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final List<Column> columns;
  private final OutputStream out;
  private final long groupBytes;
  private final List<ColumnChunk> chunks = new ArrayList<>();
  private final List<byte[]> groups = new ArrayList<>();
  private long position;
  private long rows;
  private int groupRows;

  ParquetWriter(List<Column> columns, OutputStream out) throws IOException {
    this(columns, out, GROUP_BYTES);
  }

  ParquetWriter(List<Column> columns, OutputStream out, long groupBytes) throws IOException {
    this.columns = columns;
    this.out = out;
    this.groupBytes = groupBytes;
    write(MAGIC);
    startGroup();
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  private void startGroup() {
    chunks.clear();
    columns.forEach(column -> chunks.add(new ColumnChunk(column)));
    groupRows = 0;
  }

  @Override
  public void row(List<Object> cells) throws IOException {
    long bytes = 0;
    for (int i = 0; i < chunks.size(); i++) {
      Object cell = cells.get(i);
      if (cell instanceof String text && columns.get(i).type() == CellType.WHOLE) {
        throw new InvalidInputException(
            "the "
                + columns.get(i).name()
                + " "
                + Json.quote(text)
                + " is no whole number, but the column is one of whole numbers; write csv or"
                + " jsonl");
      }
      chunks.get(i).add(cell);
      bytes += chunks.get(i).size();
    }
    groupRows++;
    if (bytes >= groupBytes) {
      endGroup();
    }
  }

  private void endGroup() throws IOException {
    if (groupRows == 0) {
      return;
    }
    ThriftWriter group = new ThriftWriter().structs(1, chunks.size());
    long bytes = 0;
    for (ColumnChunk chunk : chunks) {
      write(chunk.write(position, group));
      bytes += chunk.size();
    }
    groups.add(group.i64(2, bytes).i64(3, groupRows).toBytes());
    rows += groupRows;
    startGroup();
  }

  @Override
  public void close() throws IOException {
    endGroup();
    byte[] metadata = metadata();
    write(metadata);
    write(
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(metadata.length)
            .array());
    write(MAGIC);
    out.flush();
  }

  private byte[] metadata() {
    long lists = columns.stream().filter(column -> column.type() == CellType.TEXTS).count();
    int elements = 1 + columns.size() + 2 * (int) lists;
    ThriftWriter file = new ThriftWriter().i32(1, 2).structs(2, elements);
    file.element().text(4, "schema").i32(5, columns.size()).end();
    columns.forEach(column -> describe(column, file));
    file.i64(3, rows).structs(4, groups.size());
    groups.forEach(file::raw);
    return file.text(6, MADE_BY).end().toBytes();
  }

  /** Whether a file ends as those end that were written here: metadata, whose last field is who. */
  static boolean isOwn(Path file) throws IOException {
    byte[] name = MADE_BY.getBytes(StandardCharsets.US_ASCII);
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      ByteBuffer end = ByteBuffer.allocate(name.length + 1 + Integer.BYTES + MAGIC.length);
      if (channel.size() < end.capacity()) {
        return false;
      }
      channel.position(channel.size() - end.capacity());
      while (end.hasRemaining() && channel.read(end) >= 0) {
        // a read may give a part
      }
      byte[] bytes = end.array();
      return Arrays.equals(bytes, 0, name.length, name, 0, name.length)
          && Arrays.equals(
              bytes, bytes.length - MAGIC.length, bytes.length, MAGIC, 0, MAGIC.length);
    }
  }

  private static void describe(Column column, ThriftWriter file) {
    if (column.type() == CellType.TEXTS) {
      file.element().i32(3, Parquet.OPTIONAL).text(4, column.name()).i32(5, 1);
      file.i32(6, Parquet.LIST).struct(10).struct(3).end().end().end();
      file.element().i32(3, Parquet.REPEATED).text(4, "list").i32(5, 1).end();
      describe(new Column("element", CellType.TEXT), file);
      return;
    }
    file.element()
        .i32(1, Parquet.physical(column.type()))
        .i32(3, Parquet.OPTIONAL)
        .text(4, column.name());
    if (column.type() == CellType.TEXT) {
      file.i32(6, Parquet.UTF8).struct(10).struct(1).end().end();
    } else if (column.type() == CellType.TIME) {
      // on the clock of the place, in microseconds: a timestamp of MEDS
      file.struct(10).struct(8).bool(1, false).struct(2).struct(2).end().end().end().end();
    }
    file.end();
  }
}
