package dev.gsig.importer.internal;

import java.util.List;

/** What an input of a graph holds. */
public enum GraphSource {
  /** The ids of the tokens. */
  TOKENS("tokens", true),
  /** Which positions hold a real token. */
  MASK("mask", true, "real"),
  /** The number of each position. */
  POSITIONS("positions", true, "first"),
  /** The token type of each position. */
  TOKEN_TYPE("token_type", true),
  /** The visit of each position. */
  VISIT("visit", true),
  /** The age at each position. */
  AGE("age", true),
  /** The time of each position. */
  TIME("time", true),
  /** The value of the code at each position, 0 where there is none. */
  VALUE("value", true),
  /** Which positions have a value. */
  VALUE_MASK("value_mask", true, "real"),
  /** Tabular values: normalised ones, or a single one that counts as a class. */
  TABULAR("tabular", false, "feature"),
  /** How many real tokens there are. */
  LENGTH("length", false),
  /** One number everywhere. */
  CONSTANT("constant", true, "value");

  private final String configName;
  private final boolean ofTokens;
  private final String key;

  GraphSource(String configName, boolean ofTokens) {
    this(configName, ofTokens, null);
  }

  GraphSource(String configName, boolean ofTokens, String key) {
    this.configName = configName;
    this.ofTokens = ofTokens;
    this.key = key;
  }

  /** The name used in {@code inputs.json}. */
  public String configName() {
    return configName;
  }

  /** Whether it has an element for each position; else those of a patient. */
  boolean isOfTokens() {
    return ofTokens;
  }

  /** Its keys besides {@code source}. */
  List<String> keys() {
    return key == null ? List.of() : List.of(key);
  }
}
