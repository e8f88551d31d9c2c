package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.internal.family.Derived;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a model folder, computed from a checkpoint as they are read. */
final class DerivedTensors implements TensorSource {
  private final TensorSource in;
  private final Map<String, Derived> tensors;

  DerivedTensors(TensorSource in, Map<String, Derived> tensors) {
    this.in = in;
    this.tensors = tensors;
  }

  private Derived tensor(String name) {
    Derived tensor = tensors.get(name);
    if (tensor == null) {
      throw new InvalidInputException(source() + ": tensor " + Json.quote(name) + " is missing");
    }
    return tensor;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public DType dtype(String name) {
    return tensor(name).dtype();
  }

  @Override
  public List<Long> shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public double[] read(String name) {
    return tensor(name).values().get();
  }

  @Override
  public String source() {
    return in.source();
  }

  @Override
  public void close() {
    in.close();
  }
}
