package dev.gsig.importer.internal.torch;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.importer.internal.family.Wrappers;
import dev.gsig.importer.internal.pickle.Opaque;
import dev.gsig.importer.internal.pickle.PickleReader;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the state dict, a map of names to tensors, in what a checkpoint holds. */
final class StateDict {
  private static final List<String> USUAL =
      List.of("state_dict", "model_state_dict", "model", "module", "net", "network", "weights");
  private static final int DEEPEST = 3;
  // What a module keeps beside its weights by get_extra_state.
  private static final String EXTRA_STATE = "_extra_state";

  private final String file;
  private final Map<String, Map<String, TorchTensor>> found = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();
  private final Set<String> skipped = new LinkedHashSet<>();

  private StateDict(String file) {
    this.file = file;
  }

  /**
   * The state dict: the whole, or the one at the usual key, or the only one in it.
   *
   * @param key where it is, parts joined with dots; null to search
   * @throws InvalidInputException if there is none or more than one, or if something among its
   *     tensors cannot be read: it may be a weight
   */
  static Map<String, TorchTensor> find(Object checkpoint, String key, String file) {
    StateDict search = new StateDict(file);
    search.collect(checkpoint, "", 0);
    Map<String, TorchTensor> chosen = search.choose(key);
    search.found.forEach(
        (path, tensors) -> {
          if (tensors == chosen && search.unreadable.containsKey(path)) {
            throw new InvalidInputException(
                file
                    + ": among its weights is "
                    + search.unreadable.get(path)
                    + ", which is no tensor; save the weights alone:"
                    + " torch.save(model.state_dict(), \"state_dict.pt\")");
          }
        });
    return chosen;
  }

  private void collect(Object value, String path, int depth) {
    if (value instanceof Opaque opaque) {
      skipped.add(opaque.toString());
    }
    if (!(value instanceof Map<?, ?> map) || depth > DEEPEST) {
      return;
    }
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    map.forEach(
        (name, item) -> {
          if (name instanceof String text && item instanceof TorchTensor tensor) {
            tensors.put(text, tensor);
          } else if (item instanceof Opaque opaque) {
            skipped.add(opaque.toString());
            if (!String.valueOf(name).endsWith(EXTRA_STATE)) {
              unreadable.putIfAbsent(
                  path, PickleReader.shown(String.valueOf(name)) + " (" + opaque + ")");
            }
          } else if (name instanceof String text) {
            collect(item, path.isEmpty() ? text : path + "." + text, depth + 1);
          }
        });
    if (!tensors.isEmpty()) {
      found.put(path, tensors);
    }
  }

  private Map<String, TorchTensor> choose(String key) {
    if (key != null) {
      Map<String, TorchTensor> chosen = found.get(key);
      if (chosen == null) {
        throw new InvalidInputException(
            file + ": has no state dict at " + PickleReader.shown(key) + "; there are " + places());
      }
      return chosen;
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          file
              + ": holds no tensors by name"
              + (skipped.isEmpty()
                  ? ""
                  : ", but " + String.join(", ", skipped.stream().limit(3).toList()))
              + "; write the file with torch.save(model.state_dict(), FILE)");
    }
    Map<String, TorchTensor> usual = usual();
    if (usual != null && found.values().stream().noneMatch(other -> isRival(usual, other))) {
      return usual;
    }
    throw new InvalidInputException(
        file + ": holds more than one state dict; choose one with --key: " + places());
  }

  /** The whole, or the one at the usual key, or the only one; null if none stands out. */
  private Map<String, TorchTensor> usual() {
    if (found.containsKey("") && found.get("").size() > 1) {
      return found.get("");
    }
    for (String usual : USUAL) {
      if (found.containsKey(usual)) {
        return found.get(usual);
      }
    }
    return found.size() == 1 ? found.values().iterator().next() : null;
  }

  /**
   * Whether another state dict is of the same model: averaged weights, those of the best epoch, a
   * teacher's. Which of them the user means cannot be told.
   */
  private static boolean isRival(Map<String, TorchTensor> chosen, Map<String, TorchTensor> other) {
    Set<String> names = chosen.keySet().stream().map(Wrappers::without).collect(Collectors.toSet());
    return other != chosen
        && other.keySet().stream().map(Wrappers::without).anyMatch(names::contains);
  }

  private String places() {
    List<String> names =
        found.keySet().stream()
            .limit(8)
            .map(path -> path.isEmpty() ? "the whole" : PickleReader.shown(path))
            .toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
