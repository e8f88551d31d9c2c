package dev.gsig.cli.table;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Definition or repetition levels below 256 of one page, in runs: Parquet's hybrid encoding RLE,
 * with its length in front.
 */
final class Levels {
  private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
  private int level;
  private int length;

  void add(int next) {
    if (length > 0 && next != level) {
      end();
    }
    level = next;
    length++;
  }

  private void end() {
    ThriftWriter.varint((long) length << 1, runs);
    runs.write(level);
    length = 0;
  }

  int size() {
    return runs.size() + Integer.BYTES;
  }

  /** All of them; none can be added any more. */
  byte[] toBytes() {
    end();
    return ByteBuffer.allocate(Integer.BYTES + runs.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(runs.size())
        .put(runs.toByteArray())
        .array();
  }
}
