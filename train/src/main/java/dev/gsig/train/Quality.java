package dev.gsig.train;

import java.util.Map;

/** How well a model says what is true of patients that it did not learn from. */
public sealed interface Quality permits Metrics, TokenLoss {
  /** What early stopping looks for the largest of. */
  double figure();

  /** As it goes into {@code training.json}. */
  Map<String, Object> toJson();
}
