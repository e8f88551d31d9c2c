package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Hugging Face's configuration classes call the keys of a model folder, with the defaults that
 * their documentation gives. A default holds only where {@code model_type} or {@code architectures}
 * say that a configuration of Hugging Face is there, and is printed; else the key is asked for as
 * always. What a configuration asks for and no block does is refused by its key.
 */
final class HuggingFaceKeys {
  private final Draft draft;
  private final Map<String, Object> config;

  HuggingFaceKeys(Draft draft) {
    this.draft = draft;
    this.config = draft.options().config();
  }

  /** True if the configuration's {@code model_type} is one of these. */
  static boolean isOf(Draft draft, List<String> types) {
    return draft.options().config().get("model_type") instanceof String type
        && types.contains(type);
  }

  /** True if no {@code model_type} tells of another family. */
  static boolean isUntold(Draft draft) {
    return draft.options().config().get("model_type") == null;
  }

  /** True if one of the model's classes has a name that ends so. */
  boolean isClass(String... ends) {
    if (config.get("architectures") instanceof List<?> names) {
      for (String end : ends) {
        if (names.stream().anyMatch(name -> name instanceof String text && text.endsWith(end))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isHuggingFace() {
    return draft.options().gives("model_type") || draft.options().gives("architectures");
  }

  /**
   * Takes the value of a key for one of ours.
   *
   * @param fallback Hugging Face's default; null for none
   * @return this
   */
  HuggingFaceKeys take(String theirs, String ours, Object fallback) {
    Object value = config.get(theirs);
    if (!theirs.equals(ours)) {
      draft.drop(theirs);
    }
    if (value != null) {
      draft.fact(ours, value);
    } else if (fallback != null && isHuggingFace()) {
      draft.assume(ours, fallback, "Hugging Face's default");
    }
    return this;
  }

  /** Takes a key that both call alike, or else the default of theirs. */
  HuggingFaceKeys take(String key, Object fallback) {
    return take(key, key, fallback);
  }

  /**
   * Refuses a value that would change the numbers.
   *
   * @param allowed what the key may hold, its default among it; null is always allowed
   * @throws InvalidInputException naming the key
   */
  HuggingFaceKeys require(String key, Object... allowed) {
    Object value = config.get(key);
    if (value != null && !List.of(allowed).contains(value)) {
      throw unsupported(key, value);
    }
    return this;
  }

  private InvalidInputException unsupported(String key, Object value) {
    return new InvalidInputException(
        draft.source()
            + ": "
            + Json.quote(key)
            + " of its configuration is "
            + Json.write(value)
            + ", which is not supported");
  }

  /** A whole number above 0, or null where the key is absent or null. */
  Long whole(String key) {
    Object value = config.get(key);
    if (value == null || (value instanceof Long number && number > 0)) {
      return (Long) value;
    }
    throw new InvalidInputException(
        draft.source()
            + ": "
            + Json.quote(key)
            + " of its configuration must be a whole number above 0, but is "
            + Json.write(value));
  }

  /** Whether the key says so; a fallback where it is absent. */
  boolean is(String key, boolean fallback) {
    return config.get(key) == null ? fallback : Boolean.TRUE.equals(config.get(key));
  }

  /**
   * What a key holds that Hugging Face's class has a default for.
   *
   * @return the default where it is absent, null where it is null
   */
  Object orDefault(String key, Object fallback) {
    return config.containsKey(key) || !isHuggingFace() ? config.get(key) : fallback;
  }

  /**
   * Rotary positions of one base: {@code rope_theta}, or {@code rope_parameters} of version 5; over
   * a part of each head where {@code partial_rotary_factor} says so.
   *
   * @param fallback Hugging Face's default base
   * @throws InvalidInputException if the angles are scaled in any way
   */
  void rotary(double fallback) {
    Map<?, ?> parameters = map("rope_parameters");
    requireUnscaled("rope_parameters", parameters);
    requireUnscaled("rope_scaling", map("rope_scaling"));
    Object theta = first(parameters.get("rope_theta"), config.get("rope_theta"));
    Map<String, Object> rotary = new LinkedHashMap<>();
    boolean told = config.get("rotary") instanceof Map<?, ?> ours && ours.get("theta") != null;
    if (theta != null) {
      rotary.put("theta", theta);
    } else if (!told && isHuggingFace()) {
      rotary.put("theta", fallback);
      draft.note("rotary.theta", fallback + " (Hugging Face's default)");
    } else if (!told) {
      draft.ask("rotary.theta", "the base of the rotary positions, for example 10000");
    }
    Object part =
        first(parameters.get("partial_rotary_factor"), config.get("partial_rotary_factor"));
    if (part != null && !(part instanceof Number number && number.doubleValue() == 1)) {
      throw unsupported("partial_rotary_factor", part);
    }
    draft.fact("rotary", rotary);
  }

  /** The base of the angles of one kind of layers, as version 5 writes it or else as before. */
  Object theta(String kind, String key, Object fallback) {
    Map<?, ?> all = map("rope_parameters");
    Map<?, ?> own = all.get(kind) instanceof Map<?, ?> inner ? inner : Map.of();
    requireUnscaled("rope_parameters", own);
    return first(own.get("rope_theta"), orDefault(key, fallback));
  }

  private Map<?, ?> map(String key) {
    return config.get(key) instanceof Map<?, ?> object ? object : Map.of();
  }

  private void requireUnscaled(String key, Map<?, ?> parameters) {
    Object type = first(parameters.get("rope_type"), parameters.get("type"));
    if (type != null && !type.equals("default")) {
      throw unsupported(key, parameters);
    }
  }

  private static Object first(Object one, Object other) {
    return one != null ? one : other;
  }
}
