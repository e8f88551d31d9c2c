package dev.gsig.attribution;

import dev.gsig.onnx.OnnxFacts;
import dev.gsig.onnx.OnnxTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a {@link Model} that is a graph in the ONNX format.
 *
 * @param file what its file holds
 * @param inputs what each input of the graph holds, by its name, as {@code inputs.json} says
 * @param tables the tables whose rows paths start at
 * @param output the name of the output that is explained
 * @param activation what the output is of the logits: none, sigmoid or softmax
 * @param isFused whether the backend computes what it can at once
 * @param fused what the backend computes at once, in words, and how often
 * @param unfused operators of the nodes on the path that are computed one by one, and how often
 */
public record GraphFacts(
    OnnxFacts file,
    Map<String, String> inputs,
    List<OnnxTable> tables,
    String output,
    String activation,
    boolean isFused,
    Map<String, Integer> fused,
    Map<String, Integer> unfused) {
  /** Copies the collections. */
  public GraphFacts {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    tables = List.copyOf(tables);
    fused = Collections.unmodifiableMap(new LinkedHashMap<>(fused));
    unfused = Collections.unmodifiableMap(new LinkedHashMap<>(unfused));
  }
}
