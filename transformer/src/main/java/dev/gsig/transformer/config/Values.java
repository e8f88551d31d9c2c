package dev.gsig.transformer.config;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.tensor.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Checked values of single keys. */
final class Values {
  /** No size of any model comes near; keeps products of two sizes within a long. */
  private static final int MAX_SIZE = 1 << 24;

  // Hugging Face's other names for the same functions.
  private static final Map<String, Activation> ALIASES =
      Map.of(
          "gelu_pytorch_tanh", Activation.GELU_NEW,
          "gelu_fast", Activation.GELU_NEW,
          "gelu_python", Activation.GELU,
          "swish", Activation.SILU);

  private Values() {}

  static int size(JsonObject object, String key, int smallest) {
    return size(object, key, smallest, MAX_SIZE);
  }

  /** A size that memory is taken for without a weight of that size in the file. */
  static int size(JsonObject object, String key, int smallest, int largest) {
    return checkSize(object, key, object.integer(key), smallest, largest);
  }

  static List<Integer> sizes(JsonObject object, String key) {
    List<Integer> sizes = object.integers(key);
    for (int i = 0; i < sizes.size(); i++) {
      checkSize(object, key + "[" + i + "]", sizes.get(i), 1, MAX_SIZE);
    }
    return sizes;
  }

  private static int checkSize(JsonObject object, String key, int size, int smallest, int largest) {
    if (size < smallest || size > largest) {
      throw object.invalid(key, "must be from " + smallest + " to " + largest + ", but is " + size);
    }
    return size;
  }

  static double positive(JsonObject object, String key) {
    double value = object.number(key);
    if (value <= 0) {
      throw object.invalid(key, "must be above 0, but is " + value);
    }
    return value;
  }

  /** The constant whose name the key holds. */
  static <E extends Enum<E>> E choice(
      JsonObject object, String key, Class<E> type, Function<E, String> name) {
    return choice(object, key, List.of(type.getEnumConstants()), name);
  }

  /** The constant, one of those given, whose name the key holds. */
  static <E> E choice(JsonObject object, String key, List<E> allowed, Function<E, String> name) {
    String text = object.string(key);
    List<String> names = new ArrayList<>();
    for (E constant : allowed) {
      if (name.apply(constant).equals(text)) {
        return constant;
      }
      names.add(name.apply(constant));
    }
    throw object.invalid(
        key, "must be one of " + String.join(", ", names) + ", but is " + Json.quote(text));
  }

  static <E extends Enum<E>> E choice(
      JsonObject object, String key, Class<E> type, Function<E, String> name, E fallback) {
    return object.has(key) ? choice(object, key, type, name) : fallback;
  }

  static Activation activation(JsonObject object, String key) {
    Activation alias = object.raw(key) instanceof String text ? ALIASES.get(text) : null;
    return alias != null ? alias : choice(object, key, Activation.class, Activation::configName);
  }

  /** The activation of a stack of dense layers: required if there is a layer, else null. */
  static Activation layerActivation(JsonObject object, List<Integer> hiddenSizes) {
    if (hiddenSizes.isEmpty()) {
      if (object.has("activation")) {
        activation(object, "activation");
      }
      return null;
    }
    if (!object.has("activation")) {
      throw object.invalid(
          "activation",
          "is missing; it must say which activation follows the hidden layers, one of "
              + String.join(
                  ", ", Arrays.stream(Activation.values()).map(Activation::configName).toList()));
    }
    return activation(object, "activation");
  }
}
