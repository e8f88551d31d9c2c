package dev.gsig.tensor;

import java.util.List;
import java.util.ServiceLoader;

/** Finds backends by name. */
public final class Backends {
  /** The backend used unless another one is asked for. */
  public static final String DEFAULT = "simd";

  /** Leaves the choice to the machine. */
  public static final String AUTO = "auto";

  private Backends() {}

  /** Names that can be asked for, {@code auto} included, in alphabetical order. */
  public static List<String> names() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(AUTO),
            providers().stream()
                .map(ServiceLoader.Provider::get)
                .filter(BackendProvider::listed)
                .map(BackendProvider::name))
        .sorted()
        .toList();
  }

  /**
   * Opens a backend for the calling thread.
   *
   * @param name a name of {@link #names}, perhaps with a device behind a colon, {@code cuda:1};
   *     {@code auto} is the first preferred backend that can be had, else {@value #DEFAULT}; one
   *     that cannot although it should is logged
   * @throws IllegalArgumentException if there is none of that name; the message lists the choices
   * @throws UnsupportedOperationException if this machine lacks what the backend needs
   */
  public static Backend open(String name) {
    if (name.equals(AUTO)) {
      return openAutomatically();
    }
    int colon = name.indexOf(':');
    String wanted = colon < 0 ? name : name.substring(0, colon);
    for (BackendProvider p : providers()) {
      if (p.name().equals(wanted)) {
        return colon < 0 ? p.open() : p.open(name.substring(colon + 1));
      }
    }
    throw new IllegalArgumentException(
        "backend '" + name + "' is not known; choose one of " + String.join(", ", names()));
  }

  private static Backend openAutomatically() {
    for (BackendProvider p : providers()) {
      if (p.preferred()) {
        try {
          return p.open();
        } catch (BackendUnavailableException e) {
          if (!e.isExpected()) {
            fallingBack(p.name(), e.getMessage());
          }
        }
      }
    }
    return open(DEFAULT);
  }

  /** Logs that {@value #DEFAULT} takes the place of a backend that {@code auto} would prefer. */
  public static void fallingBack(String name, String reason) {
    System.getLogger(Backends.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "gsig: not using {0}: {1}; {2} goes on",
            name,
            reason,
            DEFAULT);
  }

  private static ServiceLoader<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader());
  }
}
