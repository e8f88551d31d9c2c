package dev.gsig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Causal models of the benchmarks, read at the last token: seeded random weights and patients whose
 * sequences fill the model's length, as {@link SyntheticModel}'s.
 */
public enum SyntheticDecoder {
  /** 8 layers, d = 256, 8 heads, 2 key-value heads, gated feed-forward 704, RMS norms, rotary. */
  LLAMA(
      """
      "num_hidden_layers": 8, "intermediate_size": 704, "hidden_act": "silu", "norm": "rms_norm",
      "layer_norm_eps": 1e-6, "feed_forward": "gated", "num_key_value_heads": 2,
      "rotary": {"theta": 10000}, "embedding_inputs": {}\
      """),
  /** 6 layers, d = 256, 8 heads, feed-forward 1024, learned positions. */
  GPT2(
      """
      "num_hidden_layers": 6, "intermediate_size": 1024, "hidden_act": "gelu_new",
      "layer_norm_eps": 1e-5, "embedding_inputs": {"position": "learned"}\
      """);

  /** Tokens of every patient, special ones included. */
  public static final int LENGTH = 256;

  private final String keys;

  SyntheticDecoder(String keys) {
    this.keys = keys;
  }

  /** Folder name of the model below the inputs' folder. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Writes {@code <root>/<folder()>/} as {@link SyntheticModel#writeTo(Path)} does, unless it is
   * there.
   *
   * @return the folder
   */
  public Path writeTo(Path root) {
    return SyntheticModel.write(root.resolve(folder()), config(), LENGTH);
  }

  /**
   * Writes them again: what is there may be an older gsig's.
   *
   * @return the folder
   */
  Path writeAnewTo(Path root) throws IOException {
    SyntheticModel.forget(root.resolve(folder()));
    return writeTo(root);
  }

  private String config() {
    return String.format(
        Locale.ROOT,
        """
        {"vocab_size": %d, "hidden_size": 256, "num_attention_heads": 8, "norm_first": true,
         "max_position_embeddings": %d, "pad_token_id": 0, "cls_token_id": 1, "sep_token_id": 2,
         "mask_token_id": 3, "unk_token_id": 4, "causal": true, "pooling": "last",
         "classifier": {"hidden_sizes": [], "num_labels": 1}, %s}
        """,
        SyntheticModel.VOCABULARY,
        LENGTH,
        keys);
  }
}
