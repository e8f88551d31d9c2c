package dev.gsig.onnx.internal.format;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads {@code TensorProto}: values in one of its lists, in {@code raw_data}, or in a file beside
 * the model.
 */
final class TensorReader {
  /**
   * A tensor and what it is called.
   *
   * @param name its name, maybe empty
   * @param value its elements
   */
  record Named(String name, NdArray value) {}

  private final ExternalData external;

  private String name = "";
  private final Longs dims = new Longs();
  private long code;
  private ByteBuffer raw;
  private final Longs integers = new Longs();
  private final Longs floats = new Longs();
  private final Longs doubles = new Longs();
  private final Map<String, String> outside = new HashMap<>();
  private boolean isOutside;

  private TensorReader(ExternalData external) {
    this.external = external;
  }

  /**
   * Reads a tensor.
   *
   * @param in the message
   * @param external where values outside of the file are found
   * @return the tensor
   * @throws InvalidInputException if it is not sound or of a type that is not supported
   */
  static Named read(WireReader in, ExternalData external) {
    TensorReader reader = new TensorReader(external);
    reader.fields(in);
    try {
      return new Named(reader.name, reader.value());
    } catch (InvalidInputException e) {
      throw new InvalidInputException("tensor \"" + reader.name + "\": " + e.getMessage(), e);
    }
  }

  private void fields(WireReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(dims);
        case 2 -> code = in.integer();
        case 4 -> in.fixed32(floats);
        case 5, 7, 11 -> in.integers(integers);
        case 8 -> name = in.text();
        case 9 -> raw = in.bytes();
        case 10 -> in.fixed64(doubles);
        case 13 -> entry(in.message());
        case 14 -> isOutside = in.integer() == 1;
        default -> in.skip();
      }
    }
  }

  private void entry(WireReader in) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> in.skip();
      }
    }
    outside.put(key, value);
  }

  private NdArray value() {
    ElementType type = ElementType.of(code);
    if (dims.size() > 64) {
      throw WireReader.broken("a tensor has " + dims.size() + " dimensions");
    }
    long[] extents = dims.toArray();
    long bits = type.bits();
    for (long extent : extents) {
      if (extent < 0 || (extent > 0 && bits > Long.MAX_VALUE / 16 / extent)) {
        throw WireReader.broken("the extents of a tensor are not possible");
      }
      bits *= extent;
    }
    long bytes = (bits + 7) / 8;
    ByteBuffer data = isOutside ? external.read(outside, bytes) : raw;
    if (data != null && data.remaining() != bytes) {
      throw WireReader.broken(
          "a tensor of " + bytes + " bytes has " + data.remaining() + " bytes of values");
    }
    if (data == null) {
      long listed = listed(type).size();
      long elements = type.bits() < 8 ? bytes : bits / type.bits();
      if (listed != elements) {
        throw WireReader.broken("a tensor of " + elements + " values has " + listed);
      }
    }
    int[] shape = Shapes.of(extents);
    int size = Shapes.size(shape);
    return array(
        type, data == null ? unpack(type, listed(type), size) : unpack(type, data, size), shape);
  }

  /** The list that holds values of a type. */
  private Longs listed(ElementType type) {
    return switch (type) {
      case FLOAT -> floats;
      case DOUBLE -> doubles;
      default -> integers;
    };
  }

  private static long[] unpack(ElementType type, Longs values, int size) {
    long[] listed = values.toArray();
    if (type.bits() >= 8) {
      return listed;
    }
    byte[] bytes = new byte[listed.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) listed[i];
    }
    return unpack(type, ByteBuffer.wrap(bytes), size);
  }

  private static long[] unpack(ElementType type, ByteBuffer data, int size) {
    ByteBuffer in = data.order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[size];
    int bits = type.bits();
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (bits) {
            case 64 -> in.getLong();
            case 32 -> in.getInt();
            case 16 -> in.getShort();
            case 8 -> in.get();
            default -> in.get(i * bits / 8) >> (i * bits % 8);
          };
    }
    return values;
  }

  private static NdArray array(ElementType type, long[] raw, int[] shape) {
    if (!type.isFloating()) {
      for (int i = 0; i < raw.length; i++) {
        raw[i] = type.wrap(raw[i]);
      }
      return NdArray.of(type, raw, shape);
    }
    double[] values = new double[raw.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.decode(raw[i]);
    }
    return NdArray.of(type, values, shape);
  }
}
