package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.ValueBaseline;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link ExplainOptions} as a side file has them, every number in full. */
final class OptionsJson {
  private OptionsJson() {}

  /** What the side file holds. */
  static Map<String, Object> write(ExplainOptions options) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("methods", options.methods().stream().map(PathMethod::label).toList());
    PathOptions path = options.path();
    json.put("steps", path.steps());
    json.put("quadrature", path.quadrature().label());
    json.put("tolerance", path.tolerance());
    json.put("theta", thetas(path.theta()));
    json.put("theta_search", path.search().label());
    if (path.sharedAttribution()) {
      json.put("attribution", "shared");
    }
    json.put("lambda_group", path.lambdaGroup());
    json.put("lambda_l1", path.lambdaL1());
    json.put("sequence_baseline", options.sequenceBaseline().label());
    json.put("tabular_baseline", options.tabularBaseline().label());
    if (options.valueBaseline() != ValueBaseline.MEAN) {
      json.put("value_baseline", options.valueBaseline().label());
    }
    json.put("target", options.target().label());
    Target.NextTokens next = options.target().next();
    if (next != null) {
      json.put("next_tokens", next.of());
      json.put("against", next.againstAll() ? "all" : next.against());
    }
    json.put("class", options.explainedClass());
    if (!options.fixed().isEmpty()) {
      json.put("fixed", options.fixed().stream().sorted().toList());
    }
    json.put("max_completeness_gap", path.maxCompletenessGap());
    if (options.methods().stream().anyMatch(MethodOption.PERMUTATIONS::isUsedBy)) {
      json.put("permutations", path.sampling().permutations());
      json.put("seed", path.sampling().seed());
    }
    return json;
  }

  /**
   * The options that were written.
   *
   * @throws InvalidInputException naming what is missing, not known or not possible
   */
  static ExplainOptions read(JsonObject json) {
    try {
      PathOptions path =
          new PathOptions(
              json.integer("steps"),
              choice(json, "quadrature", List.of(Quadrature.values()), Quadrature::label),
              json.has("tolerance") ? json.numberOrNull("tolerance") : null,
              thetas(json.object("theta")),
              choice(
                  json,
                  "theta_search",
                  List.of(ThetaCandidates.Search.values()),
                  ThetaCandidates.Search::label),
              json.number("lambda_group"),
              json.number("lambda_l1"),
              json.numberOrNull("max_completeness_gap"),
              sampling(json),
              json.has("attribution") && json.string("attribution").equals("shared"));
      ReferenceChoice reference = ReferenceChoice.labelled(json.string("sequence_baseline"));
      return new ExplainOptions(
          json.strings("methods").stream()
              .map(name -> choice(json, "methods", name, PathMethods.named(), PathMethod::label))
              .toList(),
          path,
          reference == null
              ? choice(json, "sequence_baseline", sequenceBaselines(), SequenceBaseline::label)
              : reference,
          reference != null && reference.label().equals(json.string("tabular_baseline"))
              ? reference
              : choice(json, "tabular_baseline", TabularBaselines.named(), TabularBaseline::label),
          json.has("value_baseline")
              ? choice(
                  json, "value_baseline", List.of(ValueBaseline.values()), ValueBaseline::label)
              : ValueBaseline.MEAN,
          target(json),
          json.integerOrNull("class"),
          fixed(json));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(json.source() + ": " + e.getMessage(), e);
    }
  }

  private static Target target(JsonObject json) {
    if (!json.has("next_tokens")) {
      return choice(json, "target", Target.ofClasses(), Target::label);
    }
    boolean all = "all".equals(json.raw("against"));
    return new Target(
        json.string("target"),
        false,
        new Target.NextTokens(
            json.integers("next_tokens"), all ? List.of() : json.integers("against"), all));
  }

  /** Written only where an input is held. */
  private static Set<String> fixed(JsonObject json) {
    return json.has("fixed") ? Set.copyOf(json.strings("fixed")) : Set.of();
  }

  /** Written only for methods that draw. */
  private static PathOptions.Sampling sampling(JsonObject json) {
    if (!json.has("permutations")) {
      return PathOptions.Sampling.DEFAULT;
    }
    if (!(json.raw("seed") instanceof Long seed)) {
      throw json.invalid("seed", "must be a whole number");
    }
    return new PathOptions.Sampling(json.integer("permutations"), seed);
  }

  private static List<SequenceBaseline> sequenceBaselines() {
    return Stream.concat(SequenceBaselines.named().stream(), Stream.of(SequenceBaselines.SELF))
        .toList();
  }

  private static Map<String, Object> thetas(ThetaCandidates theta) {
    List<Double> values = Arrays.stream(theta.values()).boxed().toList();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("candidates", values);
    json.put("continuous", theta.continuous());
    json.put("fixed", theta.fixed());
    return json;
  }

  private static ThetaCandidates thetas(JsonObject json) {
    List<?> listed = json.list("candidates");
    double[] values = new double[listed.size()];
    for (int i = 0; i < values.length; i++) {
      if (!(listed.get(i) instanceof Number number)) {
        throw json.invalid("candidates", "must hold numbers only");
      }
      values[i] = number.doubleValue();
    }
    return new ThetaCandidates(values, json.bool("continuous", false), json.bool("fixed", false));
  }

  private static <T> T choice(
      JsonObject json, String key, List<T> values, Function<T, String> label) {
    return choice(json, key, json.string(key), values, label);
  }

  private static <T> T choice(
      JsonObject json, String key, String text, List<T> values, Function<T, String> label) {
    for (T value : values) {
      if (label.apply(value).equals(text)) {
        return value;
      }
    }
    String known = values.stream().map(label).collect(Collectors.joining(", "));
    throw json.invalid(
        key, "is " + Text.shorten(Json.quote(text), 40) + ", which is not one of " + known);
  }
}
