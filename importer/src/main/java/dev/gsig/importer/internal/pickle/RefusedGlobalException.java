package dev.gsig.importer.internal.pickle;

/** A pickle names a function or class that it may not name. */
public final class RefusedGlobalException extends PickleException {
  private static final long serialVersionUID = 1L;

  private final boolean root;

  RefusedGlobalException(String name, boolean root) {
    super("it names " + name + ", which is neither a tensor nor plain data");
    this.root = root;
  }

  /** True if the pickle as a whole is an object of that class. */
  public boolean isRoot() {
    return root;
  }
}
