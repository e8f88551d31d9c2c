package dev.gsig.bench.onnx;

import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The float32 initializers of an ONNX model: those with a name of their own under that name, the
 * anonymous right operands of matrix products, {@code [in, out]}, under the name of their node.
 *
 * <p>ONNX is a protocol buffer (onnx.proto): ModelProto.graph = 7; GraphProto.node = 1,
 * .initializer = 5; NodeProto.input = 1, .name = 3, .op_type = 4; TensorProto.dims = 1, .data_type
 * = 2, .name = 8, .raw_data = 9.
 */
final class OnnxWeights {
  private static final int FLOAT = 1;

  private final Map<String, NamedTensor> initializers = new LinkedHashMap<>();
  private final Map<String, String> nodeByOperand = new HashMap<>();

  private OnnxWeights() {}

  static Map<String, NamedTensor> read(byte[] model) {
    OnnxWeights weights = new OnnxWeights();
    fields(
        ByteBuffer.wrap(model),
        (field, value) -> {
          if (field == 7) {
            fields((ByteBuffer) value, weights::graph);
          }
        });
    Map<String, NamedTensor> named = new LinkedHashMap<>();
    weights.initializers.forEach(
        (name, tensor) -> named.put(weights.nodeByOperand.getOrDefault(name, name), tensor));
    return named;
  }

  private void graph(int field, Object value) {
    if (field == 1) {
      node((ByteBuffer) value);
    } else if (field == 5) {
      initializer((ByteBuffer) value);
    }
  }

  private void node(ByteBuffer node) {
    List<String> inputs = new ArrayList<>();
    String[] nameAndType = new String[2];
    fields(
        node,
        (field, value) -> {
          switch (field) {
            case 1 -> inputs.add(text(value));
            case 3 -> nameAndType[0] = text(value);
            case 4 -> nameAndType[1] = text(value);
            default -> {}
          }
        });
    if ("MatMul".equals(nameAndType[1]) && inputs.get(1).startsWith("onnx::")) {
      nodeByOperand.put(inputs.get(1), nameAndType[0]);
    }
  }

  private void initializer(ByteBuffer tensor) {
    List<Long> dims = new ArrayList<>();
    String[] name = new String[1];
    ByteBuffer[] data = new ByteBuffer[1];
    long[] type = new long[1];
    fields(
        tensor,
        (field, value) -> {
          switch (field) {
            case 1 -> {
              if (value instanceof Long dim) {
                dims.add(dim);
              } else {
                ByteBuffer packed = (ByteBuffer) value;
                while (packed.hasRemaining()) {
                  dims.add(varint(packed));
                }
              }
            }
            case 2 -> type[0] = (Long) value;
            case 8 -> name[0] = text(value);
            case 9 -> data[0] = (ByteBuffer) value;
            default -> {}
          }
        });
    if (type[0] == FLOAT && data[0] != null) {
      ByteBuffer floats = data[0].order(ByteOrder.LITTLE_ENDIAN);
      double[] values = new double[floats.remaining() / Float.BYTES];
      for (int i = 0; i < values.length; i++) {
        values[i] = floats.getFloat();
      }
      initializers.put(name[0], new NamedTensor(DType.F32, dims, values));
    }
  }

  private static String text(Object value) {
    return StandardCharsets.UTF_8.decode(((ByteBuffer) value).duplicate()).toString();
  }

  /** Calls back for each field: a Long for numbers, a buffer for everything with a length. */
  private static void fields(ByteBuffer message, BiConsumer<Integer, Object> consumer) {
    while (message.hasRemaining()) {
      long key = varint(message);
      int field = (int) (key >>> 3);
      switch ((int) (key & 7)) {
        case 0 -> consumer.accept(field, varint(message));
        case 1 -> message.position(message.position() + Long.BYTES);
        case 5 -> message.position(message.position() + Integer.BYTES);
        case 2 -> {
          int length = (int) varint(message);
          consumer.accept(field, message.slice(message.position(), length));
          message.position(message.position() + length);
        }
        default -> throw new IllegalStateException("not a protocol buffer");
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
