package dev.gsig.onnx.internal.format;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads models and tensors ({@code onnx.proto}, messages {@code ModelProto} and {@code
 * TensorProto}). Fields that only document, and those that newer versions add, are passed over.
 */
public final class OnnxFile {
  /** Graphs within graphs; exporters nest two or three. */
  private static final int DEEPEST = 16;

  private final ExternalData external;

  private OnnxFile(ExternalData external) {
    this.external = external;
  }

  /**
   * Reads a model.
   *
   * @param file the file
   * @return the model
   * @throws InvalidInputException if it cannot be read or is not sound
   */
  public static ModelProto read(Path file) {
    ExternalData external = new ExternalData(file.toAbsolutePath().getParent());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE - 8) {
        throw new InvalidInputException("is larger than 2 GB; export with external data");
      }
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return new OnnxFile(external).model(new WireReader(bytes));
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  /**
   * Reads a model that needs no other file.
   *
   * @param bytes the model
   * @return the model
   * @throws InvalidInputException if it is not sound
   */
  public static ModelProto read(byte[] bytes) {
    return new OnnxFile(new ExternalData(null)).model(new WireReader(ByteBuffer.wrap(bytes)));
  }

  /**
   * Reads a tensor, as ONNX's own test cases have them.
   *
   * @param bytes a {@code TensorProto}
   * @return the tensor
   * @throws InvalidInputException if it is not sound
   */
  public static NdArray tensor(byte[] bytes) {
    return TensorReader.read(new WireReader(ByteBuffer.wrap(bytes)), new ExternalData(null))
        .value();
  }

  private ModelProto model(WireReader in) {
    Map<String, Long> opsets = new HashMap<>();
    GraphProto graph = null;
    boolean hasFunctions = false;
    while (in.next()) {
      switch (in.field()) {
        case 7 -> graph = graph(in.message(), 0);
        case 8 -> opset(in.message(), opsets);
        case 25 -> {
          hasFunctions = true;
          in.skip();
        }
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw WireReader.broken("it has no graph");
    }
    if (hasFunctions) {
      throw new InvalidInputException(
          "has functions of its own, which are not supported; inline them when exporting"
              + " (onnx.inliner.inline_local_functions)");
    }
    return new ModelProto(opsets, graph, external.files());
  }

  private static void opset(WireReader in, Map<String, Long> opsets) {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
  }

  private GraphProto graph(WireReader in, int depth) {
    if (depth > DEEPEST) {
      throw WireReader.broken("graphs are nested deeper than " + DEEPEST);
    }
    String name = "";
    List<NodeProto> nodes = new ArrayList<>();
    Map<String, NdArray> initializers = new LinkedHashMap<>();
    List<ValueProto> inputs = new ArrayList<>();
    List<ValueProto> outputs = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(node(in.message(), depth));
        case 2 -> name = in.text();
        case 5 -> {
          TensorReader.Named tensor = TensorReader.read(in.message(), external);
          if (initializers.put(tensor.name(), tensor.value()) != null) {
            throw WireReader.broken("two tensors have the name \"" + tensor.name() + "\"");
          }
        }
        case 11 -> inputs.add(value(in.message()));
        case 12 -> outputs.add(value(in.message()));
        case 15 -> throw new InvalidInputException("has sparse tensors, which are not supported");
        default -> in.skip();
      }
    }
    return new GraphProto(name, nodes, initializers, inputs, outputs);
  }

  private NodeProto node(WireReader in, int depth) {
    String name = "";
    String operator = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> {
          AttributeProto attribute = attribute(in.message(), depth);
          if (attributes.put(attribute.name(), attribute) != null) {
            throw WireReader.broken(
                "a node has two attributes with the name \"" + attribute.name() + "\"");
          }
        }
        case 7 -> domain = in.text();
        default -> in.skip();
      }
    }
    String own = domain.equals("ai.onnx") ? "" : domain;
    return new NodeProto(name, operator, own, inputs, outputs, attributes);
  }

  private AttributeProto attribute(WireReader in, int depth) {
    String name = "";
    long type = 0;
    Object value = null;
    Longs integers = new Longs();
    Longs floats = new Longs();
    List<String> texts = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> value = (double) in.single();
        case 3 -> value = in.integer();
        case 4 -> value = in.text();
        case 5 -> value = TensorReader.read(in.message(), external).value();
        case 6 -> value = graph(in.message(), depth + 1);
        case 7 -> in.fixed32(floats);
        case 8 -> in.integers(integers);
        case 9 -> texts.add(in.text());
        case 20 -> type = in.integer();
        default -> in.skip();
      }
    }
    Object given =
        switch ((int) Math.min(type, 99)) {
          case 1 -> value == null ? (Double) 0.0 : value;
          case 2 -> value == null ? (Long) 0L : value;
          case 3 -> value == null ? "" : value;
          case 6 -> singles(floats);
          case 7 -> integers.toArray();
          case 8 -> texts;
          default -> value;
        };
    if (given == null) {
      throw new InvalidInputException(
          "the attribute \"" + name + "\" is of a kind that is not supported (" + type + ")");
    }
    return new AttributeProto(name, given);
  }

  private static double[] singles(Longs bits) {
    long[] raw = bits.toArray();
    double[] values = new double[raw.length];
    for (int i = 0; i < raw.length; i++) {
      values[i] = Float.intBitsToFloat((int) raw[i]);
    }
    return values;
  }

  private static ValueProto value(WireReader in) {
    String name = "";
    ElementType[] type = new ElementType[1];
    List<String> dims = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> dims = type(in.message(), type);
        default -> in.skip();
      }
    }
    return new ValueProto(name, type[0], dims);
  }

  /**
   * The dimensions of {@code TypeProto}, if it is a tensor's; its element type goes to {@code
   * type}.
   */
  private static List<String> type(WireReader in, ElementType[] type) {
    List<String> dims = null;
    while (in.next()) {
      if (in.field() != 1) {
        in.skip();
        continue;
      }
      WireReader tensor = in.message();
      while (tensor.next()) {
        switch (tensor.field()) {
          case 1 -> type[0] = ElementType.of(tensor.integer());
          case 2 -> dims = dims(tensor.message());
          default -> tensor.skip();
        }
      }
    }
    return dims;
  }

  private static List<String> dims(WireReader in) {
    List<String> dims = new ArrayList<>();
    while (in.next()) {
      if (in.field() != 1) {
        in.skip();
        continue;
      }
      WireReader dim = in.message();
      String extent = "";
      while (dim.next()) {
        switch (dim.field()) {
          case 1 -> extent = Long.toString(dim.integer());
          case 2 -> extent = dim.text();
          default -> dim.skip();
        }
      }
      dims.add(extent);
    }
    return dims;
  }
}
