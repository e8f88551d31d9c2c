package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Several sources as one. */
final class JoinedTensors implements TensorSource {
  private record Place(TensorSource source, String name) {}

  private final String name;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final List<TensorSource> sources = new ArrayList<>();

  /**
   * Starts without a source.
   *
   * @param name what messages call the whole
   */
  JoinedTensors(String name) {
    this.name = name;
  }

  /** Takes over a source; tensors of it are put in one by one. */
  void own(TensorSource source) {
    sources.add(source);
  }

  /** Puts a tensor of a source in. */
  void put(String as, TensorSource source, String original) {
    if (!source.names().contains(original)) {
      throw new InvalidInputException(
          source.source() + ": tensor " + Json.quote(original) + " is missing");
    }
    places.put(as, new Place(source, original));
  }

  private Place place(String tensor) {
    Place place = places.get(tensor);
    if (place == null) {
      throw new InvalidInputException(name + ": tensor " + Json.quote(tensor) + " is missing");
    }
    return place;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(places.keySet());
  }

  @Override
  public DType dtype(String tensor) {
    return place(tensor).source().dtype(place(tensor).name());
  }

  @Override
  public List<Long> shape(String tensor) {
    return place(tensor).source().shape(place(tensor).name());
  }

  @Override
  public double[] read(String tensor) {
    return place(tensor).source().read(place(tensor).name());
  }

  @Override
  public String source() {
    return name;
  }

  @Override
  public void close() {
    sources.forEach(TensorSource::close);
  }
}
