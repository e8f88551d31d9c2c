package dev.gsig.attribution.path;

import java.util.List;

/** The default options of a path, but for one. */
final class PathSettings {
  private PathSettings() {}

  static PathOptions steps(PathMethod method, int steps) {
    PathOptions d = PathOptions.DEFAULT;
    PathOptions options =
        new PathOptions(steps, d.quadrature(), d.tolerance(), d.theta(), d.search(), 1, 0, null);
    options.requireUsedBy(List.of(method));
    return options;
  }

  static PathOptions sampling(PathMethod method, int permutations, long seed) {
    PathOptions d = PathOptions.DEFAULT;
    PathOptions.Sampling sampling = new PathOptions.Sampling(permutations, seed);
    PathOptions options =
        new PathOptions(
            d.steps(),
            d.quadrature(),
            d.tolerance(),
            d.theta(),
            d.search(),
            1,
            0,
            null,
            sampling,
            false);
    options.requireUsedBy(List.of(method));
    return options;
  }
}
