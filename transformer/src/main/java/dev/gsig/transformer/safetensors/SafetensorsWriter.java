package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.AtomicFile;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Json;
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
    List<Map.Entry<String, NamedTensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(
        Comparator.comparingInt((Map.Entry<String, NamedTensor> e) -> -e.getValue().dtype().bits())
            .thenComparing(Map.Entry.comparingByKey()));
    byte[] header = header(metadata, ordered);
    AtomicFile.write(
        file,
        out -> {
          out.write(littleEndian(header.length));
          out.write(header);
          for (Map.Entry<String, NamedTensor> entry : ordered) {
            writeData(out, entry.getValue(), Header.what(file.toString(), entry.getKey()));
          }
        });
  }

  private static byte[] header(
      Map<String, String> metadata, List<Map.Entry<String, NamedTensor>> ordered) {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put(Header.METADATA, new TreeMap<>(metadata));
    }
    long position = 0;
    for (Map.Entry<String, NamedTensor> entry : ordered) {
      if (entry.getKey().equals(Header.METADATA)) {
        throw new IllegalArgumentException("no tensor may be called " + Header.METADATA);
      }
      NamedTensor tensor = entry.getValue();
      long end = position + (long) tensor.values().length * (tensor.dtype().bits() / 8);
      Map<String, Object> info = new LinkedHashMap<>();
      info.put("dtype", tensor.dtype().name());
      info.put("shape", tensor.shape());
      info.put("data_offsets", List.of(position, end));
      header.put(entry.getKey(), info);
      position = end;
    }
    StringBuilder json = new StringBuilder(Json.write(header));
    int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
    json.append(" ".repeat((8 - bytes % 8) % 8));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void writeData(OutputStream out, NamedTensor tensor, String what)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = tensor.values();
    for (int i = 0; i < values.length; i++) {
      boolean single = tensor.dtype() == DType.F32;
      if (!Double.isFinite(single ? (float) values[i] : values[i])) {
        throw new InvalidInputException(
            what
                + " can't be written as "
                + tensor.dtype()
                + ": it holds "
                + values[i]
                + " at index "
                + Safetensors.index(i, tensor.shape()));
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
