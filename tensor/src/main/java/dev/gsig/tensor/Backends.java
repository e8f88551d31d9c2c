package dev.gsig.tensor;

import java.util.List;
import java.util.ServiceLoader;

/** Finds backends by name. */
public final class Backends {
  /** Opens one kind of backend; found through {@link java.util.ServiceLoader}. */
  public interface Provider {
    /** Name as on the command line. */
    String name();

    /** True when the user should see it in a list of choices. */
    default boolean listed() {
      return true;
    }

    /**
     * True when {@code auto} is to take this backend on this machine; it is logged if it then does
     * not open.
     */
    default boolean preferred() {
      return false;
    }

    /**
     * Opens the backend on one of several devices, for the calling thread.
     *
     * @param device what stands behind the colon of {@code name:device}
     * @throws IllegalArgumentException if the backend knows no devices, or {@code device} names
     *     none
     * @throws UnsupportedOperationException as {@link #open()}
     */
    default Backend open(String device) {
      throw new IllegalArgumentException("backend '" + name() + "' has no devices to choose from");
    }

    /**
     * Opens the backend for the calling thread.
     *
     * @throws UnsupportedOperationException if this machine lacks what it needs; the message says
     *     what
     */
    Backend open();
  }

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
                .filter(Provider::listed)
                .map(Provider::name))
        .sorted()
        .toList();
  }

  /**
   * Opens a backend for the calling thread.
   *
   * @param name a name of {@link #names}, perhaps with a device behind a colon, {@code cuda:1};
   *     {@code auto} is the first preferred backend that opens, else {@value #DEFAULT}; one that
   *     does not is logged
   * @throws IllegalArgumentException if there is none of that name; the message lists the choices
   * @throws UnsupportedOperationException if this machine lacks what the backend needs
   */
  public static Backend open(String name) {
    if (name.equals(AUTO)) {
      return openAutomatically();
    }
    int colon = name.indexOf(':');
    String wanted = colon < 0 ? name : name.substring(0, colon);
    for (Provider p : providers()) {
      if (p.name().equals(wanted)) {
        return colon < 0 ? p.open() : p.open(name.substring(colon + 1));
      }
    }
    throw new IllegalArgumentException(
        "backend '" + name + "' is not known; choose one of " + String.join(", ", names()));
  }

  private static Backend openAutomatically() {
    for (Provider p : providers()) {
      if (p.preferred()) {
        try {
          return p.open();
        } catch (UnsupportedOperationException e) {
          fallingBack(p.name(), e.getMessage());
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

  private static ServiceLoader<Provider> providers() {
    return ServiceLoader.load(Provider.class, Backends.class.getClassLoader());
  }
}
