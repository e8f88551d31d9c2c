package dev.gsig.importer.internal.pickle;

/**
 * What a pickle holds besides data and tensors, such as a NumPy number or the settings of a run: a
 * name and nothing else. It was never made, and what the pickle does with it is passed over.
 */
public final class Opaque {
  private final String name;

  Opaque(String name) {
    this.name = name;
  }

  /** The class or function that would have made it. */
  @Override
  public String toString() {
    return name;
  }
}
