package dev.gsig.importer.internal;

import dev.gsig.onnx.OnnxValue;
import dev.gsig.onnx.tensor.ElementType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The usual names of a graph's inputs. */
public final class GraphNames {
  private static final Map<GraphSource, List<String>> USUAL = new LinkedHashMap<>();

  static {
    USUAL.put(
        GraphSource.TOKENS,
        List.of(
            "input_ids", "ids", "codes", "code_ids", "x", "src", "tokens", "token_ids", "events"));
    USUAL.put(
        GraphSource.MASK,
        List.of(
            "attention_mask", "mask", "src_key_padding_mask", "key_padding_mask", "padding_mask"));
    USUAL.put(
        GraphSource.TOKEN_TYPE, List.of("token_type_ids", "token_types", "types", "segment_ids"));
    USUAL.put(GraphSource.POSITIONS, List.of("position_ids", "positions", "pos"));
    USUAL.put(GraphSource.VISIT, List.of("visit_ids", "visits", "visit", "visit_index"));
    USUAL.put(GraphSource.AGE, List.of("age", "ages", "age_ids"));
    USUAL.put(GraphSource.TIME, List.of("time", "times", "delta", "deltas", "dates", "time_delta"));
    USUAL.put(GraphSource.VALUE, List.of("value", "values", "numeric_values"));
    USUAL.put(GraphSource.VALUE_MASK, List.of("value_mask", "values_mask", "has_value"));
    USUAL.put(
        GraphSource.TABULAR, List.of("tabular", "static", "features", "x_num", "demographics"));
    USUAL.put(GraphSource.LENGTH, List.of("length", "lengths", "seq_len", "seq_lens"));
  }

  private GraphNames() {}

  /**
   * What an input holds, by its name and shape.
   *
   * @return its entry in {@code inputs.json}; null if it is not known
   */
  public static Object recognise(OnnxValue input) {
    String name = input.name().toLowerCase(Locale.ROOT).replace('.', '_');
    for (Map.Entry<GraphSource, List<String>> usual : USUAL.entrySet()) {
      GraphSource source = usual.getKey();
      if (usual.getValue().contains(name) && fits(input, source)) {
        if (source == GraphSource.AGE && isOfPatients(input)) {
          return entry(GraphSource.TABULAR, "feature", "age");
        }
        return source == GraphSource.MASK
            ? entry(source, "real", name.contains("padding") ? 0L : 1L)
            : source.configName();
      }
    }
    return null;
  }

  private static Map<String, Object> entry(GraphSource source, String key, Object value) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("source", source.configName());
    entry.put(key, value);
    return entry;
  }

  /**
   * Whether an input has one number for each patient.
   *
   * @param input with dimensions
   */
  public static boolean isOfPatients(OnnxValue input) {
    List<String> dims = input.dims();
    return dims != null && (dims.size() == 1 || (dims.size() == 2 && dims.get(1).equals("1")));
  }

  /** Names mean little where types and shapes contradict them. */
  private static boolean fits(OnnxValue input, GraphSource source) {
    if (input.type() == null || input.dims() == null) {
      return false;
    }
    int rank = input.dims().size();
    boolean floating = input.type().isFloating();
    return switch (source) {
      case TOKENS -> rank == 2 && !floating && input.type() != ElementType.BOOL;
      // true may stand for either in a mask that says no more than that it is one
      case MASK -> !(input.name().equals("mask") && input.type() == ElementType.BOOL);
      case VALUE -> floating && rank == 2;
      case TABULAR -> floating && rank <= 2;
      case AGE -> rank == 2 || isOfPatients(input);
      case LENGTH -> !floating && rank == 1;
      default -> rank == 2;
    };
  }
}
