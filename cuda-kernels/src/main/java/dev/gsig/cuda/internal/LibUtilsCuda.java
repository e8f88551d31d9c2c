package dev.gsig.cuda.internal;

import java.util.function.UnaryOperator;

/**
 * What JCuda's class of this name is replaced by: {@link Natives} defines it in that class's
 * package, so it may name no class but the JDK's.
 */
public final class LibUtilsCuda {
  /** Gives the file of the library of a name. */
  public static UnaryOperator<String> files;

  private LibUtilsCuda() {}

  /** Loads a library into the class loader of JCuda's classes. */
  public static void loadLibrary(String name, String... dependents) {
    System.load(files.apply(name));
  }
}
