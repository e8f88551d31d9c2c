package dev.gsig.transformer.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What may be added to the code embedding. */
public enum EmbeddingInput {
  /** The token's index in the sequence. */
  POSITION("position"),
  /** The visit index, counted as {@link dev.gsig.ehr.VisitIndex} says. */
  VISIT("visit"),
  /** The patient's age at the visit, as {@link dev.gsig.ehr.AgeInput} says. */
  AGE("age"),
  /** The visit's token type. */
  TOKEN_TYPE("token_type"),
  /** The token's time, as {@link dev.gsig.ehr.TimeInput} says; it need not be whole. */
  TIME("time"),
  /** The number beside the code, as {@link dev.gsig.ehr.ValueInput} says; there may be none. */
  VALUE("value");

  private static final List<EmbeddingKind> OF_ROWS =
      List.of(EmbeddingKind.LEARNED, EmbeddingKind.SINUSOIDAL);
  private static final List<EmbeddingKind> OF_VALUES =
      List.of(EmbeddingKind.LINEAR, EmbeddingKind.MLP, EmbeddingKind.CODE_VECTOR);

  private final String configName;

  EmbeddingInput(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json} and in the weight's name. */
  public String configName() {
    return configName;
  }

  /** The kinds that it can have: whole numbers are rows, others go through a layer. */
  List<EmbeddingKind> kinds() {
    Stream<EmbeddingKind> layers =
        Arrays.stream(EmbeddingKind.values()).filter(EmbeddingKind::isLayer);
    return switch (this) {
      case TIME -> layers.toList();
      case AGE -> Stream.concat(OF_ROWS.stream(), layers).toList();
      case VALUE -> OF_VALUES;
      default -> OF_ROWS;
    };
  }
}
