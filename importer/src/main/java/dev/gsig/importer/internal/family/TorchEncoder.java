package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model around {@code torch.nn.TransformerEncoder}: {@code self_attn.in_proj_weight}, {@code
 * linear1}, {@code norm1}. Its embeddings, final norm and head carry whatever names its author
 * chose; tables are told apart by what their names contain.
 */
final class TorchEncoder implements Family {
  private static final String ANCHOR = "self_attn.in_proj_weight";

  @Override
  public String name() {
    return "torch";
  }

  @Override
  public String description() {
    return "torch.nn.TransformerEncoder";
  }

  @Override
  public boolean recognises(Draft draft) {
    return stem(draft) != null;
  }

  /** What stands before the number of the layer. */
  private static String stem(Draft draft) {
    for (String name : draft.names()) {
      if (name.matches("(.*\\.)?layers\\.0\\." + ANCHOR.replace(".", "\\."))) {
        return name.substring(0, name.length() - ("0." + ANCHOR).length());
      }
    }
    return null;
  }

  @Override
  public void apply(Draft draft) {
    String stem = stem(draft);
    String from = stem + "{n}.";
    String to = "encoder.layer.{n}.";
    List<String> parts = List.of("query", "key", "value");
    for (int i = 0; i < parts.size(); i++) {
      String self = to + "attention.self." + parts.get(i);
      draft.map(self + ".weight", from + "self_attn.in_proj_weight#" + i + "/3");
      draft.map(self + ".bias", from + "self_attn.in_proj_bias#" + i + "/3");
    }
    draft.both(to + "attention.output.dense", from + "self_attn.out_proj");
    draft.both(to + "attention.output.LayerNorm", from + "norm1");
    draft.both(to + "intermediate.dense", from + "linear1");
    draft.both(to + "output.dense", from + "linear2");
    draft.both(to + "output.LayerNorm", from + "norm2");
    draft.both("encoder.LayerNorm", stem.substring(0, stem.length() - "layers.".length()) + "norm");
    List<Long> norm = draft.take(stem + "0.norm1.weight").shape();
    tables(draft, norm.isEmpty() ? 0 : norm.get(0));
    embeddingNorm(draft);
    questions(draft);
    HeadFinder.find(draft);
  }

  private static void questions(Draft draft) {
    draft.ask("num_attention_heads", "nhead of the encoder layer");
    draft.ask("hidden_act", "the activation of the encoder layer, PyTorch's own is relu");
    draft.ask("norm_first", "true or false, as in the encoder layer");
    draft.ask("pooling", "what the head reads: cls, mean or bigru");
    draft.assume("layer_norm_eps", 1e-5, "PyTorch's own");
  }

  /** Embedding tables: matrices as wide as the model that have no bias. */
  private static void tables(Draft draft, long width) {
    Map<String, String> inputs = new LinkedHashMap<>();
    List<String> words = new ArrayList<>();
    for (String name : draft.unused()) {
      List<Long> shape = draft.shape(name).stream().filter(n -> n != 1).toList();
      boolean biased = name.endsWith("weight") && draft.has(name.replaceFirst("weight$", "bias"));
      if (shape.size() == 2 && shape.get(1) == width && !biased) {
        String input = input(name);
        if (input == null) {
          words.add(name);
        } else if (inputs.put(input, name) != null) {
          throw new InvalidInputException(
              draft.source()
                  + ": more than one table of "
                  + input
                  + " embeddings: "
                  + Json.quote(name)
                  + " is another; say which is which with --map");
        }
      }
    }
    if (words.size() == 1) {
      draft.put("embeddings.word_embeddings.weight", draft.take(words.get(0)).squeezed());
    }
    Map<String, Object> learned = new LinkedHashMap<>();
    inputs.forEach(
        (input, name) -> {
          draft.put("embeddings." + input + "_embeddings.weight", draft.take(name).squeezed());
          learned.put(input, "learned");
        });
    draft.fact("embedding_inputs", learned);
    if (!inputs.containsKey("position")) {
      draft.ask("max_position_embeddings", "the length of a sequence");
    }
  }

  private static String input(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.contains("pos") || lower.endsWith("pe") || lower.contains("pe.")) {
      return "position";
    }
    if (lower.contains("visit")) {
      return "visit";
    }
    if (lower.matches(".*(^|[._])age.*")) {
      return "age";
    }
    return lower.contains("type") || lower.contains("segment") ? "token_type" : null;
  }

  private static void embeddingNorm(Draft draft) {
    for (String name : draft.unused()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.endsWith("norm.weight") && lower.contains("emb")) {
        draft.both("embeddings.LayerNorm", name.substring(0, name.length() - ".weight".length()));
      }
    }
  }
}
