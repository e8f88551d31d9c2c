package dev.gsig.cli.table;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** The values of one column in the rows of one group, which become one page. */
final class ColumnChunk {
  private final Column column;
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private final Levels definition = new Levels();

  /** Of a list: whether a value goes on with the list of the one before. */
  private final Levels repetition;

  private int flags;
  private int flagCount;
  private int count;

  ColumnChunk(Column column) {
    this.column = column;
    repetition = column.type() == CellType.TEXTS ? new Levels() : null;
  }

  /** Adds a cell; null where there is no value. */
  void add(Object cell) {
    if (repetition != null) {
      list((List<?>) cell);
      return;
    }
    definition.add(cell == null ? 0 : 1);
    count++;
    if (cell != null) {
      value(cell);
    }
  }

  /** A list that is missing is defined to level 0, an empty one to 1, an element to 3. */
  private void list(List<?> texts) {
    int size = texts == null ? 0 : texts.size();
    for (int i = 0; i < Math.max(1, size); i++) {
      repetition.add(i == 0 ? 0 : 1);
      definition.add(texts == null ? 0 : size == 0 ? 1 : 3);
      count++;
      if (size > 0) {
        text((String) texts.get(i));
      }
    }
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    values.writeBytes(littleEndian(Integer.BYTES).putInt(utf8.length).array());
    values.writeBytes(utf8);
  }

  /** Parquet's encoding PLAIN: little-endian bytes, a length and UTF-8, or one bit. */
  private void value(Object cell) {
    switch (column.type()) {
      case TEXT -> text((String) cell);
      case TEXTS -> throw new IllegalArgumentException("a list is no value");
      case FLAG -> flag((Boolean) cell);
      case WHOLE -> longs(((Number) cell).longValue());
      case TIME -> longs(IsoTime.micros((String) cell));
      case REAL -> longs(Double.doubleToRawLongBits(((Number) cell).doubleValue()));
      case REAL_32 -> {
        int bits = Float.floatToRawIntBits(((Number) cell).floatValue());
        values.writeBytes(littleEndian(Float.BYTES).putInt(bits).array());
      }
    }
  }

  /** Eight to a byte, the first in its lowest bit. */
  private void flag(boolean flag) {
    flags |= flag ? 1 << flagCount : 0;
    flagCount++;
    if (flagCount == Byte.SIZE) {
      endFlags();
    }
  }

  private void endFlags() {
    values.write(flags);
    flags = 0;
    flagCount = 0;
  }

  private void longs(long value) {
    values.writeBytes(littleEndian(Long.BYTES).putLong(value).array());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes the page, and its description.
   *
   * @param offset where in the file it will be
   * @param description of the chunk, inside the list of the row group
   * @return the page
   */
  byte[] write(long offset, ThriftWriter description) {
    if (flagCount > 0) {
      endFlags();
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    if (repetition != null) {
      plain.writeBytes(repetition.toBytes());
    }
    plain.writeBytes(definition.toBytes());
    plain.writeBytes(values.toByteArray());
    byte[] packed = gzip(plain.toByteArray());

    byte[] header =
        new ThriftWriter()
            .i32(1, Parquet.DATA_PAGE)
            .i32(2, plain.size())
            .i32(3, packed.length)
            .struct(5)
            .i32(1, count)
            .i32(2, Parquet.PLAIN)
            .i32(3, Parquet.RLE)
            .i32(4, Parquet.RLE)
            .end()
            .end()
            .toBytes();
    description
        .element()
        .i64(2, offset)
        .struct(3)
        .i32(1, Parquet.physical(column.type()))
        .i32s(2, Parquet.PLAIN, Parquet.RLE)
        .texts(
            3,
            repetition == null ? List.of(column.name()) : List.of(column.name(), "list", "element"))
        .i32(4, Parquet.GZIP)
        .i64(5, count)
        .i64(6, header.length + (long) plain.size())
        .i64(7, header.length + (long) packed.length)
        .i64(9, offset)
        .end()
        .end();
    return ByteBuffer.allocate(header.length + packed.length).put(header).put(packed).array();
  }

  /** Bytes that the page has before it is packed, without its header. */
  long size() {
    return values.size() + (long) definition.size() + (repetition == null ? 0 : repetition.size());
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail so
    }
    return packed.toByteArray();
  }
}
