package dev.gsig.service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which path leads where. */
final class Routes {
  /** Answers requests of one pattern. */
  interface Handler {
    /**
     * Answers.
     *
     * @param name what stands in the place of {@code {name}}; null if the pattern has none
     * @throws IOException if the request does not arrive
     */
    Answer answer(Request request, String name) throws IOException;
  }

  /**
   * A route.
   *
   * @param pattern a path, in which one part may be {@code {name}}
   * @param open whether it needs no token, for nothing of patients or models is in it
   */
  record Route(String method, String pattern, boolean open, Handler handler) {
    private static final String NAME = "{name}";

    /** Whether a path is of this pattern. */
    boolean matches(String path) {
      String[] parts = path.split("/", -1);
      String[] wanted = pattern.split("/", -1);
      boolean alike = parts.length == wanted.length;
      for (int i = 0; alike && i < parts.length; i++) {
        alike = wanted[i].equals(NAME) ? !parts[i].isEmpty() : wanted[i].equals(parts[i]);
      }
      return alike;
    }

    /** What stands in the name's place in a path of this pattern; null if it has none. */
    String name(String path) {
      int at = List.of(pattern.split("/", -1)).indexOf(NAME);
      return at < 0 ? null : path.split("/", -1)[at];
    }
  }

  private final List<Route> all = new ArrayList<>();

  void add(String method, String pattern, Handler handler) {
    all.add(new Route(method, pattern, false, handler));
  }

  void addOpen(String method, String pattern, Handler handler) {
    all.add(new Route(method, pattern, true, handler));
  }

  List<Route> all() {
    return List.copyOf(all);
  }

  /** The route of a path; null if there is none. */
  Route of(String path) {
    return all.stream().filter(route -> route.matches(path)).findFirst().orElse(null);
  }
}
