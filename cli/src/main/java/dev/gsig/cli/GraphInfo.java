package dev.gsig.cli;

import dev.gsig.attribution.GraphFacts;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.Labels;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model folder with a graph holds, for people and for programs; see {@link ModelInfo}. */
final class GraphInfo {
  private GraphInfo() {}

  static Map<String, String> text(Model model) {
    GraphFacts graph = model.graph();
    Labels labels = model.labels();
    Map<String, String> text = new LinkedHashMap<>();
    text.put("model", model.folder().toString());
    text.put("graph", "opset " + graph.file().opset() + "; " + counts(graph.file().operators()));
    text.put(
        "inputs",
        graph.inputs().entrySet().stream()
            .map(e -> e.getKey() + " <- " + e.getValue())
            .collect(Collectors.joining(", ")));
    text.put(
        "attribution",
        graph.tables().stream()
            .map(t -> "at " + t.name() + ", " + t.codes() + " x " + t.width())
            .collect(Collectors.joining("; ")));
    text.put("length", model.tokenizer().maxLength() + " tokens");
    if (!model.features().isEmpty()) {
      text.put("tabular", ModelInfo.features(model));
    }
    text.put(
        "output",
        graph.output()
            + (graph.activation().equals("none") ? "" : " before its " + graph.activation())
            + ", "
            + Text.count(labels.count(), "logit")
            + (labels.multiLabel() ? ", a sigmoid each" : ""));
    if (!labels.names().isEmpty()) {
      text.put("classes", ModelInfo.classNames(labels));
    }
    text.put("parameters", String.format(Locale.ROOT, "%,d", model.parameterCount()));
    text.put("dtype", model.weightsDtype());
    text.put("vocabulary", Text.count(model.vocabulary().size(), "code"));
    text.put("special", ModelInfo.special(model.tokenizer().specialTokens()));
    text.put(
        "padding",
        model.paddingIsInert()
            ? "none: each patient is computed at their own length"
            : "PAD positions are computed");
    text.put("fused", graph.isFused() ? counts(graph.fused()) : "nothing (--no-fusion)");
    text.put("one by one", counts(graph.unfused()));
    text.put("weights", "SHA-256 " + model.weightsSha256());
    text.put("backend", model.backendDescription());
    text.put("baseline", ModelInfo.baseline(model));
    return text;
  }

  /** What {@link #text} says, as values by the names that {@code --json} has for them. */
  static Map<String, Object> json(Model model) {
    GraphFacts graph = model.graph();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.folder().toString());
    json.put("opset", graph.file().opset());
    json.put("operators", graph.file().operators());
    json.put("inputs", graph.inputs());
    json.put("tables", graph.tables().stream().map(t -> t.name()).toList());
    json.put("output", graph.output());
    json.put("activation", graph.activation());
    json.put("max_position_embeddings", model.tokenizer().maxLength());
    json.put("tabular_features", model.featureNames());
    json.put("num_labels", model.labels().count());
    json.put(
        "problem_type",
        model.labels().multiLabel() ? "multi_label_classification" : "single_label_classification");
    json.put("class_names", model.labels().names());
    json.put("parameters", model.parameterCount());
    json.put("dtype", model.weightsDtype());
    json.put("vocabulary_size", model.vocabulary().size());
    json.put("special_tokens", ModelInfo.specialTokens(model.tokenizer().specialTokens()));
    json.put("padding_is_inert", model.paddingIsInert());
    json.put("fused", graph.fused());
    json.put("unfused", graph.unfused());
    json.put("weights_sha256", model.weightsSha256());
    json.put("backend", model.backendDescription());
    json.put("baseline", ModelInfo.baselineJson(model));
    return json;
  }

  /** {@code 4 Add, 2 MatMul}; {@code nothing} of nothing. */
  static String counts(Map<String, Integer> counts) {
    return counts.isEmpty()
        ? "nothing"
        : counts.entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey())
            .collect(Collectors.joining(", "));
  }
}
