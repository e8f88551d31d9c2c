package dev.gsig.importer.internal.family;

/** A family of models, known by the names of its weights; {@link Families} lists all. */
public interface Family {
  /** The name that {@code --family} takes. */
  String name();

  /** What a user calls the family. */
  String description();

  /** True if a head of this family may score the next token, on its last real row. */
  default boolean predictsNext() {
    return false;
  }

  /** True if a checkpoint has this family's names. */
  boolean recognises(Draft draft);

  /** Maps the weights and adds what the family knows. */
  void apply(Draft draft);
}
