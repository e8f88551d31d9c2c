package dev.gsig.transformer.config;

/** What several labels mean to each other, named as in Hugging Face. */
public enum ProblemType {
  /** Classes that exclude each other: the softmax of their logits. */
  SINGLE_LABEL("single_label_classification"),
  /** Labels of which any number may hold: the sigmoid of each logit. */
  MULTI_LABEL("multi_label_classification");

  private final String configName;

  ProblemType(String configName) {
    this.configName = configName;
  }

  /** The name in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
