package dev.gsig.importer.internal.family;

/**
 * What families of decoders share: one weight tells where their names begin, layers have their
 * norms first and see no later row, and a head may score the next token.
 */
abstract class Decoder implements Family {
  private final String name;
  private final String description;
  private final String telling;

  /**
   * Describes a family.
   *
   * @param telling the weight whose name, but for a prefix, tells the family
   */
  Decoder(String name, String description, String telling) {
    this.name = name;
    this.description = description;
    this.telling = telling;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String description() {
    return description;
  }

  @Override
  public final boolean predictsNext() {
    return true;
  }

  @Override
  public final boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, telling);
    return prefix != null && recognises(draft, prefix);
  }

  @Override
  public final void apply(Draft draft) {
    apply(draft, BertParts.prefix(draft, telling));
  }

  /** True if a checkpoint has this family's names behind the prefix. */
  abstract boolean recognises(Draft draft, String prefix);

  /** {@link Family#apply} for names behind the prefix. */
  abstract void apply(Draft draft, String prefix);

  /** Notes what the layers of all of them have. */
  static void causalLayers(Draft draft) {
    draft.expectLayersWithoutBias();
    draft.fact("causal", true);
    draft.fact("norm_first", true);
  }
}
