package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A checked safetensors header: the tensors tile the data without hole or overlap. */
record Header(Map<String, String> metadata, Map<String, TensorInfo> tensors) {
  static final String METADATA = "__metadata__";

  /** The most bytes that a header may have. */
  static final long MAX_BYTES = 100_000_000;

  /**
   * Parses and checks a header. Keys of an entry that the format does not know are ignored, as the
   * reference implementation does.
   *
   * @param json the header's bytes
   * @param dataBytes the number of bytes that follow the header
   * @param file what to call the file in messages
   */
  static Header parse(byte[] json, long dataBytes, String file) {
    if (json.length == 0 || json[0] != '{') {
      throw new InvalidInputException(
          file + ": the header does not start with '{'; is it a safetensors file?");
    }
    JsonObject root = Json.object(json, file + ": header");
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    for (String name : root.keys()) {
      if (!name.equals(METADATA)) {
        tensors.put(name, tensor(root.object(name), what(file, name)));
      }
    }
    checkTiling(tensors, dataBytes, file);
    return new Header(metadata(root), Collections.unmodifiableMap(tensors));
  }

  static String what(String file, String tensor) {
    return file + ": tensor " + Json.quote(tensor);
  }

  private static Map<String, String> metadata(JsonObject root) {
    if (!root.keys().contains(METADATA)) {
      return Map.of();
    }
    JsonObject entries = root.object(METADATA);
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : entries.keys()) {
      metadata.put(key, entries.string(key));
    }
    return Collections.unmodifiableMap(metadata);
  }

  private static TensorInfo tensor(JsonObject entry, String what) {
    DType dtype = dtype(entry.string("dtype"), what);
    List<Long> shape = sizes(entry, "shape", what);
    List<Long> offsets = sizes(entry, "data_offsets", what);
    if (offsets.size() != 2) {
      throw new InvalidInputException(
          what + ": data_offsets must be [begin, end], but has " + offsets.size() + " numbers");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin > end) {
      throw new InvalidInputException(
          what + ": the data begins at " + begin + " but ends before, at " + end);
    }
    long expected = dtype.byteSize(shape, what);
    if (end - begin != expected) {
      throw new InvalidInputException(
          what
              + ": "
              + dtype
              + " of shape "
              + shape
              + " takes "
              + expected
              + " bytes, but data_offsets give it "
              + (end - begin));
    }
    return new TensorInfo(dtype, shape, begin, end);
  }

  private static DType dtype(String name, String what) {
    return Arrays.stream(DType.values())
        .filter(dtype -> dtype.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new InvalidInputException(what + ": unknown dtype " + Json.quote(name)));
  }

  /** A list of unsigned integers; unlike elsewhere, 2.0 is not one. */
  private static List<Long> sizes(JsonObject entry, String key, String what) {
    List<Long> sizes = new ArrayList<>();
    for (Object value : entry.list(key)) {
      if (!(value instanceof Long size) || size < 0) {
        throw new InvalidInputException(
            what + ": " + key + " must hold whole numbers from 0 up, but holds " + value);
      }
      sizes.add(size);
    }
    return sizes;
  }

  private static void checkTiling(Map<String, TensorInfo> tensors, long dataBytes, String file) {
    List<Map.Entry<String, TensorInfo>> inOrder = new ArrayList<>(tensors.entrySet());
    inOrder.sort(
        Comparator.comparingLong((Map.Entry<String, TensorInfo> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long position = 0;
    for (Map.Entry<String, TensorInfo> entry : inOrder) {
      long begin = entry.getValue().begin();
      if (begin != position) {
        String problem =
            begin < position
                ? ": its data begins at " + begin + ", inside another tensor's"
                : ": no tensor covers the " + (begin - position) + " bytes before its data";
        throw new InvalidInputException(what(file, entry.getKey()) + problem);
      }
      position = entry.getValue().end();
    }
    if (position > dataBytes) {
      throw new InvalidInputException(
          file
              + ": the file is truncated: its tensors take "
              + position
              + " bytes, but only "
              + dataBytes
              + " follow the header");
    }
    if (position < dataBytes) {
      throw new InvalidInputException(
          file + ": " + (dataBytes - position) + " bytes after the last tensor belong to none");
    }
  }
}
