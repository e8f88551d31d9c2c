package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Activation;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Pooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Looks for the setting with which a model agrees with PyTorch: whatever weights leave open is
 * changed, one setting at a time, then two where the model is small.
 */
final class CheckSearch {
  // Weights of a model that a few hundred variants can be made of.
  private static final long SMALL = 2_000_000;
  private static final int MOST_HEADS = 64;

  private final ImportCheck check;
  private final Function<Map<String, Object>, Model> variant;
  private final double tolerance;
  private String nearest = "";
  private double difference = Double.POSITIVE_INFINITY;

  /**
   * Prepares a search.
   *
   * @param variant loads the model with further settings
   * @param tolerance what counts as agreement
   */
  CheckSearch(ImportCheck check, Function<Map<String, Object>, Model> variant, double tolerance) {
    this.check = check;
    this.variant = variant;
    this.tolerance = tolerance;
  }

  /**
   * What a search came to.
   *
   * @param fits the options with which the model agrees, one way an entry; empty if none was found
   * @param nearest those with which it differs least; empty if none comes nearer
   * @param difference how far it is off with them
   */
  record Found(List<String> fits, String nearest, double difference) {}

  /**
   * Searches.
   *
   * @param model the model that does not agree
   */
  Found run(Model model) {
    difference = check.compare(model, CheckOutputs.LOGITS, Double.POSITIVE_INFINITY).worst();
    ModelConfig config = model.config();
    List<Map<String, Object>> changes = changes(config);
    List<String> found = fits(List.of(Map.of()), model);
    if (found.isEmpty()) {
      found = fits(changes, null);
    }
    if (found.isEmpty() && model.parameterCount() < SMALL) {
      found = fits(pairs(changes), null);
    }
    return new Found(found, nearest, difference);
  }

  private List<String> fits(List<Map<String, Object>> changes, Model unchanged) {
    List<String> fits = new ArrayList<>();
    for (Map<String, Object> change : changes) {
      try {
        if (unchanged != null) {
          addFits(fits, change, unchanged);
        } else {
          try (Model changed = variant.apply(change)) {
            addFits(fits, change, changed);
          }
        }
      } catch (InvalidInputException e) {
        // no model with this setting
      }
    }
    return fits;
  }

  private void addFits(List<String> fits, Map<String, Object> change, Model model) {
    for (CheckOutputs outputs : CheckOutputs.values()) {
      if (check.mayBe(outputs)) {
        double enough = Math.max(tolerance, difference);
        ImportCheck.Difference found = check.compare(model, outputs, enough);
        if (found.within(tolerance)) {
          fits.add(text(change, outputs));
        }
        if (found.worst() < difference) {
          difference = found.worst();
          nearest = text(change, outputs);
        }
      }
    }
  }

  private static String text(Map<String, Object> change, CheckOutputs outputs) {
    List<String> options = new ArrayList<>();
    change.forEach((key, value) -> options.add("--set " + key + "=" + plain(value)));
    if (outputs != CheckOutputs.LOGITS) {
      options.add(
          "--check-outputs "
              + outputs.optionName()
              + " (what was recorded is a "
              + outputs.optionName()
              + " of the logits)");
    }
    return String.join(" ", options);
  }

  private static String plain(Object value) {
    return value instanceof String text ? text : Json.write(value);
  }

  private static List<Map<String, Object>> pairs(List<Map<String, Object>> changes) {
    List<Map<String, Object>> pairs = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      for (Map<String, Object> other : changes.subList(i + 1, changes.size())) {
        if (changes.get(i).keySet().stream().noneMatch(other::containsKey)) {
          Map<String, Object> pair = new LinkedHashMap<>(changes.get(i));
          pair.putAll(other);
          pairs.add(pair);
        }
      }
    }
    return pairs;
  }

  private static List<Map<String, Object>> changes(ModelConfig config) {
    List<Map<String, Object>> changes = new ArrayList<>();
    double root = Math.sqrt(config.hiddenSize());
    for (double scale : new double[] {root, 1}) {
      if (scale != config.embeddingScale()) {
        changes.add(Map.of("embedding_scale", scale));
      }
    }
    changes.add(Map.of("embedding_scale", 1.0, "import.sum_scale", root));
    if (config.embeddingInputs().containsKey(EmbeddingInput.POSITION)) {
      changes.add(Map.of("import.position_scale", root));
    }
    if (!config.embeddingInputs().containsKey(EmbeddingInput.POSITION)) {
      changes.add(Map.of("import.positions", "sinusoidal"));
    }
    activations(changes, "hidden_act", config.hiddenAct());
    changes.add(Map.of("norm_first", !config.normFirst()));
    changes.add(Map.of("causal", !config.layers().causal()));
    for (long heads = 1; heads <= Math.min(MOST_HEADS, config.attentionSize()); heads++) {
      if (heads != config.numAttentionHeads() && config.attentionSize() % heads == 0) {
        changes.add(Map.of("num_attention_heads", heads));
      }
    }
    poolings(changes, config);
    if (config.classifier().activation() != null) {
      activations(changes, "classifier.activation", config.classifier().activation());
    }
    if (config.tabular() != null) {
      changes.add(Map.of("import.tabular_first", true));
      if (config.tabular().activation() != null) {
        activations(changes, "tabular.activation", config.tabular().activation());
      }
    }
    for (double eps : new double[] {1e-5, 1e-6, 1e-12}) {
      if (eps != config.layerNormEps()) {
        changes.add(Map.of("layer_norm_eps", eps));
      }
    }
    if (config.embeddingInputs().get(EmbeddingInput.POSITION) == EmbeddingKind.LEARNED) {
      changes.add(Map.of("import.position_first_row", 1L));
      changes.add(Map.of("import.position_first_row", 2L));
    }
    changes.add(Map.of("pooler", config.pooler() == null));
    changes.add(Map.of("import.norm", "pooled"));
    changes.add(Map.of("visit_index", "at_sep"));
    if (config.embeddingInputs().get(EmbeddingInput.VISIT) == EmbeddingKind.LEARNED) {
      changes.add(Map.of("import.visit_first_row", 1L));
    }
    return changes;
  }

  private static void activations(
      List<Map<String, Object>> changes, String key, Activation current) {
    Arrays.stream(Activation.values())
        .filter(activation -> activation != current)
        .forEach(activation -> changes.add(Map.of(key, activation.configName())));
  }

  private static void poolings(List<Map<String, Object>> changes, ModelConfig config) {
    if (config.gru() != null) {
      return;
    }
    if (config.pooling() != Pooling.CLS && config.specialTokens().cls() != null) {
      Map<String, Object> cls = new LinkedHashMap<>();
      cls.put("mean_over", null); // which is the mean's, and whoever said mean was asked for it
      cls.put("pooling", "cls");
      changes.add(cls);
    }
    for (String over : List.of("real", "all")) {
      changes.add(Map.of("pooling", "mean", "mean_over", over));
    }
  }
}
