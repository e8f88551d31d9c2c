package dev.gsig.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well tokens are predicted.
 *
 * @param loss mean over the tokens of {@code -log p}, in nats
 * @param tokens how many
 */
public record TokenLoss(double loss, long tokens) implements Quality {
  /** {@code exp(loss)}: of how many tokens, each as probable, choosing would be as hard. */
  public double perplexity() {
    return StrictMath.exp(loss);
  }

  /** The loss, negative. */
  @Override
  public double figure() {
    return -loss;
  }

  @Override
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("loss", loss);
    json.put("perplexity", perplexity());
    json.put("tokens", tokens);
    return json;
  }
}
