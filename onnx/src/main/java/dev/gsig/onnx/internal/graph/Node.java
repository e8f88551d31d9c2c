package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.tensor.NdArray;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A node while its operator is made of it: gives the attributes, and afterwards knows which nobody
 * asked for.
 */
public final class Node {
  private final NodeProto proto;
  private final long opset;
  private final Map<String, Plan> graphs;
  private final Set<String> read = new HashSet<>();

  Node(NodeProto proto, long opset, Map<String, Plan> graphs) {
    this.proto = proto;
    this.opset = opset;
    this.graphs = graphs;
  }

  /** The operator's name. */
  public String operator() {
    return proto.operator();
  }

  /** The version of the operators that the model asks for. */
  public long opset() {
    return opset;
  }

  /** How many inputs are named, those included that are left out. */
  public int inputs() {
    return proto.inputs().size();
  }

  /** How many outputs are named. */
  public int outputs() {
    return proto.outputs().size();
  }

  /**
   * Whether an optional input is given.
   *
   * @param index its index
   * @return whether there is one
   */
  public boolean hasInput(int index) {
    return index < inputs() && !proto.inputs().get(index).isEmpty();
  }

  /**
   * Checks how many inputs there are.
   *
   * @param fewest how many must be given
   * @param most how many there may be
   * @throws InvalidInputException if there are others
   */
  public void takes(int fewest, int most) {
    for (int i = 0; i < fewest; i++) {
      if (!hasInput(i)) {
        throw new InvalidInputException("input " + (i + 1) + " of " + fewest + " is missing");
      }
    }
    if (inputs() > most) {
      throw new InvalidInputException("has " + inputs() + " inputs and takes at most " + most);
    }
  }

  private <T> T attribute(String name, Class<T> kind, T otherwise) {
    read.add(name);
    AttributeProto attribute = proto.attributes().get(name);
    if (attribute == null) {
      return otherwise;
    }
    if (!kind.isInstance(attribute.value())) {
      throw new InvalidInputException("the attribute \"" + name + "\" is of the wrong kind");
    }
    return kind.cast(attribute.value());
  }

  /**
   * Whether an attribute is given.
   *
   * @param name its name
   * @return whether it is
   */
  public boolean has(String name) {
    return proto.attributes().containsKey(name);
  }

  /**
   * A whole number.
   *
   * @param name the attribute
   * @param otherwise what it is when it is not given
   * @return its value
   */
  public long integer(String name, long otherwise) {
    return attribute(name, Long.class, otherwise);
  }

  /**
   * Whether a number is not zero.
   *
   * @param name the attribute
   * @param otherwise what it is when it is not given
   * @return whether it is set
   */
  public boolean flag(String name, boolean otherwise) {
    return integer(name, otherwise ? 1 : 0) != 0;
  }

  /**
   * A number.
   *
   * @param name the attribute
   * @param otherwise what it is when it is not given
   * @return its value
   */
  public double number(String name, double otherwise) {
    return attribute(name, Double.class, otherwise);
  }

  /**
   * Text.
   *
   * @param name the attribute
   * @param otherwise what it is when it is not given
   * @return its value
   */
  public String text(String name, String otherwise) {
    return attribute(name, String.class, otherwise);
  }

  /**
   * One of several words.
   *
   * @param name the attribute
   * @param words what it may be; the first one when it is not given
   * @return its value
   * @throws InvalidInputException if it is another one
   */
  public String word(String name, String... words) {
    String word = text(name, words[0]);
    if (!List.of(words).contains(word)) {
      throw new InvalidInputException(
          "\"" + name + "\" is \"" + word + "\", not " + List.of(words));
    }
    return word;
  }

  /**
   * Refuses a value that is not computed here.
   *
   * @param name the attribute
   * @param only the only value that is
   * @throws InvalidInputException if it is another one
   */
  public void only(String name, long only) {
    long given = integer(name, only);
    if (given != only) {
      throw new InvalidInputException("\"" + name + "\" " + given + " is not supported");
    }
  }

  /**
   * Whole numbers.
   *
   * @param name the attribute
   * @return its values, or null when it is not given
   */
  public long[] integers(String name) {
    return attribute(name, long[].class, null);
  }

  /**
   * Numbers.
   *
   * @param name the attribute
   * @return its values, or null when it is not given
   */
  public double[] numbers(String name) {
    return attribute(name, double[].class, null);
  }

  /**
   * Words.
   *
   * @param name the attribute
   * @return its values, or null when it is not given
   */
  public List<?> texts(String name) {
    return attribute(name, List.class, null);
  }

  /**
   * A tensor.
   *
   * @param name the attribute
   * @return its value, or null when it is not given
   */
  public NdArray tensor(String name) {
    return attribute(name, NdArray.class, null);
  }

  /**
   * A graph, whose inputs from around it have become inputs of this node: {@link #capturedFrom}
   * says from which one on.
   *
   * @param name the attribute
   * @return the graph
   * @throws InvalidInputException if it is not given
   */
  public Plan graph(String name) {
    read.add(name);
    Plan graph = graphs.get(name);
    if (graph == null) {
      throw new InvalidInputException("the graph \"" + name + "\" is missing");
    }
    return graph;
  }

  /**
   * Where among the node's inputs those begin that a graph takes from around it: behind the node's
   * own, graph by graph.
   *
   * @param name the attribute
   * @return the index of the first one
   */
  public int capturedFrom(String name) {
    int from = inputs();
    for (Map.Entry<String, Plan> graph : graphs.entrySet()) {
      if (graph.getKey().equals(name)) {
        break;
      }
      from += graph.getValue().captured().size();
    }
    return from;
  }

  /** Refuses attributes that the operator did not ask for. */
  void requireAllRead() {
    for (String name : proto.attributes().keySet()) {
      if (!read.contains(name)) {
        throw new InvalidInputException(
            "the attribute \"" + name + "\" is not known in version " + opset);
      }
    }
  }
}
