package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes safetensors files. The same content gives the same bytes: tensors are ordered as the
 * reference implementation orders them, larger element type first, then by name, and metadata by
 * key; the header is padded with spaces so that the data start at a multiple of 8.
 */
public final class SafetensorsWriter {
  private static final int CHUNK_BYTES = 1 << 16;

  private SafetensorsWriter() {}

  /**
   * Writes a file, whole or not at all (see {@link AtomicFile}).
   *
   * @param file the file, replaced if there
   * @param metadata free-form texts; may be empty
   * @param tensors the tensors by name
   * @throws InvalidInputException if the file cannot be written, or a value is NaN, infinite, or
   *     too large for its type (file, tensor and index are named)
   * @throws IllegalArgumentException if a tensor is called {@code __metadata__}
   */
  public static void write(
      Path file, Map<String, String> metadata, Map<String, NamedTensor> tensors) {
    List<Entry> entries = new ArrayList<>();
    tensors.forEach(
        (name, tensor) ->
            entries.add(new Entry(name, tensor.dtype(), tensor.shape(), tensor::values)));
    write(file, metadata, entries);
  }

  /**
   * Writes all tensors of a source, one after the other: F64 as F64, the narrower types, which F32
   * holds exactly, as F32.
   *
   * @param file the file, replaced if there; must not be what the source reads
   * @param metadata free-form texts; may be empty
   * @param source the tensors
   * @throws InvalidInputException as {@link #write(Path, Map, Map)} and as {@link
   *     TensorSource#read}
   */
  public static void write(Path file, Map<String, String> metadata, TensorSource source) {
    List<Entry> entries = new ArrayList<>();
    for (String name : source.names()) {
      DType dtype = source.dtype(name) == DType.F64 ? DType.F64 : DType.F32;
      entries.add(new Entry(name, dtype, source.shape(name), () -> source.read(name)));
    }
    write(file, metadata, entries);
  }

  /** A tensor whose values are there when they are written. */
  private record Entry(String name, DType dtype, List<Long> shape, Supplier<double[]> values) {
    long bytes() {
      return shape.stream().reduce(1L, Math::multiplyExact) * (dtype.bits() / 8);
    }
  }

  private static void write(Path file, Map<String, String> metadata, List<Entry> entries) {
    entries.sort(
        Comparator.comparingInt((Entry e) -> -e.dtype().bits()).thenComparing(Entry::name));
    byte[] header = header(metadata, entries);
    AtomicFile.write(
        file,
        out -> {
          out.write(littleEndian(header.length));
          out.write(header);
          for (Entry entry : entries) {
            writeData(out, entry, Header.what(file.toString(), entry.name()));
          }
        });
  }

  private static byte[] header(Map<String, String> metadata, List<Entry> entries) {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put(Header.METADATA, new TreeMap<>(metadata));
    }
    long position = 0;
    for (Entry entry : entries) {
      if (entry.name().equals(Header.METADATA)) {
        throw new IllegalArgumentException("no tensor may be called " + Header.METADATA);
      }
      long end = position + entry.bytes();
      Map<String, Object> info = new LinkedHashMap<>();
      info.put("dtype", entry.dtype().name());
      info.put("shape", entry.shape());
      info.put("data_offsets", List.of(position, end));
      header.put(entry.name(), info);
      position = end;
    }
    StringBuilder json = new StringBuilder(Json.write(header));
    int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
    json.append(" ".repeat((8 - bytes % 8) % 8));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void writeData(OutputStream out, Entry entry, String what) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = entry.values().get();
    for (int i = 0; i < values.length; i++) {
      boolean single = entry.dtype() == DType.F32;
      if (!Double.isFinite(single ? (float) values[i] : values[i])) {
        throw new InvalidInputException(
            what
                + " can't be written as "
                + entry.dtype()
                + ": it holds "
                + values[i]
                + " at index "
                + TensorValues.index(i, entry.shape()));
      }
      if (single) {
        chunk.putFloat((float) values[i]);
      } else {
        chunk.putDouble(values[i]);
      }
      if (!chunk.hasRemaining()) {
        out.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
    }
    out.write(chunk.array(), 0, chunk.position());
  }

  private static byte[] littleEndian(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
