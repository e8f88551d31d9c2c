package dev.gsig.service;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** The models that are served, by name; each may be loaded anew while others use it. */
final class ServedModels implements AutoCloseable {
  private record Slot(ModelSource source, AtomicReference<ServedModel> current) {}

  private final ExplainOptions options;
  private final Map<String, Slot> slots = new LinkedHashMap<>();

  /**
   * Loads all of them.
   *
   * @param sources by name, in order
   * @throws InvalidInputException if one cannot be loaded
   */
  ServedModels(Map<String, ModelSource> sources, ExplainOptions options) {
    this.options = options;
    sources.forEach(
        (name, source) -> {
          ServedModel model = ServedModel.load(name, source, options);
          slots.put(name, new Slot(source, new AtomicReference<>(model)));
        });
  }

  List<String> names() {
    return new ArrayList<>(slots.keySet());
  }

  /**
   * Uses a model, which stays as it is meanwhile.
   *
   * @param name null for the only one
   * @throws Refusal 404 if there is none of that name, 400 if none is named and there are several
   */
  <R> R use(String name, Function<ServedModel, R> use) {
    Slot slot = slot(name);
    ServedModel model = slot.current().get();
    while (!model.hold()) {
      model = slot.current().get(); // replaced since
    }
    try {
      return use.apply(model);
    } finally {
      model.letGo();
    }
  }

  private Slot slot(String name) {
    String wanted = name == null && slots.size() == 1 ? names().get(0) : name;
    if (wanted == null) {
      throw new Refusal(400, "say which model: model=" + String.join(" or model=", names()));
    }
    Slot slot = slots.get(wanted);
    if (slot == null) {
      throw new Refusal(404, "there is no model " + wanted + ", but " + String.join(", ", names()));
    }
    return slot;
  }

  /**
   * Loads a model's folder anew. Requests that came before are answered by the one before.
   *
   * @throws Refusal as {@link #use}; 409 if the folder cannot be loaded, and all stays as it is
   */
  void reload(String name) {
    Slot slot = slot(name);
    synchronized (slot) { // one at a time: each takes memory
      ServedModel next;
      try {
        next = ServedModel.load(slot.current().get().name(), slot.source(), options);
      } catch (InvalidInputException e) {
        throw new Refusal(409, "the model was not replaced: " + e.getMessage());
      }
      slot.current().getAndSet(next).letGo();
    }
  }

  @Override
  public void close() {
    slots.values().forEach(slot -> slot.current().get().letGo());
  }
}
