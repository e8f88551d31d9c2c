package dev.gsig.bench;

import java.nio.file.Path;

/** Writes the synthetic models and their patients for all contenders. */
public final class ExportInputs {
  private ExportInputs() {}

  /** Argument: the folder to write to. */
  public static void main(String[] args) {
    for (SyntheticModel model : SyntheticModel.values()) {
      System.out.println(model.writeTo(Path.of(args[0])));
    }
  }
}
