package dev.gsig.importer.internal.pickle;

/**
 * A Python function or class that a pickle names.
 *
 * @param module its module, for example {@code collections}
 * @param name its name in the module
 */
public record Global(String module, String name) {
  @Override
  public String toString() {
    return module + "." + name;
  }
}
