package dev.gsig.tensor;

import java.util.List;
import java.util.ServiceLoader;

/** Finds backends by name. */
public final class Backends {
  /** The backend used unless another one is asked for. */
  public static final String DEFAULT = "simd";

  private Backends() {}

  /** Names that can be asked for, {@code auto} included, in alphabetical order. */
  public static List<String> names() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of("auto"),
            ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(BackendProvider::listed)
                .map(BackendProvider::name))
        .sorted()
        .toList();
  }

  /**
   * Opens a backend for the calling thread.
   *
   * @param name a name of {@link #names}; {@code auto} is {@value #DEFAULT}
   * @throws IllegalArgumentException if there is none of that name; the message lists the choices
   * @throws UnsupportedOperationException if this machine lacks what the backend needs
   */
  public static Backend open(String name) {
    String wanted = name.equals("auto") ? DEFAULT : name;
    for (BackendProvider p :
        ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())) {
      if (p.name().equals(wanted)) {
        return p.open();
      }
    }
    throw new IllegalArgumentException(
        "backend '" + name + "' is not known; choose one of " + String.join(", ", names()));
  }
}
