package dev.gsig.importer.internal.family;

import java.util.List;
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
    draft.expectLayersWithoutBias();
    draft.both("encoder.LayerNorm", stem.substring(0, stem.length() - "layers.".length()) + "norm");
    normsWithoutBias(draft);
    List<Long> norm = draft.take(stem + "0.norm1.weight").shape();
    CausalMask.ask(draft);
    GruNames.find(draft);
    long width = norm.isEmpty() ? 0 : norm.get(0);
    boolean next = NextToken.isTold(draft);
    if (next && !draft.targets().containsKey("lm_head.weight")) {
      NextToken.ownHead(draft, width);
    }
    new TorchEmbeddings(draft, width).map();
    questions(draft, next);
    if (!next) {
      HeadFinder.find(draft);
    }
    FinalNorm.find(draft);
  }

  /**
   * {@code bias=False} leaves out the biases of the norms, too. Elsewhere a norm without one may be
   * of another kind; these are PyTorch's own layer norms.
   */
  private static void normsWithoutBias(Draft draft) {
    for (Map.Entry<String, Derived> target : Map.copyOf(draft.targets()).entrySet()) {
      String bias = target.getKey().replaceFirst("LayerNorm\\.weight$", "LayerNorm.bias");
      String from = Wrappers.without(target.getValue().from());
      boolean lacks =
          from.matches("(.*\\.)?norm[12]?\\.weight")
              && !draft.has(from.replaceFirst("weight$", "bias"))
              && !draft.targets().containsKey(bias);
      if (lacks && target.getValue().shape().size() == 1) {
        draft.put(bias, Derived.zeros(target.getValue().rows(), "a layer without bias"));
        draft.note("norms", "without bias where " + from + " has none");
      }
    }
  }

  private static void questions(Draft draft, boolean next) {
    draft.ask("num_attention_heads", "nhead of the encoder layer");
    draft.ask("hidden_act", "the activation of the encoder layer, PyTorch's own is relu");
    draft.ask("norm_first", "true or false, as in the encoder layer");
    if (!next) {
      draft.ask(
          "pooling",
          "what the head reads: cls, last, mean, max, attention or bigru; or give head=next_token,"
              + " if it scores the next token");
    }
    draft.assume("layer_norm_eps", 1e-5, "PyTorch's own");
  }
}
