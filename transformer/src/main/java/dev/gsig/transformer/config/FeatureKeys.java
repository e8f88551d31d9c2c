package dev.gsig.transformer.config;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tabular values that a model reads: {@code tabular.features}. */
final class FeatureKeys {
  private FeatureKeys() {}

  /** At least one value, each of a name of its own. */
  static List<Tabular.Feature> read(JsonObject tabular) {
    List<Tabular.Feature> features =
        tabular.objects("features").stream().map(FeatureKeys::feature).toList();
    if (features.isEmpty()) {
      throw tabular.invalid(
          "features", "must name at least one feature; leave tabular out if there is none");
    }
    Set<String> names = new HashSet<>();
    for (Tabular.Feature feature : features) {
      if (!names.add(feature.name())) {
        throw tabular.invalid(
            "features", "names " + Json.quote(feature.name()) + " twice; remove one");
      }
    }
    return features;
  }

  private static Tabular.Feature feature(JsonObject feature) {
    ConfigKeys.checkOnly(feature, List.of("name", "mean", "std"));
    String name = feature.string("name");
    if (name.isBlank()) {
      throw feature.invalid("name", "must not be empty");
    }
    return new Tabular.Feature(name, feature.number("mean"), Values.positive(feature, "std"));
  }
}
