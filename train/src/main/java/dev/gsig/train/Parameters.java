package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.internal.WeightLayout;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that is trained, by name, in one float64 vector: what an optimizer changes, a
 * checkpoint keeps and a model is loaded from.
 */
public final class Parameters {
  /**
   * One tensor.
   *
   * @param name as in {@link WeightLayout}
   * @param shape dimensions
   * @param offset of its first value in the vector
   * @param size number of values
   */
  public record Entry(String name, List<Long> shape, int offset, int size) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final double[] values;

  /**
   * Parameters of these shapes, all 0.
   *
   * @param shapes by name; none may be {@link WeightLayout#ANY}
   */
  Parameters(Map<String, List<Integer>> shapes) {
    int offset = 0;
    for (Map.Entry<String, List<Integer>> e : shapes.entrySet()) {
      int size = e.getValue().stream().reduce(1, Math::multiplyExact);
      List<Long> shape = e.getValue().stream().map(Integer::longValue).toList();
      entries.put(e.getKey(), new Entry(e.getKey(), shape, offset, size));
      offset = Math.addExact(offset, size);
    }
    values = new double[offset];
  }

  /** The tensors, in the order of the vector. */
  public Collection<Entry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /** The tensor of this name. */
  public Entry entry(String name) {
    return entries.get(name);
  }

  /** The vector itself: what is written there is trained on. */
  public double[] values() {
    return values;
  }

  /** Replaces the values of one tensor. */
  public void set(String name, double[] rowMajor) {
    Entry e = entries.get(name);
    if (rowMajor.length != e.size) {
      throw new IllegalArgumentException(name + " has " + e.size + " values");
    }
    System.arraycopy(rowMajor, 0, values, e.offset, e.size);
  }

  /** The values of one tensor. */
  public double[] get(String name) {
    return read(name, values);
  }

  /** The values of one tensor in a vector that is as long as the parameters. */
  double[] read(String name, double[] vector) {
    Entry e = entries.get(name);
    return Arrays.copyOfRange(vector, e.offset, e.offset + e.size);
  }

  /** The name of the tensor that an index of the vector lies in. */
  String nameAt(int index) {
    return entries.values().stream()
        .filter(e -> index >= e.offset && index < e.offset + e.size)
        .findFirst()
        .orElseThrow()
        .name();
  }

  /**
   * Some of the tensors as a model reads them.
   *
   * @param names which
   * @param vector the values, as long as the parameters
   */
  TensorSource source(Collection<String> names, double[] vector) {
    return new View(Collections.unmodifiableSet(new LinkedHashSet<>(names)), vector);
  }

  private final class View implements TensorSource {
    private final Set<String> names;
    private final double[] vector;

    View(Set<String> names, double[] vector) {
      this.names = names;
      this.vector = vector;
    }

    @Override
    public Set<String> names() {
      return names;
    }

    @Override
    public DType dtype(String name) {
      return DType.F32;
    }

    @Override
    public List<Long> shape(String name) {
      return find(name).shape;
    }

    @Override
    public double[] read(String name) {
      return Parameters.this.read(find(name).name, vector);
    }

    private Entry find(String name) {
      if (!names.contains(name)) {
        throw new InvalidInputException("there is no parameter '" + name + "'");
      }
      return entries.get(name);
    }

    @Override
    public String source() {
      return "the trained parameters";
    }

    @Override
    public void close() {}
  }
}
